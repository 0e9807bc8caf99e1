"""Makes a copy of sheets for whoever corrects them: faulty cells are coloured, and say why."""

import io
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import PurePath

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from registry.sheets.cells import CellValue, Sheet, cell_text
from registry.sheets.exporting import FIRST_DAY, Formats, open_workbook
from registry.sheets.findings import Finding, Severity
from words.catalogue import Words

LONGEST_CELL = 32_767
LONGEST_SHEET_NAME = 31
"""Characters, by the format of workbooks."""

_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\'", "_"))

_Marks = Mapping[tuple[int, int], list[Finding]]


def corrected_copy(sheets: Sequence[Sheet], findings: Iterable[Finding], words: Words) -> bytes:
    """Return a workbook with all *sheets*: errors are red, warnings yellow, each with a comment."""
    marks: dict[tuple[str, str], dict[tuple[int, int], list[Finding]]] = defaultdict(dict)
    for each in findings:
        if each.severity is not Severity.NOTE and each.place.row:
            at = each.place.row, max(1, each.place.column)
            marks[each.place.file, each.place.sheet].setdefault(at, []).append(each)
    file = io.BytesIO()
    with open_workbook(file) as workbook:
        formats = Formats(workbook)
        names: set[str] = set()
        for sheet in sheets:
            page = workbook.add_worksheet(_sheet_name(sheet, names))
            _copy(page, sheet, marks[sheet.file, sheet.name], formats, words)
        _ensure_a_page(workbook)
    return file.getvalue()


def _ensure_a_page(workbook: Workbook) -> None:
    if not workbook.worksheets():
        workbook.add_worksheet()


def _sheet_name(sheet: Sheet, taken: set[str]) -> str:
    """Return a name that no other page has, as short as the format wants it."""
    wanted = (sheet.name or PurePath(sheet.file).stem).translate(_FORBIDDEN).strip() or "1"
    number, name = 1, wanted[:LONGEST_SHEET_NAME]
    while name.casefold() in taken:
        number += 1
        suffix = f" {number}"
        name = wanted[: LONGEST_SHEET_NAME - len(suffix)] + suffix
    taken.add(name.casefold())
    return name


def _copy(page: Worksheet, sheet: Sheet, marks: _Marks, formats: Formats, words: Words) -> None:
    for row, cells in enumerate(sheet.rows, start=1):
        for column, value in enumerate(cells, start=1):
            _write(page, (row - 1, column - 1), value, _format(marks.get((row, column)), formats))
    for (row, column), found in marks.items():
        width = len(sheet.rows[row - 1]) if row <= len(sheet.rows) else 0
        if column > width or not cell_text(sheet.rows[row - 1][column - 1]):
            page.write_blank(row - 1, column - 1, None, _format(found, formats))
        comment = "\n".join(f"{each.sentence(words)}; {each.remedy(words)}" for each in found)
        page.write_comment(row - 1, column - 1, comment[:LONGEST_CELL], {"x_scale": 2})


def _format(found: list[Finding] | None, formats: Formats) -> Format | None:
    if not found:
        return None
    is_error = any(each.severity is Severity.ERROR for each in found)
    return formats.fault if is_error else formats.doubt


def _write(page: Worksheet, at: tuple[int, int], value: CellValue, format_: Format | None) -> None:
    if isinstance(value, str):
        if value:
            page.write_string(*at, value[:LONGEST_CELL], format_)
    elif isinstance(value, bool):
        page.write_boolean(*at, value, format_)
    elif isinstance(value, int | float) and format_ is None:
        page.write_number(*at, value)
    else:
        page.write_string(*at, _shown(value), format_)


def _shown(value: CellValue) -> str:
    """Return a day, an hour or a coloured number as text: it is read again as the same."""
    if isinstance(value, date) and not isinstance(value, datetime) and value < FIRST_DAY:
        return value.isoformat()
    if isinstance(value, time | timedelta):
        return str(value)
    return cell_text(value)
