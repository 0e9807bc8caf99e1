"""The columns of each table, derived from the models: a new field has a column by itself."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from enum import Enum, StrEnum
from functools import cache
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from contract.names import NAME_PATTERN
from registry.model.registry import TABLES
from registry.model.rows import RegistryValue, Row


class ColumnKind(StrEnum):
    """The kind of the values of a column."""

    TEXT = "text"
    PHONE = "phone"
    ID = "id"
    NAME = "name"
    NAMES = "names"
    TEXTS = "texts"
    WHOLE = "whole"
    NUMBER = "number"
    YES_NO = "yes_no"
    DAY = "day"
    HOUR = "hour"
    MOMENT = "moment"
    CHOICE = "choice"
    CHOICES = "choices"
    STRUCTURE = "structure"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of *table*: the field at *path*, such as ``facility.hazard_class``.

    *target* is the table whose rows it names, *choices* the class of its fixed values. One that
    *is_required* must have a value in each new row, as far as its nested value is there at all.
    *low* and *high* are the bounds of a number; a text that *has_lines* keeps its line breaks, one that
    *has_form* must be as its pattern wants it. *items* is the class of the values of a list of them.
    """

    table: str
    path: str
    kind: ColumnKind
    default: object = None
    is_required: bool = False
    choices: type[Enum] | None = None
    target: str | None = None
    low: float | None = None
    high: float | None = None
    has_lines: bool = False
    has_form: bool = False
    items: type[RegistryValue] | None = None

    @property
    def parts(self) -> tuple[str, ...]:
        """The names of the fields from the row down to the value."""
        return tuple(self.path.split("."))

    @property
    def is_nested(self) -> bool:
        """Whether it is a field of a value within the row."""
        return "." in self.path


TARGETS: dict[str, str | dict[str, str]] = {
    "old": "areas",
    "new": "areas",
    "parent": {"areas": "areas", "units": "units"},
    "team": "contacts",
    "people": "contacts",
    "contacts": "contacts",
    "area": "areas",
    "areas": "areas",
    "premises": "premises",
    "policy": "policies",
    "unconfirmed_policy": "policies",
    "fault_policy": "policies",
    "supervisory_policy": "policies",
    "then": "policies",
    "roster": "rosters",
    "unit": "units",
    "building": "buildings",
    "zone": "zones",
    "confirmed_with": "zones",
    "gateway": "gateways",
    "floor": "floors",
    "point": "points",
    "notify": "contacts",
    "who": "contacts",
}
"""The table that a field of names refers to; by table where that differs."""


@cache
def columns_of(table: str) -> tuple[Column, ...]:
    """Return the columns of *table*, in the order of its fields."""
    return tuple(_columns(table, TABLES[table], ""))


@cache
def columns_by_path(table: str) -> dict[str, Column]:
    """Return the columns of *table* by their paths."""
    return {each.path: each for each in columns_of(table)}


def item_columns(column: Column) -> tuple[Column, ...]:
    """Return the columns of each value in the list of *column*: none where it has no list of values."""
    if column.items is None:
        return ()
    return tuple(_columns(column.table, column.items, f"{column.path}."))


def value_at(row: Row, column: Column) -> Any:
    """Return the value of *column* in *row*; None where the value that would hold it is missing."""
    found: Any = row
    for part in column.parts:
        if found is None:
            return None
        found = getattr(found, part)
    return found


def _columns(table: str, model: type[RegistryValue], prefix: str) -> Iterator[Column]:
    for name, field in model.model_fields.items():
        path, (kind, limits) = f"{prefix}{name}", _bare(field.annotation)
        if isinstance(kind, type) and issubclass(kind, RegistryValue):
            yield from _columns(table, kind, f"{path}.")
        else:
            limits = [*limits, *field.metadata]
            made = _column(table, path, _kind(name, kind, is_name=_limits_name(limits)), field, kind)
            yield replace(
                made,
                low=_bound(limits, "ge", "gt"),
                high=_bound(limits, "le", "lt"),
                has_lines=name in model.several_lines,
                has_form=_bound(limits, "pattern") is not None,
            )


def _column(table: str, path: str, kind: ColumnKind, field: FieldInfo, plain: Any) -> Column:
    target = TARGETS.get(path.rpartition(".")[2]) if kind in _NAMING else None
    own = target if isinstance(target, str | None) else target.get(table)
    return Column(
        table,
        path,
        kind,
        default=None if field.is_required() else field.get_default(),
        is_required=field.is_required(),
        choices=_choices(plain),
        target=own,
        items=_items(plain),
    )


def _kind(name: str, kind: Any, *, is_name: bool) -> ColumnKind:
    if name == "id":
        return ColumnKind.ID
    if _choices(kind) is not None:
        return ColumnKind.CHOICE if isinstance(kind, type) else ColumnKind.CHOICES
    if get_origin(kind) is tuple:
        inner, limits = _bare(get_args(kind)[0])
        texts = ColumnKind.TEXTS if inner is str else ColumnKind.STRUCTURE
        return ColumnKind.NAMES if _limits_name(limits) else texts
    if is_name:
        return ColumnKind.NAME
    if kind is str and name.rpartition("_")[2] == "phone":
        return ColumnKind.PHONE
    return _PLAIN.get(kind, ColumnKind.STRUCTURE)


_NAMING = frozenset({ColumnKind.NAME, ColumnKind.NAMES})

_PLAIN: dict[Any, ColumnKind] = {
    str: ColumnKind.TEXT,
    int: ColumnKind.WHOLE,
    float: ColumnKind.NUMBER,
    bool: ColumnKind.YES_NO,
    date: ColumnKind.DAY,
    time: ColumnKind.HOUR,
    datetime: ColumnKind.MOMENT,
}


def _bare(annotation: Any) -> tuple[Any, list[object]]:
    """Return *annotation* without "or None" and ``Annotated``, and the limits that the latter adds."""
    if get_origin(annotation) in {Union, UnionType}:
        kinds = [each for each in get_args(annotation) if each is not type(None)]
        return _bare(kinds[0]) if len(kinds) == 1 else (annotation, [])
    if get_origin(annotation) is Annotated:
        inner, *limits = get_args(annotation)
        kind, more = _bare(inner)
        return kind, [*limits, *more]
    return annotation, []


def _choices(kind: Any) -> type[Enum] | None:
    inner = get_args(kind)[0] if get_origin(kind) is tuple else kind
    return inner if isinstance(inner, type) and issubclass(inner, Enum) else None


def _items(kind: Any) -> type[RegistryValue] | None:
    inner = get_args(kind)[0] if get_origin(kind) is tuple else None
    return inner if isinstance(inner, type) and issubclass(inner, RegistryValue) else None


def _bound(limits: list[object], *names: str) -> Any:
    inner = [each for limit in limits for each in [limit, *getattr(limit, "metadata", ())]]
    found = (getattr(each, name, None) for each in inner for name in names)
    return next((each for each in found if each is not None), None)


def _limits_name(limits: list[object]) -> bool:
    """Whether *limits* are those of a name as on the wire."""
    inner = [each for limit in limits for each in [limit, *getattr(limit, "metadata", ())]]
    return any(getattr(each, "pattern", None) == NAME_PATTERN for each in inner)
