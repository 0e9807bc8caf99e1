"""Opens XLSX and ODS within bounds of their size unpacked; refuses programs and passwords."""

import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from registry.sheets.bounds import MOST_PARTS, MOST_UNPACKED, UnreadableSheet

_CHUNK = 1_048_576

_MACROS = ("xl/vbaproject.bin", "xl/macrosheets/", "basic/", "scripts/")
"""Beginnings of the names of parts with programs, in XLSX and ODS."""

_ENCRYPTED_BY = "META-INF/manifest.xml"
"""The part of an ODS that says how its parts were encrypted."""

_WORKBOOKS = frozenset({"xl/workbook.xml", "content.xml"})
"""The part that tells an XLSX, and an ODS."""


@dataclass(frozen=True, slots=True)
class Package:
    """The parts of a workbook by their names; all are within the bounds."""

    parts: dict[str, bytes] = field(repr=False)

    @property
    def is_opendocument(self) -> bool:
        """Whether it is an ODS, not an XLSX."""
        return "content.xml" in self.parts


def open_package(data: bytes) -> Package:
    """Return the package in *data*; raises UnreadableSheet."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as file:
            entries = file.infolist()
            _check_directory(entries)
            parts = {each.filename: _unpacked(file, each) for each in _of_cells(entries)}
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise UnreadableSheet("not_a_sheet") from error
    if b"encryption-data" in parts.get(_ENCRYPTED_BY, b""):
        raise UnreadableSheet("password")
    return Package(parts)


def _check_directory(entries: list[zipfile.ZipInfo]) -> None:
    names = {each.filename.lower() for each in entries}
    if any(name.startswith(_MACROS) for name in names):
        raise UnreadableSheet("macros")
    if len(_WORKBOOKS & names) != 1 or "xl/workbook.bin" in names or len(names) < len(entries):
        raise UnreadableSheet("not_a_sheet")  # of two kinds or parts of one name, which would be read?
    if len(entries) > MOST_PARTS or sum(each.file_size for each in entries) > MOST_UNPACKED:
        raise UnreadableSheet("bomb", most=MOST_UNPACKED // 1_000_000)


def _of_cells(entries: list[zipfile.ZipInfo]) -> Iterator[zipfile.ZipInfo]:
    return (each for each in entries if each.filename.lower().endswith((".xml", ".rels")))


def _unpacked(file: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """Return a part; one that is longer than the directory says has a wrong check sum here."""
    with file.open(entry) as stream:
        return b"".join(iter(lambda: stream.read(_CHUNK), b""))
