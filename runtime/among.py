"""The condition that a row is about some of many premises: one parameter, however many there are."""

from collections.abc import Collection
from typing import Any

import msgspec
from sqlalchemy import JSON, ColumnElement, Dialect, Text, cast, func, literal, select, true


def among(
    column: ColumnElement[Any], premises: Collection[str] | None, dialect: Dialect
) -> ColumnElement[bool]:
    """Return the condition that *column* is one of *premises*; where that is None, any is right."""
    if premises is None:
        return true()
    if not premises:
        return column.in_([])
    names = msgspec.json.encode(sorted(premises)).decode()
    found = (
        func.json_each(names)
        if dialect.name == "sqlite"
        else func.json_array_elements_text(cast(literal(names, Text), JSON))
    ).table_valued("value")
    return column.in_(select(found.c.value))
