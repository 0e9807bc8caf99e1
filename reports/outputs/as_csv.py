"""A report as CSV for spreadsheets: UTF-8 with a byte order mark, and no cell that is a formula."""

import csv
from collections.abc import Iterable
from io import StringIO

from reports.domain.document import ReportDocument, ReportTable, Value, ValueKind

FORMULAS = ("=", "+", "-", "@", "\t", "\r")
"""Beginnings of a text that a spreadsheet takes for a formula (OWASP, CSV injection)."""

BYTE_ORDER_MARK = "\ufeff"


def as_csv(report: ReportDocument) -> bytes:
    """Return *report*: its tables below one another, an empty line before each."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerows([_escaped(line)] for line in (report.title, *report.headings))
    for table in report.tables:
        writer.writerow([])
        writer.writerows(_rows(table))
    return (BYTE_ORDER_MARK + out.getvalue()).encode()


def _rows(table: ReportTable) -> Iterable[list[str]]:
    yield [_escaped(table.title)]
    yield [_escaped(each.title) for each in table.columns]
    kinds = [each.kind for each in table.columns]
    for row in table.rows:
        yield [_cell(value, kind) for value, kind in zip(row, kinds, strict=True)]


def _cell(value: Value, kind: ValueKind) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return _escaped(value)
    if isinstance(value, float):
        return f"{value:.6f}" if kind is ValueKind.SHARE else f"{value:.3f}"
    return str(value)


def _escaped(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULAS) else text
