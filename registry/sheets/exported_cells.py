"""Values as an export writes them into cells, so that an import reads the same."""

from datetime import date, time
from decimal import Decimal
from enum import Enum
from typing import Any

from pydantic_core import to_json

from registry.sheets.cells import CellValue
from registry.sheets.columns import Column, ColumnKind
from registry.sheets.escaping import escaped
from registry.sheets.labels import value_label, yes_no_label
from words.catalogue import Words

BETWEEN = "; "
"""Stands between several names in one cell."""


def exported_cell(column: Column, value: Any, words: Words) -> CellValue:
    """Return *value* of *column* as a cell, with fixed values in *words*."""
    if column.choices is not None and isinstance(value, Enum):
        return value_label(column.choices, str(value.value), words)
    if column.choices is not None and isinstance(value, tuple):
        return BETWEEN.join(value_label(column.choices, str(each.value), words) for each in value)
    if column.kind is ColumnKind.YES_NO and value is not None:
        return yes_no_label(value, words)
    return exported_text(column, value)


def exported_text(column: Column, value: Any) -> CellValue:
    """Return *value* of a *column* without fixed values as a cell."""
    if value is None or (value == () and not column.is_required):
        return ""
    if isinstance(value, tuple):
        is_list = column.kind in {ColumnKind.NAMES, ColumnKind.TEXTS}
        return escaped(BETWEEN.join(value)) if is_list else to_json(value).decode()
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, str):
        return escaped(value)
    if isinstance(value, time):
        return value.isoformat("seconds") if value.second else value.isoformat("minutes")
    if isinstance(value, bool | int | float | date):
        return value
    raise TypeError(f"no cell has a value such as {value!r} of {column.path}")


def text_of_number(number: float) -> str:
    """Return *number* for a file of text; never with three decimals, which may be read as a group."""
    text = f"{Decimal(repr(number)):f}"
    whole, _, decimals = text.partition(".")
    if not decimals.strip("0"):
        return whole
    return f"{text}0" if len(decimals) == 3 else text
