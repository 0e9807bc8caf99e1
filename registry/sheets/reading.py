"""Reads a file as the sheets in it, by what it is and not by its name."""

from collections.abc import Iterable

from registry.sheets.bounds import MOST_BYTES, UnreadableSheet
from registry.sheets.cells import CellPlace, Sheet
from registry.sheets.findings import Finding, Reason, Severity
from registry.sheets.text_files import read_text_sheet
from registry.sheets.workbooks import is_workbook, read_workbook

_OTHER = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"{\\rtf", b"GIF8")
"""The first bytes of what people take for a spreadsheet."""


def read_sheets(data: bytes, file: str) -> list[Sheet]:
    """Return the sheets in *data*, the content of *file*; raises UnreadableSheet."""
    if len(data) > MOST_BYTES:
        raise UnreadableSheet("too_big", most=MOST_BYTES // 1_000_000)
    if is_workbook(data):
        return read_workbook(data, file)
    if data.startswith(_OTHER):
        raise UnreadableSheet("not_a_sheet")
    return [read_text_sheet(data, file)]


def read_files(files: Iterable[tuple[str, bytes]]) -> tuple[list[Sheet], list[Finding]]:
    """Return the sheets of *files*, names and contents, and an error for each that cannot be read."""
    sheets: list[Sheet] = []
    errors: list[Finding] = []
    for name, data in files:
        try:
            sheets += read_sheets(data, name)
        except UnreadableSheet as error:
            errors.append(_finding(name, error))
    return sheets, errors


def _finding(file: str, error: UnreadableSheet) -> Finding:
    place = CellPlace(file, error.sheet, error.row)
    return Finding(Severity.ERROR, Reason(error.reason), place, values=error.values)
