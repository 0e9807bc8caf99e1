"""Makes the template of tables: headings, choices, an example row, and a page of help."""

import io
from collections.abc import Sequence

from xlsxwriter.worksheet import Worksheet

from registry.sheets.columns import Column, ColumnKind, columns_of
from registry.sheets.exporting import Formats, open_workbook, write_headings
from registry.sheets.labels import column_label, table_label, value_label, yes_no_label
from registry.sheets.rows import EXAMPLE_ID
from words.catalogue import Words, family

LAST_ROW = 2_000
"""The last row with choices; more rows may be written, by hand."""

_LONGEST_LIST = 255
"""Characters of the choices of a cell, by the format of workbooks."""

HELP = family(
    "sheet_help",
    (
        "sheet",
        "title",
        "fill",
        "required",
        "example",
        "ids",
        "names",
        "phones",
        "days",
        "numbers",
        "keep",
    ),
)
"""The page of help, line by line."""

KINDS = family("sheet_kind", ColumnKind)
"""The values that a cell of a column may have, by its kind."""

_LINES = ("fill", "required", "example", "ids", "names", "phones", "days", "numbers", "keep")

_EXAMPLES: dict[ColumnKind, str] = {
    ColumnKind.PHONE: "0912345678",
    ColumnKind.DAY: "25/07/2025",
    ColumnKind.HOUR: "21:30",
    ColumnKind.WHOLE: "1",
    ColumnKind.NUMBER: "12,5",
    ColumnKind.STRUCTURE: "[]",
}

_EXAMPLES_OF_FIELDS = {
    "name": "Chợ Tân Thành",
    "address": "12 đường Lý Văn Lâm, phường Tân Thành",
    "lat": "9,1769",
    "lon": "105,1524",
    "facility.line_of_business": "chợ",
    "facility.head": "Nguyễn Văn An",
    "facility.team_leader": "Trần Thị Bình",
    "facility.hazard_class": "hạng C",
    "people": "Nguyễn Văn An; Trần Thị Bình",
    "area": "Phường Tân Thành",
    "premises": "cho-tan-thanh",
    "email": "an@example.vn",
    "role": "người đứng đầu cơ sở",
    "place": "sạp 12",
}


def make_template(tables: Sequence[str], words: Words) -> bytes:
    """Return a workbook with a sheet for each of *tables*, to be filled, and the page of help."""
    file = io.BytesIO()
    with open_workbook(file) as workbook:
        formats = Formats(workbook)
        for table in tables:
            sheet = workbook.add_worksheet(table_label(table, words))
            columns = columns_of(table)
            write_headings(sheet, columns, formats, words)
            for number, column in enumerate(columns):
                _describe(sheet, number, column, words)
                sheet.write_string(2, number, example_of(column, words), formats.example)
        _write_help(workbook.add_worksheet(words.name(HELP, "sheet")), tables, formats, words)
    return file.getvalue()


def example_of(column: Column, words: Words) -> str:
    """Return what the example row has in *column*."""
    if column.kind is ColumnKind.ID:
        return EXAMPLE_ID
    if column.path in _EXAMPLES_OF_FIELDS:
        return _EXAMPLES_OF_FIELDS[column.path]
    if column.choices is not None:
        return value_label(column.choices, str(next(iter(column.choices)).value), words)
    if column.kind is ColumnKind.YES_NO:
        return yes_no_label(True, words)  # noqa: FBT003 (a value)
    return _EXAMPLES.get(column.kind, "")


def _choices(column: Column, words: Words) -> list[str]:
    if column.kind is ColumnKind.YES_NO:
        return [yes_no_label(each, words) for each in (True, False)]
    if column.kind is not ColumnKind.CHOICE or column.choices is None:
        return []
    return [value_label(column.choices, str(each.value), words) for each in column.choices]


def _describe(sheet: Worksheet, number: int, column: Column, words: Words) -> None:
    """Give *column* its comment and, where it has fixed values, its choices."""
    choices = _choices(column, words)
    about = f"{column.path}\n{words.name(KINDS, column.kind)}"
    if column.target is not None:
        about += f"\n→ {table_label(column.target, words)}"
    sheet.write_comment(0, number, about, {"x_scale": 1.5})
    if choices and len(",".join(choices)) <= _LONGEST_LIST and not any("," in each for each in choices):
        sheet.data_validation(
            2, number, LAST_ROW, number, {"validate": "list", "source": choices, "error_type": "warning"}
        )


def _write_help(sheet: Worksheet, tables: Sequence[str], formats: Formats, words: Words) -> None:
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 2, 60, formats.wrapped)
    sheet.write_string(0, 0, words.name(HELP, "title"), formats.title)
    row = 1
    for line in _LINES:
        sheet.write_string(row, 1, words.name(HELP, line), formats.wrapped)
        row += 1
    for table in tables:
        row += 1
        sheet.write_string(row, 0, table_label(table, words), formats.title)
        for column in columns_of(table):
            row += 1
            about = words.name(KINDS, column.kind)
            sheet.write_string(row, 0, column_label(column, words))
            sheet.write_string(row, 1, about, formats.wrapped)
            sheet.write_string(row, 2, "; ".join(_choices(column, words)), formats.wrapped)
