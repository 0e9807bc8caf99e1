"""Statements of SQLAlchemy that are compiled once, and run on the cursor of the driver itself.

SQLAlchemy spends some 70 us on each statement that it runs, which SQLite answers in 13 us. What every
alarm waits for is therefore written with SQLAlchemy and run without it.
"""

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from types import MappingProxyType
from typing import Any, NoReturn, overload

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    CursorResult,
    Delete,
    Dialect,
    Executable,
    Insert,
    Select,
    Update,
    and_,
    bindparam,
    false,
    or_,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql import visitors

Parameters = Mapping[str, Any]

CoreStatement = Select[Any] | Insert | Update | Delete

GivenParameters = Parameters | Sequence[Parameters] | None

Watcher = Callable[[Connection, str], None]
"""Sees the connection and the SQL of each prepared statement before it runs."""


MOST_KEYS = 128
"""Keys in one statement: SQLite takes an expression of a thousand alternatives and no more."""


class Rows(list[Any]):
    """The rows that a statement returned, and how many it changed; a row has its columns by name."""

    rowcount = -1

    def all(self) -> "Rows":
        """Return the rows."""
        return self

    def first(self) -> Any:
        """Return the first row, or None."""
        return self[0] if self else None

    def one(self) -> Any:
        """Return the only row; raises ValueError where there is another number of them."""
        (row,) = self
        return row

    def one_or_none(self) -> Any:
        """Return the only row, or None; raises ValueError where there are more."""
        return self.one() if self else None


class Prepared:
    """*statement*, compiled once for each dialect, set of new values and length of its lists."""

    def __init__(self, statement: CoreStatement) -> None:
        self.statement = statement
        self._has_values = isinstance(statement, Insert | Update)
        self._lists = _lists(statement)
        self._forms: dict[object, Form] = {}

    def form(self, dialect: Dialect, first: Parameters) -> "Form":
        """Return the form that takes parameters like *first*."""
        key: tuple[object, ...] = (dialect.name,)
        if self._has_values:
            key += tuple(first)
        if self._lists:
            key += tuple(_padded_length(len(first.get(name, ()))) for name in self._lists)
        form = self._forms.get(key)
        if form is None:
            form = self._forms[key] = Form(self.statement, dialect, first, self._lists)
        return form


class PreparedForKeys(Prepared):
    """The statement that *make* returns of the condition that *columns* are one of ``keys_``.

    SQLite looks each key up in an index where they are alternatives, and scans the whole table where
    they are a list of rows. MOST_KEYS at the most are given at once.
    """

    def __init__(
        self,
        make: Callable[[ColumnElement[bool]], CoreStatement],
        columns: Sequence[ColumnElement[Any]],
    ) -> None:
        super().__init__(make(false()))
        self._make = make
        self._columns = columns

    def form(self, dialect: Dialect, first: Parameters) -> "Form":
        """Return the form that takes as many keys as *first* has, or somewhat more."""
        length = _padded_length(len(first["keys_"]))
        form = self._forms.get((dialect.name, length))
        if form is None:
            form = self._forms[dialect.name, length] = self._form_of(dialect, length)
        return form

    def _form_of(self, dialect: Dialect, length: int) -> "Form":
        names = [[f"key_{at}_{column.key}" for column in self._columns] for at in range(length)]
        keys = (
            and_(*(column == bindparam(name) for column, name in zip(self._columns, one, strict=True)))
            for one in names
        )
        statement = self._make(or_(false(), *keys))
        return Form(statement, dialect, {}, (), keys={"keys_": [each for one in names for each in one]})


class Form:
    """SQL for the driver of one *dialect*, with the way in which parameters like *first* are bound."""

    def __init__(
        self,
        statement: CoreStatement,
        dialect: Dialect,
        first: Parameters,
        lists: Iterable[str],
        *,
        keys: Mapping[str, list[str]] = MappingProxyType({}),
    ) -> None:
        _refuse_unknown_columns(statement, first)
        self.statement = statement
        compiled = statement.compile(dialect=dialect, column_keys=list(first), for_executemany=True)
        given = compiled.params | {name: _padded(first[name]) for name in lists if name in first}
        state = compiled.construct_expanded_state(given)
        self.sql: str = state.statement
        expanded = {name: state.parameter_expansion[name] for name in lists if name in first}
        self._lists = {**expanded, **keys}
        known = {name for names in self._lists.values() for name in names} | first.keys()
        self._defaults = {name: each for name, each in state.parameters.items() if name not in known}
        self._order = state.positiontup
        self._processors = {name: each for name, each in state.processors.items() if callable(each)}
        self._take = _taker(self._order)
        self._results = _results(statement, dialect)
        self._make_row: Callable[[Iterable[Any]], Any] | None = None  # known once it has returned rows

    def bind(self, parameters: Parameters) -> Any:
        """Return *parameters* as the driver takes them."""
        if self._defaults or self._lists or self._processors or self._take is None:
            parameters = self._flat(parameters)
        return parameters if self._take is None else self._take(parameters)

    def _flat(self, parameters: Parameters) -> Parameters:
        flat = {**self._defaults, **parameters}
        for name, names in self._lists.items():
            flat.update(zip(names, _elements(_padded(parameters[name])), strict=True))
        for name, process in self._processors.items():
            flat[name] = process(flat[name])
        return flat

    def rows(self, cursor: Any) -> Rows:
        """Return what *cursor* has to return."""
        if self._make_row is None and cursor.description is not None:
            self._make_row = _row_class(tuple(column[0] for column in cursor.description))._make
        if self._make_row is None:
            rows = Rows()
        else:
            found = cursor.fetchall()
            rows = Rows(map(self._make_row, map(self._converted, found) if self._results else found))
        rows.rowcount = cursor.rowcount
        return rows

    def _converted(self, row: Sequence[Any]) -> Sequence[Any]:
        values = list(row)
        for at, convert in self._results:
            values[at] = convert(values[at])
        return values


