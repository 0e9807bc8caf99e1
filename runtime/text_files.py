"""Reads text files that people write with editors and spreadsheets; explains why one is not UTF-8."""

import codecs
import gzip
import io
from contextlib import ExitStack
from pathlib import Path
from typing import TextIO, cast

_MARKS = {  # the longer ones first: that of UTF-32 begins with that of UTF-16
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}
"""Encodings by the first bytes of a file, where it is not UTF-8."""

REMEDY = "save it as UTF-8"


class NotText(ValueError):
    """The file is not text in UTF-8; the message names the fault and the remedy."""


def read_text(file: Path) -> str:
    """Return the text in *file*, without byte order mark or CR; raises NotText, OSError."""
    with open_text(file) as opened:
        return whole_text(opened)


def whole_text(opened: TextIO) -> str:
    """Return all that is left in *opened*, with plain line ends; raises NotText."""
    try:
        text = opened.read()
    except UnicodeDecodeError as error:
        raise not_utf8(error) from error
    if "\0" in text:
        raise NotText(f"holds NUL bytes, as UTF-16 without its mark does; {REMEDY}")
    return text.replace("\r\n", "\n")


def open_text(file: Path) -> TextIO:
    """Open *file*, past its byte order mark; raises NotText, OSError.

    It is decompressed if its name says ``.gz``. Lines keep their ends, as the csv module wants them.
    """
    raw = gzip.open(file, "rb") if file.suffix == ".gz" else file.open("rb")  # noqa: SIM115 (closed by the reader)
    opened = io.BufferedReader(cast(io.RawIOBase, raw))
    with ExitStack() as refused:
        refused.callback(opened.close)
        begin = opened.peek(4)[:4]
        for mark, name in _MARKS.items():
            if begin.startswith(mark):
                raise NotText(f"encoded as {name}; {REMEDY}")
        refused.pop_all()
    return io.TextIOWrapper(opened, encoding="utf-8-sig", newline="")


def not_utf8(error: UnicodeDecodeError) -> NotText:
    """Return the error for the person who saved the file, in place of *error*."""
    return NotText(f"not UTF-8: byte 0x{error.object[error.start]:02x} at {error.start}; {REMEDY}")
