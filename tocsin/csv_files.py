"""Tables as CSV for a spreadsheet: no cell of them is taken for a formula."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from tocsin.failures import stop

# A spreadsheet computes a cell that begins so (OWASP, CSV injection).
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    """Write *rows* under *header* to *path*, in UTF-8 with the mark that Excel needs; count them."""
    written = 0
    try:
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(header)
            for row in rows:
                writer.writerow(map(cell, row))
                written += 1
    except OSError as error:
        stop(f"{path}: cannot be written ({error.strerror}); name another file")
    return written


def cell(value: object) -> str:
    """Return *value* as the text of a cell; what would be a formula has an apostrophe before it."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text
