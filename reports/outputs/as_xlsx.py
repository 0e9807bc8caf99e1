"""A report as a spreadsheet: a sheet for each table, with types, a header and panes that stand."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from io import BytesIO

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from contract.times import from_micros
from reports.domain.document import ReportDocument, ReportTable, Value, ValueKind
from words.catalogue import Words

FORMATS = {
    ValueKind.TEXT: "@",
    ValueKind.COUNT: "#,##0",
    ValueKind.NUMBER: "#,##0.00",
    ValueKind.SHARE: "0.000%",
    ValueKind.SECONDS: "#,##0.0",
    ValueKind.DAY: "yyyy-mm-dd",
    ValueKind.MOMENT: "yyyy-mm-dd hh:mm:ss",
}

LONGEST_SHEET_NAME = 31
"""Characters of a sheet's name that a spreadsheet takes."""

HEADER_ROW = 2
"""The row of the header: the title and the note stand above it."""

WIDTHS = {ValueKind.TEXT: 26, ValueKind.MOMENT: 20}


def as_xlsx(report: ReportDocument, words: Words) -> bytes:
    """Return *report* as the bytes of a spreadsheet; no clock is in it but ``as_of``."""
    out = BytesIO()
    safe = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(out, safe) as book:
        made = from_micros(report.as_of).astimezone(UTC).replace(tzinfo=None, microsecond=0)
        book.set_properties({"title": report.title, "created": made})
        formats = {kind: book.add_format({"num_format": form}) for kind, form in FORMATS.items()}
        bold = book.add_format({"bold": True})
        _about(book, report, bold, name=words.text("report.about"))
        for table in report.tables:
            _sheet(book, table, formats, bold=bold)
    return out.getvalue()


def _about(book: Workbook, report: ReportDocument, bold: Format, *, name: str) -> None:
    sheet = book.add_worksheet(name)
    sheet.set_column(0, 0, 100)
    sheet.write_string(0, 0, report.title, bold)
    for row, line in enumerate(report.headings, start=1):
        sheet.write_string(row, 0, line)


def _sheet(
    book: Workbook, table: ReportTable, formats: dict[ValueKind, Format], *, bold: Format
) -> None:
    sheet = book.add_worksheet(_sheet_name(table.title, taken=[each.name for each in book.worksheets()]))
    sheet.write_string(0, 0, table.title, bold)
    sheet.write_string(1, 0, table.note)
    for place, column in enumerate(table.columns):
        sheet.set_column(place, place, WIDTHS.get(column.kind, 14))
        sheet.write_string(HEADER_ROW, place, column.title, bold)
    sheet.freeze_panes(HEADER_ROW + 1, 1)
    for number, row in enumerate(table.rows, start=HEADER_ROW + 1):
        for place, (value, column) in enumerate(zip(row, table.columns, strict=True)):
            _write(sheet, (number, place), value, formats[column.kind])


def _write(sheet: Worksheet, cell: tuple[int, int], value: Value, form: Format) -> None:
    if value is None:
        sheet.write_blank(*cell, None, form)
    elif isinstance(value, str):
        sheet.write_string(*cell, value)
    elif isinstance(value, datetime):
        sheet.write_datetime(*cell, value.replace(tzinfo=None), form)
    elif isinstance(value, date):
        sheet.write_datetime(*cell, datetime(value.year, value.month, value.day), form)  # noqa: DTZ001
    else:
        sheet.write_number(*cell, value, form)


def _sheet_name(title: str, *, taken: Iterable[str]) -> str:
    """Return *title* as a sheet's name: without marks that are forbidden there, and there once."""
    plain = "".join(" " if each in "[]:*?/\\" else each for each in title)[:LONGEST_SHEET_NAME]
    others = {each.casefold() for each in taken}
    names = [plain, *(f"{plain[: LONGEST_SHEET_NAME - 3]} {number}" for number in range(2, 99))]
    return next(each for each in names if each.casefold() not in others)
