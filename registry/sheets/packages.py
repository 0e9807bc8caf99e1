"""Looks into workbooks before they are read: their size unpacked, macros, hidden rows, formulas.

The library that reads cells (calamine) gives neither hidden rows nor formulas, and makes room for each
cell between the first and the last: both are found here, in the parts of the package.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring, iterparse

from registry.sheets.bounds import (
    MOST_CELLS,
    MOST_COLUMNS,
    MOST_PARTS,
    MOST_ROWS,
    MOST_UNPACKED,
    UnreadableSheet,
)
from registry.sheets.cells import MergedRange

_CHUNK = 1_048_576

_MACROS = ("xl/vbaproject.bin", "basic/", "scripts/")
"""Beginnings of the names of parts with programs, in XLSX and ODS."""

_WORKBOOKS = frozenset({"xl/workbook.xml", "content.xml"})
"""The part that tells an XLSX, and an ODS."""


@dataclass(frozen=True, slots=True)
class SheetMarks:
    """Facts of a sheet that its cells do not say: what is hidden, merged, a formula, an error."""

    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    formulas: frozenset[tuple[int, int]] = frozenset()
    empty_formulas: frozenset[tuple[int, int]] = frozenset()
    errors: Mapping[tuple[int, int], str] = field(default_factory=dict)
    merged: tuple[MergedRange, ...] = ()


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
            return Package({each.filename: _unpacked(file, each) for each in _of_cells(entries)})
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise UnreadableSheet("not_a_sheet") from error


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


_COLUMNS = re.compile(rb"""\sr\s*=\s*["']\s*([A-Za-z]+)[0-9]""")
_ROWS = re.compile(rb"""\sr\s*=\s*["']\s*[A-Za-z]*([0-9]+)\s*["']""")
_UNSEEN = re.compile(rb"""\0|\sr\s*=\s*["'][^"']*&""")
"""Signs of a place that the patterns miss: an encoding but UTF-8, a letter written as a number."""

_CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
_HAS_MARKS = re.compile(rb"""<(?:\w+:)?f[\s/>]|\shidden\s*=\s*["'](?:1|true)|\st\s*=\s*["']e["']""")


def xlsx_marks(package: Package, part: str, sheet: str) -> SheetMarks:
    """Return the marks of the sheet in *part* of an XLSX; raises UnreadableSheet beyond the bounds."""
    content = package.parts.get(part)
    if content is None or _UNSEEN.search(content):  # the library may read what was not looked at
        raise UnreadableSheet("not_a_sheet", sheet=sheet)
    rows = max(map(int, _ROWS.findall(content)), default=0)
    columns = max(map(_column_number, set(_COLUMNS.findall(content))), default=0)
    cells = max(rows * columns, sum(1 for _ in _CELL.finditer(content)))
    check_size(sheet, rows=rows, columns=columns, cells=cells)
    return _XlsxMarks().read(content) if _HAS_MARKS.search(content) else SheetMarks()


def check_size(sheet: str, *, rows: int, columns: int, cells: int) -> None:
    """Raise UnreadableSheet where *sheet* is larger than what is read."""
    if rows > MOST_ROWS or cells > MOST_CELLS:
        raise UnreadableSheet("too_many_rows", sheet=sheet, most=MOST_ROWS)
    if columns > MOST_COLUMNS:
        raise UnreadableSheet("too_many_columns", sheet=sheet, most=MOST_COLUMNS)


def xlsx_parts(package: Package) -> dict[str, str]:
    """Return the part of each sheet of an XLSX, by its name."""
    try:
        workbook = fromstring(package.parts["xl/workbook.xml"])
        relations = fromstring(package.parts["xl/_rels/workbook.xml.rels"])
    except (KeyError, SyntaxError, ValueError, DefusedXmlException) as error:
        raise UnreadableSheet("not_a_sheet") from error
    targets = {each.get("Id"): each.get("Target", "") for each in relations}
    return {
        each.get("name", ""): _part(targets.get(_attribute(each, "id"), ""))
        for each in workbook.iter()
        if _local(each.tag) == "sheet"
    }


