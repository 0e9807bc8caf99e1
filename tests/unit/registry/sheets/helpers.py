"""Sheets for tests, and what is found in them."""

import io
from datetime import date
from functools import cache
from typing import Any

import xlsxwriter

from registry.model.registry import Registry
from registry.sheets.changes import SheetChanges
from registry.sheets.findings import Severity
from registry.sheets.headings import ByHand
from registry.sheets.labels import Labels
from registry.sheets.plan_state import PlanOptions, RememberedNames
from registry.sheets.planning import plan_sheets
from registry.sheets.reading import read_sheets
from words.loading import catalogue

TODAY = date(2026, 11, 29)
ENGLISH = catalogue().words("en")
VIETNAMESE = catalogue().words("vi")
NOTHING = RememberedNames()


@cache
def labels() -> Labels:
    return Labels(catalogue())


def plan(
    data: bytes | str,
    base: Registry | None = None,
    *,
    file: str = "co-so.csv",
    table: str | None = None,
    fields: dict[str, str] | None = None,
    remembered: RememberedNames = NOTHING,
    **options: Any,
) -> SheetChanges:
    """Return what the sheet in *data* changes in *base*."""
    by_hand = ByHand(table, fields or {})
    content = data.encode() if isinstance(data, str) else data
    return plan_sheets(
        read_sheets(content, file),
        base or Registry(),
        PlanOptions(TODAY, by_hand=by_hand, **options),
        labels=labels(),
        remembered=remembered,
    )


def lines(changes: SheetChanges, severity: Severity = Severity.ERROR) -> list[str]:
    """Return the findings of *severity*, as a person reads them in English."""
    return [each.line(ENGLISH) for each in changes.findings if each.severity is severity]


def xlsx(*rows: list[Any], name: str = "Cơ sở", **options: Any) -> bytes:
    """Return a workbook with one sheet of *rows*."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, options) as book:
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return file.getvalue()


def premises(changes: SheetChanges) -> Any:
    """Return the only premises that *changes* put."""
    (row,) = changes.put["premises"]
    return row
