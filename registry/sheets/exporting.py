"""Exports tables of the registry as XLSX and CSV, so that an import of them changes nothing."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from registry.model.registry import TABLES, Registry
from registry.model.rows import Row
from registry.sheets.cells import CellValue
from registry.sheets.columns import Column, ColumnKind, columns_of, value_at
from registry.sheets.exported_cells import exported_cell, text_of_number
from registry.sheets.labels import column_label, table_label
from registry.sheets.masked_cells import masked_cell
from words.catalogue import Words

BYTE_ORDER_MARK = "\ufeff"
"""Begins a file of text, without which Excel reads Vietnamese wrongly."""

AS_TEXT = frozenset(
    {ColumnKind.ID, ColumnKind.NAME, ColumnKind.NAMES, ColumnKind.PHONE, ColumnKind.TEXT}
)
"""Kinds whose cells are formatted as text, so that a spreadsheet takes no 0 away."""


Masks = Callable[[str, Row], bool]
"""Returns whether numbers and addresses of people in a row of a table are masked."""


def export_csv(
    registry: Registry, table: str, words: Words, *, masks: Masks = lambda table, row: False
) -> bytes:
    """Return *table* of *registry* as text with semicolons, for Excel and everything else."""
    file = io.StringIO(newline="")
    writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
    columns = columns_of(table)
    writer.writerow(column_label(each, words) for each in columns)
    for row in getattr(registry, table):
        cells = _cells(row, columns, words, is_masked=masks(table, row))
        writer.writerow(_as_text(each) for each in cells)
    return (BYTE_ORDER_MARK + file.getvalue()).encode()


def export_xlsx(
    registry: Registry,
    tables: Sequence[str],
    words: Words,
    *,
    masks: Masks = lambda table, row: False,
) -> bytes:
    """Return *tables* of *registry* as a workbook, a sheet for each."""
    file = io.BytesIO()
    with open_workbook(file) as workbook:
        formats = Formats(workbook)
        for table in tables:
            sheet = workbook.add_worksheet(table_label(table, words))
            columns = columns_of(table)
            write_headings(sheet, columns, formats, words)
            for number, row in enumerate(getattr(registry, table), start=2):
                cells = _cells(row, columns, words, is_masked=masks(table, row))
                _write_row(sheet, number, cells, formats)
    return file.getvalue()


def open_workbook(file: io.BytesIO) -> Workbook:
    """Return a new workbook in *file* that takes no text for a formula, a number or an address."""
    options = {
        "in_memory": True,
        "constant_memory": False,
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
    }
    return xlsxwriter.Workbook(file, options)


class Formats:
    """The formats of the cells of *workbook*."""

    def __init__(self, workbook: Workbook) -> None:
        self.heading: Format = workbook.add_format(
            {"bold": True, "bg_color": "#DDE6F0", "border": 1, "text_wrap": True, "valign": "top"}
        )
        self.required: Format = workbook.add_format(
            {"bold": True, "bg_color": "#F7D9C4", "border": 1, "text_wrap": True, "valign": "top"}
        )
        self.text: Format = workbook.add_format({"num_format": "@"})
        self.day: Format = workbook.add_format({"num_format": "dd/mm/yyyy"})
        self.example: Format = workbook.add_format(
            {"num_format": "@", "italic": True, "font_color": "#808080"}
        )
        self.title: Format = workbook.add_format({"bold": True, "font_size": 14})
        self.wrapped: Format = workbook.add_format({"text_wrap": True, "valign": "top"})
        self.fault: Format = workbook.add_format({"bg_color": "#FFC7CE", "num_format": "@"})
        self.doubt: Format = workbook.add_format({"bg_color": "#FFEB9C", "num_format": "@"})

    def of(self, column: Column) -> Format | None:
        """Return the format of the cells of *column*."""
        if column.kind in AS_TEXT:
            return self.text
        return self.day if column.kind is ColumnKind.DAY else None


def write_headings(sheet: Worksheet, columns: Iterable[Column], formats: Formats, words: Words) -> None:
    """Write the labels of *columns* and, in a hidden row below, the names of their fields."""
    for number, column in enumerate(columns):
        label = column_label(column, words)
        is_needed = column.is_required and not column.is_nested
        sheet.write_string(0, number, label, formats.required if is_needed else formats.heading)
        sheet.write_string(1, number, column.path)
        sheet.set_column(number, number, max(12, min(40, len(label) + 2)), formats.of(column))
    sheet.set_row(1, None, None, {"hidden": True})
    sheet.freeze_panes(2, 2)


def _cells(row: Row, columns: Iterable[Column], words: Words, *, is_masked: bool) -> Iterator[CellValue]:
    for each in columns:
        cell = exported_cell(each, value_at(row, each), words)
        yield masked_cell(each, cell) if is_masked else cell


def _write_row(sheet: Worksheet, number: int, cells: Iterable[CellValue], formats: Formats) -> None:
    for column, value in enumerate(cells):
        if isinstance(value, str):
            if value:
                sheet.write_string(number, column, value, formats.text)
        elif isinstance(value, date):
            _write_day(sheet, number, column, value, formats)
        elif isinstance(value, int | float):
            sheet.write_number(number, column, value)


FIRST_DAY = date(1900, 3, 1)
"""The first day that all spreadsheets count alike; those before are written as text."""


def _write_day(sheet: Worksheet, number: int, column: int, day: date, formats: Formats) -> None:
    if day < FIRST_DAY:
        sheet.write_string(number, column, day.isoformat(), formats.text)
    else:
        sheet.write_datetime(number, column, day, formats.day)


def _as_text(value: CellValue) -> str:
    if isinstance(value, bool | str):
        return str(value)
    if isinstance(value, int | float):
        return text_of_number(float(value))
    return value.isoformat() if isinstance(value, date) else str(value)


def all_tables() -> tuple[str, ...]:
    """Return every table, in order."""
    return tuple(TABLES)