def _part(target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else f"xl/{target.removeprefix('./')}"


def _attribute(element: Element, name: str) -> str:
    """Return the attribute *name* of *element* in any name space; empty where there is none."""
    return next((value for key, value in element.items() if key.endswith("}" + name)), "")


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _column_number(letters: bytes) -> int:
    number = 0
    for each in letters.upper()[:4]:
        number = number * 26 + each - ord("A") + 1
    return number


class _XlsxMarks:
    """Finds hidden rows, hidden columns, formulas and errors in the XML of a sheet."""

    def __init__(self) -> None:
        self._found = _Found()
        self._row = self._column = 0

    def read(self, content: bytes) -> SheetMarks:
        """Return what is found in *content*; raises UnreadableSheet where that is not XML."""
        for event, element in _events(content):
            match event, _local(element.tag):
                case "start", "row":
                    self._begin_row(element)
                case "start", "c":
                    self._column += 1
                case "end", "c":
                    self._look_at_cell(element)
                case "end", "col" if _is_true(element.get("hidden")):
                    first, last = _whole(element.get("min")), _whole(element.get("max"))
                    self._found.hidden_columns |= set(range(first, min(last, MOST_COLUMNS) + 1))
                case "end", "row":
                    element.clear()
        return self._found.marks()

    def _begin_row(self, element: Element) -> None:
        self._row, self._column = _whole(element.get("r")) or self._row + 1, 0
        if _is_true(element.get("hidden")):
            self._found.hidden_rows.add(self._row)

    def _look_at_cell(self, element: Element) -> None:
        letters = element.get("r", "").rstrip("0123456789")
        self._column = _column_number(letters.encode()) or self._column
        children, place = {_local(each.tag): each for each in element}, (self._row, self._column)
        text = ("".join(children["v"].itertext()) if "v" in children else "").strip()
        if "f" in children:
            self._found.formulas.add(place)
            if not text:
                self._found.empty_formulas.add(place)
        if element.get("t") == "e":
            self._found.errors[place] = text


class _Found:
    """Finds marks while a sheet is walked through."""

    def __init__(self) -> None:
        self.hidden_rows, self.hidden_columns = set[int](), set[int]()
        self.formulas, self.empty_formulas = set[tuple[int, int]](), set[tuple[int, int]]()
        self.errors: dict[tuple[int, int], str] = {}
        self.merged: list[MergedRange] = []

    def marks(self) -> SheetMarks:
        """Return it as a value."""
        return SheetMarks(
            frozenset(self.hidden_rows),
            frozenset(self.hidden_columns),
            frozenset(self.formulas),
            frozenset(self.empty_formulas),
            self.errors,
            tuple(self.merged),
        )


def opendocument_marks(package: Package) -> dict[str, SheetMarks]:
    """Return the marks of each sheet of an ODS by its name; raises UnreadableSheet beyond the bounds."""
    found: dict[str, SheetMarks] = {}
    table = _OpenDocumentTable("")
    for event, element in _events(package.parts["content.xml"]):
        match event, _local(element.tag):
            case "start", "table":
                table = _OpenDocumentTable(_attribute(element, "name"))
            case "end", "table-column":
                table.add_column(element)
            case "end", "table-row":
                table.add_row(element)
                element.clear()
            case "end", "table":
                found[table.name] = table.found.marks()
                element.clear()
    return found


class _OpenDocumentTable:
    """A sheet of an ODS, walked through row by row; each row and cell may stand for many."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.found = _Found()
        self._row = self._columns = self._widest = self._last = 0

    def add_column(self, element: Element) -> None:
        """Walk over columns; LibreOffice ends with one that stands for all to the edge."""
        repeated = _whole(_attribute(element, "number-columns-repeated")) or 1
        if _attribute(element, "visibility") in {"collapse", "filter"} and repeated <= MOST_COLUMNS:
            self.found.hidden_columns |= set(range(self._columns + 1, self._columns + repeated + 1))
        self._columns += repeated

    def add_row(self, element: Element) -> None:
        """Walk over a row, or over all that it stands for."""
        repeated = _whole(_attribute(element, "number-rows-repeated")) or 1
        width = self._walk(element, self._row + 1)
        if _attribute(element, "visibility") in {"collapse", "filter"} and width:
            self.found.hidden_rows |= set(range(self._row + 1, self._row + min(repeated, MOST_ROWS) + 1))
        self._row += repeated
        if width:
            self._last, self._widest = self._row, max(self._widest, width)
            cells = self._last * self._widest
            check_size(self.name, rows=self._last, columns=self._widest, cells=cells)

    def _walk(self, element: Element, row: int) -> int:
        """Return the last column of the row with a value in it."""
        column = last = 0
        for cell in (each for each in element if _local(each.tag).endswith("table-cell")):
            place, column = (
                (row, column + 1),
                column + (_whole(_attribute(cell, "number-columns-repeated")) or 1),
            )
            last = column if _attribute(cell, "value-type") or len(cell) else last
            if _attribute(cell, "formula"):
                self.found.formulas.add(place)
            self._merge(cell, place)
        return last

    def _merge(self, cell: Element, place: tuple[int, int]) -> None:
        down = _whole(_attribute(cell, "number-rows-spanned")) or 1
        across = _whole(_attribute(cell, "number-columns-spanned")) or 1
        if down > 1 or across > 1:
            row, column = place
            self.found.merged.append(MergedRange(row, column, row + down - 1, column + across - 1))


def _whole(text: str | None) -> int:
    """Return the number in *text*, 0 where there is none."""
    return int(text) if text is not None and text.isascii() and text.isdigit() and len(text) < 10 else 0


def _is_true(text: str | None) -> bool:
    return text in {"1", "true"}


def _events(content: bytes) -> Iterator[tuple[str, Element]]:
    try:
        yield from iterparse(io.BytesIO(content), events=("start", "end"))
    except (SyntaxError, ValueError, DefusedXmlException) as error:
        raise UnreadableSheet("not_a_sheet") from error
