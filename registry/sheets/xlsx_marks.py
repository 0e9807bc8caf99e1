"""Looks into XLSX before it is read: its size, hidden rows and columns, formulas, errors.

The library that reads cells (calamine) gives neither hidden rows nor formulas, and makes room for each
cell between the first and the last: both are found here, in the parts of the package.
"""

import re
from xml.etree.ElementTree import Element

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from registry.sheets.bounds import MOST_COLUMNS, UnreadableSheet, check_size
from registry.sheets.marks import FoundMarks, SheetMarks
from registry.sheets.packages import Package
from registry.sheets.xml_parts import attribute_of, local_name, whole_number, xml_events

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


def xlsx_parts(package: Package) -> dict[str, str]:
    """Return the part of each sheet of an XLSX, by its name."""
    try:
        workbook = fromstring(package.parts["xl/workbook.xml"])
        relations = fromstring(package.parts["xl/_rels/workbook.xml.rels"])
    except (KeyError, SyntaxError, ValueError, DefusedXmlException) as error:
        raise UnreadableSheet("not_a_sheet") from error
    targets = {each.get("Id"): each.get("Target", "") for each in relations}
    return {
        each.get("name", ""): _part(targets.get(attribute_of(each, "id"), ""))
        for each in workbook.iter()
        if local_name(each.tag) == "sheet"
    }


def _part(target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else f"xl/{target.removeprefix('./')}"


def _column_number(letters: bytes) -> int:
    number = 0
    for each in letters.upper()[:4]:
        number = number * 26 + each - ord("A") + 1
    return number


class _XlsxMarks:
    """Finds hidden rows, hidden columns, formulas and errors in the XML of a sheet."""

    def __init__(self) -> None:
        self._found = FoundMarks()
        self._row = self._column = 0

    def read(self, content: bytes) -> SheetMarks:
        """Return what is found in *content*; raises UnreadableSheet where that is not XML."""
        for event, element in xml_events(content):
            match event, local_name(element.tag):
                case "start", "row":
                    self._begin_row(element)
                case "start", "c":
                    self._column += 1
                case "end", "c":
                    self._look_at_cell(element)
                case "end", "col" if _is_true(element.get("hidden")):
                    first, last = whole_number(element.get("min")), whole_number(element.get("max"))
                    self._found.hidden_columns |= set(range(first, min(last, MOST_COLUMNS) + 1))
                case "end", "row":
                    element.clear()
        return self._found.marks()

    def _begin_row(self, element: Element) -> None:
        self._row, self._column = whole_number(element.get("r")) or self._row + 1, 0
        if _is_true(element.get("hidden")):
            self._found.hidden_rows.add(self._row)

    def _look_at_cell(self, element: Element) -> None:
        letters = element.get("r", "").rstrip("0123456789")
        self._column = _column_number(letters.encode()) or self._column
        children, place = {local_name(each.tag): each for each in element}, (self._row, self._column)
        text = ("".join(children["v"].itertext()) if "v" in children else "").strip()
        if "f" in children:
            self._found.formulas.add(place)
            if not text:
                self._found.empty_formulas.add(place)
        if element.get("t") == "e":
            self._found.errors[place] = text


def _is_true(text: str | None) -> bool:
    return text in {"1", "true"}
