"""Recordings and other text files, plain or compressed; every error names the file."""

import csv
import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path

from contract import recordings
from contract.recordings import BadRecording, RecordedReading
from runtime.text_files import NotText, not_utf8, open_text


def text_lines(file: Path) -> Iterator[str]:
    """Yield the lines of *file*, which is gzip-compressed if its name says ``.gz``; raises
    BadRecording.
    """
    try:
        with open_text(file) as opened:
            yield from opened
    except (gzip.BadGzipFile, EOFError, zlib.error) as exc:
        raise BadRecording(f"{file}: damaged or cut short ({exc}); fetch it again") from exc
    except OSError as exc:
        raise BadRecording(f"{file}: {exc.strerror}") from exc
    except NotText as error:
        raise BadRecording(f"{file}: {error}") from error
    except UnicodeDecodeError as exc:
        raise BadRecording(f"{file}: {not_utf8(exc)}") from exc


def open_recording(file: Path) -> Iterator[RecordedReading]:
    """Yield the readings in *file*, plain or ``.gz``; raises BadRecording naming the file and the
    line.
    """
    try:
        yield from recordings.read(text_lines(file))
    except (BadRecording, csv.Error) as error:
        text = str(error)
        raise BadRecording(text if text.startswith(str(file)) else f"{file}: {text}") from error
