"""The bounds of what is read: a sheet within them is read whole, all others are refused before."""

from typing import Final

MOST_BYTES: Final = 50_000_000
"""Bytes of a file: 100,000 points are about 10 MB as XLSX."""

MOST_UNPACKED: Final = 600_000_000
"""Bytes of all parts of a workbook together once they are unpacked."""

MOST_PARTS: Final = 2_000
"""Parts of a workbook: sheets, styles, pictures."""

MOST_ROWS: Final = 150_000
"""Rows of a sheet: more than all points of a province."""

MOST_COLUMNS: Final = 500
"""Columns of a sheet; the widest table has about sixty."""

MOST_CELLS: Final = 10_000_000
"""Cells of a sheet, empty ones between others too."""

MOST_FINDINGS: Final = 2_000
"""Findings that are shown of a file; the rest is counted."""


class UnreadableSheet(Exception):
    """A file that is not read: *reason* of ``findings.Reason``, and where, as far as that is known."""

    def __init__(self, reason: str, *, row: int = 0, sheet: str = "", **values: object) -> None:
        super().__init__(reason)
        self.reason = reason
        self.row = row
        self.sheet = sheet
        self.values = values


def check_size(sheet: str, *, rows: int, columns: int, cells: int) -> None:
    """Raise UnreadableSheet where *sheet* is larger than what is read."""
    if rows > MOST_ROWS or cells > MOST_CELLS:
        raise UnreadableSheet("too_many_rows", sheet=sheet, most=MOST_ROWS)
    if columns > MOST_COLUMNS:
        raise UnreadableSheet("too_many_columns", sheet=sheet, most=MOST_COLUMNS)