class DriverConnection:
    """Runs statements in the transaction of *connection*: prepared ones on the driver's cursor.

    Each is shown to *watchers* beforehand, with the connection.
    """

    def __init__(
        self,
        connection: Connection,
        watchers: Sequence[Watcher] = (),
    ) -> None:
        self.connection = connection
        self._driver: Any = connection.connection.dbapi_connection
        self._watchers = watchers

    @overload
    def execute(self, statement: Prepared, parameters: GivenParameters = None) -> Rows: ...

    @overload
    def execute(
        self, statement: Executable, parameters: GivenParameters = None
    ) -> CursorResult[Any]: ...

    def execute(
        self, statement: Prepared | Executable, parameters: GivenParameters = None
    ) -> Rows | CursorResult[Any]:
        """Return the rows of *statement*; it runs once for each of several *parameters*.

        Raises DBAPIError, as SQLAlchemy does.
        """
        if not isinstance(statement, Prepared):
            return self.connection.execute(statement, parameters)
        many = _each(parameters)
        one = many[0]
        form = statement.form(self.connection.dialect, one)
        for watch in self._watchers:
            watch(self.connection, form.sql)
        cursor = self._driver.cursor()
        try:
            if len(many) == 1:
                cursor.execute(form.sql, form.bind(one))
            else:
                cursor.executemany(form.sql, [form.bind(each) for each in many])
            return form.rows(cursor)
        except self.connection.dialect.loaded_dbapi.Error as error:
            _fail(self.connection, form.sql, error)
        finally:
            cursor.close()

    def scalar(self, statement: Prepared | Executable, parameters: Parameters | None = None) -> Any:
        """Return the first column of the first row of *statement*, or None."""
        if not isinstance(statement, Prepared):
            return self.connection.scalar(statement, parameters)
        row = self.execute(statement, parameters).first()
        return None if row is None else row[0]


def run_on_driver(connection: Connection, sql: str) -> None:
    """Run *sql*, which returns nothing, on the driver of *connection*; raises DBAPIError."""
    driver: Any = connection.connection.dbapi_connection
    cursor = driver.cursor()
    try:
        cursor.execute(sql)
    except connection.dialect.loaded_dbapi.Error as error:
        _fail(connection, sql, error)
    finally:
        cursor.close()


def _fail(connection: Connection, sql: str, error: Exception) -> NoReturn:
    """Raise what SQLAlchemy raises of *error* of the driver of *connection*."""
    dialect, driver = connection.dialect, connection.connection.dbapi_connection
    if dialect.is_disconnect(error, driver, None):  # type: ignore[arg-type] # of its class
        connection.invalidate(error)
    raise DBAPIError.instance(
        sql, {}, error, dialect.loaded_dbapi.Error, hide_parameters=True, dialect=dialect
    ) from error


def _each(parameters: GivenParameters) -> Sequence[Parameters]:
    if parameters is None:
        return ({},)
    # A dict nearly always, and asked for first: an abstract class takes its time to answer.
    if isinstance(parameters, dict) or isinstance(parameters, Mapping):  # noqa: SIM101
        return (parameters,)
    return parameters


class _UnknownColumn(TypeError):
    """A value for a column that the table does not have: SQLAlchemy would ignore it."""


def _refuse_unknown_columns(statement: CoreStatement, parameters: Parameters) -> None:
    if not isinstance(statement, Insert | Update):
        return
    new = {name for name in parameters if not name.endswith("_")}
    if unknown := new - set(statement.table.c.keys()):
        raise _UnknownColumn(f"{statement.table} has no column {', '.join(sorted(unknown))}")


def _lists(statement: CoreStatement) -> list[str]:
    """The names of the lists that *statement* is given each time."""
    binds = [each for each in visitors.iterate(statement) if isinstance(each, BindParameter)]
    return list(dict.fromkeys(each.key for each in binds if each.expanding and each.required))


def _padded_length(length: int) -> int:
    return 1 << (length - 1).bit_length() if length else 0


def _padded(values: Sequence[Any]) -> list[Any]:
    """*values*, the last of them repeated up to a power of two: few lengths make few forms."""
    known = list(values)
    return known + known[-1:] * (_padded_length(len(known)) - len(known))


def _elements(values: Sequence[Any]) -> Iterable[Any]:
    if values and isinstance(values[0], tuple):
        return (each for one in values for each in one)
    return values


def _taker(order: Sequence[str] | None) -> Callable[[Parameters], Any] | None:
    """The function that puts parameters in *order*; None for a driver that takes them by name."""
    if order is None:
        return None
    if len(order) > 1:
        return itemgetter(*order)
    names = tuple(order)
    return lambda parameters: tuple(parameters[name] for name in names)


def _results(statement: CoreStatement, dialect: Dialect) -> list[tuple[int, Callable[[Any], Any]]]:
    if not isinstance(statement, Select):
        return []
    made = [each.type.result_processor(dialect, None) for each in statement.selected_columns]
    return [(at, each) for at, each in enumerate(made) if each is not None]


@lru_cache(maxsize=256)
def _row_class(names: tuple[str, ...]) -> Any:
    """A class of rows with the columns *names*, which ``_mapping`` gives as SQLAlchemy's rows do."""
    made = namedtuple("Row", names, rename=True)  # type: ignore[misc] # of any names
    return type("Row", (made,), {"__slots__": (), "_mapping": property(made._asdict)})
