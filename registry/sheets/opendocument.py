"""Looks into ODS before it is read: its size, what is hidden, formulas, errors, merged cells."""

from xml.etree.ElementTree import Element

from registry.sheets.bounds import MOST_COLUMNS, MOST_ROWS, check_size
from registry.sheets.cells import MergedRange
from registry.sheets.marks import FoundMarks, SheetMarks
from registry.sheets.packages import Package
from registry.sheets.xml_parts import attribute_of, local_name, whole_number, xml_events

_ERROR = "{urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0}value-type"
"""The attribute by which LibreOffice marks a cell that shows an error."""


def opendocument_marks(package: Package) -> dict[str, SheetMarks]:
    """Return the marks of each sheet of an ODS by its name; raises UnreadableSheet beyond the bounds."""
    found: dict[str, SheetMarks] = {}
    table = _OpenDocumentTable("")
    for event, element in xml_events(package.parts["content.xml"]):
        match event, local_name(element.tag):
            case "start", "table":
                table = _OpenDocumentTable(attribute_of(element, "name"))
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
        self.found = FoundMarks()
        self._row = self._columns = self._widest = self._last = 0

    def add_column(self, element: Element) -> None:
        """Walk over columns; LibreOffice ends with one that stands for all to the edge."""
        repeated = whole_number(attribute_of(element, "number-columns-repeated")) or 1
        if attribute_of(element, "visibility") in {"collapse", "filter"} and repeated <= MOST_COLUMNS:
            self.found.hidden_columns |= set(range(self._columns + 1, self._columns + repeated + 1))
        self._columns += repeated

    def add_row(self, element: Element) -> None:
        """Walk over a row, or over all that it stands for."""
        repeated = whole_number(attribute_of(element, "number-rows-repeated")) or 1
        width = self._walk(element, self._row + 1)
        if attribute_of(element, "visibility") in {"collapse", "filter"} and width:
            self.found.hidden_rows |= set(range(self._row + 1, self._row + min(repeated, MOST_ROWS) + 1))
        self._row += repeated
        if width:
            self._last, self._widest = self._row, max(self._widest, width)
            cells = self._last * self._widest
            check_size(self.name, rows=self._last, columns=self._widest, cells=cells)

    def _walk(self, element: Element, row: int) -> int:
        """Return the last column of the row with a value in it."""
        column = last = 0
        for cell in (each for each in element if local_name(each.tag).endswith("table-cell")):
            place, column = (
                (row, column + 1),
                column + (whole_number(attribute_of(cell, "number-columns-repeated")) or 1),
            )
            last = column if attribute_of(cell, "value-type") or len(cell) else last
            self._look_at(cell, place)
            self._merge(cell, place)
        return last

    def _look_at(self, cell: Element, place: tuple[int, int]) -> None:
        kind = attribute_of(cell, "value-type")
        if attribute_of(cell, "formula"):
            self.found.formulas.add(place)
            if not kind:
                self.found.empty_formulas.add(place)
        if cell.get(_ERROR) == "error":
            self.found.errors[place] = "".join(cell.itertext()).strip()

    def _merge(self, cell: Element, place: tuple[int, int]) -> None:
        down = whole_number(attribute_of(cell, "number-rows-spanned")) or 1
        across = whole_number(attribute_of(cell, "number-columns-spanned")) or 1
        if down > 1 or across > 1:
            row, column = place
            self.found.merged.append(MergedRange(row, column, row + down - 1, column + across - 1))
