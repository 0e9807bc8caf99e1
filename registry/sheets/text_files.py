"""Reads sheets that are text: any usual encoding and separator, quotes, line breaks within cells."""

import csv
import io
import unicodedata
from collections import Counter
from collections.abc import Iterator
from itertools import islice

from registry.sheets.bounds import MOST_CELLS, MOST_COLUMNS, MOST_ROWS, UnreadableSheet
from registry.sheets.cells import Sheet

SEPARATORS = ";\t,|"
"""Separators that are tried, the likeliest in Viet Nam first: there the comma is in numbers."""

_LOOKED_AT = 200
"""Rows by which the separator is found."""

_MARKS_OF_BYTES = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
"""The mark at the beginning of a file, and its encoding."""


def read_text_sheet(data: bytes, file: str) -> Sheet:
    """Return the sheet in *data*, the content of *file*; raises UnreadableSheet."""
    text, encoding = decode_text(data)
    text, separator = _separator(text)
    return Sheet(file, "", tuple(_rows(text, separator)), encoding=encoding)


def decode_text(data: bytes) -> tuple[str, str]:
    """Return the text in *data*, composed (NFC), and its encoding; raises UnreadableSheet."""
    encoding, skipped = _encoding(data)
    try:
        text = data[skipped:].decode(encoding)
    except UnicodeDecodeError as error:
        row = data[: skipped + error.start].count(b"\n") + 1
        raise UnreadableSheet("unreadable_text", row=row, encoding=encoding) from error
    return unicodedata.normalize("NFC", text), encoding


def _encoding(data: bytes) -> tuple[str, int]:
    """Return the encoding of *data*, and the number of bytes of its mark."""
    for mark, encoding in _MARKS_OF_BYTES:
        if data.startswith(mark):
            return encoding, len(mark)
    if (wide := _wide(data[:4_000])) is not None:
        return wide, 0
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return ("utf-8" if _is_broken_utf8(data) else "cp1258"), 0
    return "utf-8", 0


def _wide(head: bytes) -> str | None:
    """Return UTF-16 of either order where every second byte of ASCII letters is zero; None if not."""
    half = max(1, len(head) // 2)
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd > half * 0.3 and even < half * 0.1:
        return "utf-16-le"
    return "utf-16-be" if even > half * 0.3 and odd < half * 0.1 else None


def _is_broken_utf8(data: bytes) -> bool:
    """Whether *data* is UTF-8 with some bytes spoiled, and not an encoding of one byte a letter."""
    text = data.decode("utf-8", errors="replace")
    spoiled = text.count("\ufffd")
    return sum(each > "\x7f" for each in text) - spoiled > 4 * spoiled


def _separator(text: str) -> tuple[str, str]:
    """Return *text* without a line that names its separator, and that: the most regular one."""
    first, _, rest = text.partition("\n")
    if first.lower().startswith("sep=") and len(first.strip()) == 5:
        return rest, first[4]
    return text, max(SEPARATORS, key=lambda each: _regularity(text, each))


def _regularity(text: str, separator: str) -> tuple[int, int]:
    """Return how many of the first rows have the usual number of cells, above one, and that number."""
    sample = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        widths = Counter(len(row) for row in islice(sample, _LOOKED_AT) if any(row))
    except csv.Error:
        return 0, 0
    width, count = max(widths.items(), key=lambda each: (each[1], each[0]), default=(1, 0))
    return (count, width) if width > 1 else (0, 0)


def _rows(text: str, separator: str) -> Iterator[tuple[str, ...]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    number, cells = 0, 0
    try:
        for number, row in enumerate(reader, start=1):
            cells += len(row)
            if number > MOST_ROWS or cells > MOST_CELLS:
                raise UnreadableSheet("too_many_rows", most=MOST_ROWS)
            if len(row) > MOST_COLUMNS:
                raise UnreadableSheet("too_many_columns", row=number, most=MOST_COLUMNS)
            yield tuple(row)
    except csv.Error as error:
        raise UnreadableSheet("open_quote", row=number + 1) from error
