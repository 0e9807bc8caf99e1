"""Files of text, compressed or not, whose every failure names the file."""

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from contract.recordings import BadRecording


def text_lines(file: Path) -> Iterator[str]:
    """The lines of *file*, which is gzip-compressed if its name says ``.gz``; raises BadRecording."""
    try:
        with _open(file) as opened:
            yield from opened
    except (gzip.BadGzipFile, EOFError, zlib.error) as flaw:
        raise BadRecording(f"{file}: damaged or cut short ({flaw}); fetch it again") from flaw
    except OSError as flaw:
        raise BadRecording(f"{file}: {flaw.strerror}") from flaw
    except UnicodeDecodeError as flaw:
        raise BadRecording(f"{file}: not UTF-8 text: {flaw}") from flaw


def _open(file: Path) -> TextIO:
    if file.suffix == ".gz":
        return gzip.open(file, "rt", encoding="utf-8-sig", newline="")
    return file.open(encoding="utf-8-sig", newline="")
