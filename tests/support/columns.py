"""Refuses what SQLAlchemy ignores without a word: a value for a column that the table does not have."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Engine, Insert, Update, event


def refuse_unknown_columns(engine: Engine) -> None:
    """Fail each insert and update on *engine* that gives a value to no column.

    A parameter that is no new value ends in an underscore (``alerting.store.statements``).
    """
    event.listen(engine, "before_execute", _check)


def _check(
    _connection: Connection,
    statement: object,
    many: Sequence[Mapping[str, Any]],
    one: Mapping[str, Any],
    _options: object,
) -> None:
    if not isinstance(statement, Insert | Update):
        return
    known = set(statement.table.c.keys())
    for values in (*many, one):
        unknown = {name for name in values if not name.endswith("_")} - known
        assert unknown == set(), f"{statement.table} has no column {', '.join(sorted(unknown))}"
