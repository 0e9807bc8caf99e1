"""Reads the rows below the headings of a sheet: the value of each cell, and what is wrong with it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from registry.sheets.cells import CellPlace, CellValue, MergedRange, Sheet, cell_text
from registry.sheets.columns import Column
from registry.sheets.findings import Finding, Reason, Severity
from registry.sheets.heading_words import TOTALS
from registry.sheets.headings import Headings
from registry.sheets.spelling import plain
from registry.sheets.values import CellReader

EXAMPLE_ID = "vi-du"
"""The id of the example row of a template: a row with it is left out."""


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row of *table*: the values of its cells by field, None for an empty one.

    *numbers* are the columns of the sheet by field, *texts* what the cells say, *faulty* the fields
    whose cells cannot be used.
    """

    table: str
    place: CellPlace
    values: dict[str, Any]
    numbers: Mapping[str, int]
    headings: Mapping[str, str]
    texts: dict[str, str] = field(default_factory=dict)
    faulty: set[str] = field(default_factory=set)

    def finding(self, severity: Severity, reason: Reason, path: str = "", **values: object) -> Finding:
        """Return a finding on the field *path* of it; on the row where the sheet has no such column."""
        number = self.numbers.get(path, 0)
        place = CellPlace(self.place.file, self.place.sheet, self.place.row, number)
        heading = self.headings.get(path, path)
        return Finding(severity, reason, place, heading, self.texts.get(path, ""), values)


class RowReading:
    """Reads the rows of one *sheet*; what is found on the way is in *findings*."""

    def __init__(self, sheet: Sheet, headings: Headings, reader: CellReader) -> None:
        self.findings: list[Finding] = []
        self._sheet = sheet
        self._headings = headings
        self._columns = headings.columns
        self._reader = reader
        self._numbers = {each.path: number for number, each in self._columns.items()}
        self._names = {
            each.path: headings.matches[number].text for number, each in self._columns.items()
        }
        self._faults = {(each.row, each.column): each for each in sheet.faults}
        self._filled = dict(self._merged_cells())
        self._last = max(headings.matches, default=0)

    def rows(self) -> list[SheetRow]:
        """Return the rows; those that are empty, sum up or show an example are left out."""
        below = self._sheet.rows[self._headings.last_row :]
        read = (
            self._row(number, cells)
            for number, cells in enumerate(below, start=self._headings.last_row + 1)
            if any(cell_text(each) for each in cells)
        )
        return [each for each in read if each is not None]

    def _row(self, number: int, cells: tuple[CellValue, ...]) -> SheetRow | None:
        if self._is_left_out(number, cells):
            return None
        row = SheetRow(self._headings.table, self._sheet.place(number), {}, self._numbers, self._names)
        for column_number, column in self._columns.items():
            value = cells[column_number - 1] if column_number <= len(cells) else ""
            value = self._filled.get((number, column_number), value)
            self._read_cell(row, (number, column_number), column, value)
        self._look_beyond(number, cells)
        self._look_at_hidden(number)
        return row

    def _read_cell(self, row: SheetRow, at: tuple[int, int], column: Column, value: CellValue) -> None:
        path = column.path
        if value == "" and at not in self._faults:
            row.values[path], row.texts[path] = None, ""
            return
        row.texts[path] = cell_text(value)
        if (fault := self._faults.get(at)) is not None:
            row.texts[path] = fault.text
            row.faulty.add(path)
            self.findings.append(row.finding(Severity.ERROR, Reason(fault.reason), path))
            return
        read = self._reader.read(value, column)
        row.values[path] = read.value
        if read.is_fault:
            row.faulty.add(path)
        if read.reason is not None:
            self.findings.append(row.finding(read.severity, read.reason, path, **read.values))
        if at in self._sheet.formulas:
            self.findings.append(row.finding(Severity.WARNING, Reason.FORMULA, path))

    def _is_left_out(self, number: int, cells: tuple[CellValue, ...]) -> bool:
        """Whether the row is an example, a sum, or the names of the fields below their headings."""
        texts = [text for each in cells if (text := cell_text(each))]
        at = self._numbers.get("id", 0)
        if 0 < at <= len(cells) and cell_text(cells[at - 1]) == EXAMPLE_ID:
            self._note(Reason.EXAMPLE_ROW, number)
            return True
        if plain(texts[0]).startswith(TOTALS) and not self._is_named(cells):
            self._note(Reason.TOTAL_ROW, number, texts[0])
            return True
        return all(text in self._numbers for text in texts)

    def _is_named(self, cells: tuple[CellValue, ...]) -> bool:
        """Whether the row has a name of its own, and so is no sum."""
        at = self._numbers.get("name") or self._numbers.get("id") or 0
        text = plain(cell_text(cells[at - 1])) if 0 < at <= len(cells) else ""
        return bool(text) and text not in TOTALS

    def _note(self, reason: Reason, number: int, text: str = "") -> None:
        self.findings.append(Finding(Severity.NOTE, reason, self._sheet.place(number), "", text))

    def _look_beyond(self, number: int, cells: tuple[CellValue, ...]) -> None:
        """Find a value beyond the last heading: a separator within a cell moved all that follows it."""
        for column, value in enumerate(cells[self._last :], start=self._last + 1):
            if text := cell_text(value):
                place = self._sheet.place(number, column)
                self.findings.append(Finding(Severity.ERROR, Reason.MORE_CELLS, place, "", text))
                return

    def _look_at_hidden(self, number: int) -> None:
        if number in self._sheet.hidden_rows:
            place = self._sheet.place(number)
            self.findings.append(Finding(Severity.ERROR, Reason.HIDDEN_ROW, place))

    def _merged_cells(self) -> Iterator[tuple[tuple[int, int], CellValue]]:
        """Yield the value of each cell below the first of cells that are merged downwards."""
        for each in self._sheet.merged:
            if each.first_row <= self._headings.last_row or each.first_row > len(self._sheet.rows):
                continue
            row = self._sheet.rows[each.first_row - 1]
            text = row[each.first_column - 1] if each.first_column <= len(row) else ""
            if not cell_text(text):
                continue
            self._report_merged(each, text)
            if each.first_column == each.last_column:
                last = min(each.last_row, len(self._sheet.rows))
                yield from (
                    ((number, each.first_column), text) for number in range(each.first_row + 1, last + 1)
                )

    def _report_merged(self, merged: MergedRange, text: CellValue) -> None:
        columns = range(merged.first_column, merged.last_column + 1)
        if not any(each in self._columns for each in columns):
            return
        down = merged.first_column == merged.last_column
        severity, reason = (
            (Severity.WARNING, Reason.MERGED_DOWN) if down else (Severity.ERROR, Reason.MERGED_ACROSS)
        )
        place = self._sheet.place(merged.first_row, merged.first_column)
        match = self._headings.matches.get(merged.first_column)
        heading = match.text if match else ""
        values = {"last": merged.last_row}
        self.findings.append(Finding(severity, reason, place, heading, cell_text(text), values))
