"""Sheets as they were read: the value of each cell, and its place for the person who corrects it."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import TypeAlias

from registry.sheets.spelling import tidy

CellValue: TypeAlias = str | float | int | bool | date | datetime | time | timedelta
"""A value as a spreadsheet keeps it; an empty cell is an empty text."""


@dataclass(frozen=True, slots=True)
class CellPlace:
    """The place of a cell: *row* and *column* are counted from 1, 0 where it is about all of them."""

    file: str
    sheet: str = ""
    row: int = 0
    column: int = 0

    @property
    def letters(self) -> str:
        """The letters of its column, as a spreadsheet shows them."""
        return column_letters(self.column)


@dataclass(frozen=True, slots=True)
class MergedRange:
    """Merged cells, from the first to the last row and column, counted from 1."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of *file*; a file of text has one without a name.

    *formulas* are the (row, column) of cells with one, *hidden_rows* and *hidden_columns* those that its
    reader does not see; all are counted from 1. *notes* is how it was read.
    """

    file: str
    name: str
    rows: tuple[tuple[CellValue, ...], ...]
    is_hidden: bool = False
    formulas: frozenset[tuple[int, int]] = frozenset()
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    merged: tuple[MergedRange, ...] = ()
    encoding: str = ""
    faults: tuple["CellFault", ...] = field(default=())

    def place(self, row: int = 0, column: int = 0) -> CellPlace:
        """Return the place of a cell of it."""
        return CellPlace(self.file, self.name, row, column)


@dataclass(frozen=True, slots=True)
class CellFault:
    """A fault of a cell that its reader found: *reason* of ``findings.Reason``."""

    reason: str
    row: int
    column: int = 0
    text: str = ""


def column_letters(column: int) -> str:
    """Return the letters of *column*, counted from 1: 27 is AA."""
    letters = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def cell_text(value: CellValue | None) -> str:
    """Return *value* as a person reads it in the sheet."""
    if value is None or value == "":
        return ""
    if isinstance(value, str):
        return tidy(value)
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return f"{value:.15g}" if not value.is_integer() or abs(value) >= 1e15 else str(int(value))
    return _moment_text(value)


def _moment_text(value: int | date | time | timedelta) -> str:
    if isinstance(value, datetime):
        return value.strftime("%d/%m/%Y %H:%M") if value.time() != time() else value.strftime("%d/%m/%Y")
    if isinstance(value, date):
        return value.strftime("%d/%m/%Y")
    return value.strftime("%H:%M") if isinstance(value, time) else str(value)
