"""Writes form PC01 as a DOCX, which the same person can fill in and send back."""

from collections.abc import Iterable, Sequence
from io import BytesIO

import docx
from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt
from docx.table import Table, _Cell

from registry.forms.fields import TEXTS, FormField, columns, label, sections, value_at
from registry.forms.pc01 import LISTS, Pc01
from registry.forms.values import text_of
from words.catalogue import Words

FONT = "Times New Roman"
"""The font that administrative documents of Viet Nam are set in."""

EMPTY_ROWS = 2
"""Empty rows at the end of each list, for what is new."""

_SHADE = "EDEDED"
_NEVER_IN_XML = {0xFFFE: "\ufffd", 0xFFFF: "\ufffd"}


def write_docx(form: Pc01, words: Words, *, day: str) -> bytes:
    """Return *form*, with the data of *day*, as a DOCX in the language of *words*."""
    document = docx.Document()
    _set_page(document)
    _add_title(document, words, day)
    for number, (name, fields) in enumerate(sections().items(), start=1):
        _add_heading(document, f"{number}. {words.name(TEXTS, name)}")
        _add_pairs(document, form, fields, words)
    for number, table in enumerate(LISTS, start=len(sections()) + 1):
        _add_heading(document, f"{number}. {words.name(TEXTS, table)}")
        _add_list(document, form, table, words)
    _add_line(document, words.name(TEXTS, "signature"), align=WD_ALIGN_PARAGRAPH.RIGHT)
    output = BytesIO()
    document.save(output)
    return output.getvalue()


def _set_page(document: Document) -> None:
    page = document.sections[0]
    page.orientation = WD_ORIENT.LANDSCAPE
    page.page_width, page.page_height = Cm(29.7), Cm(21)
    page.left_margin = page.right_margin = Cm(1.8)
    page.top_margin = page.bottom_margin = Cm(1.5)
    style = document.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(11)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
    style.paragraph_format.space_after = Pt(2)


def _add_title(document: Document, words: Words, day: str) -> None:
    _add_line(document, words.name(TEXTS, "number"), align=WD_ALIGN_PARAGRAPH.RIGHT)
    title = words.name(TEXTS, "title").upper()
    _add_line(document, title, align=WD_ALIGN_PARAGRAPH.CENTER, size=14, is_bold=True)
    _add_line(document, words.name(TEXTS, "filled_on", day=day), align=WD_ALIGN_PARAGRAPH.CENTER)
    _add_line(document, words.name(TEXTS, "legend"), is_italic=True)


def _add_line(
    document: Document,
    text: str,
    *,
    align: WD_ALIGN_PARAGRAPH = WD_ALIGN_PARAGRAPH.LEFT,
    size: int = 11,
    is_bold: bool = False,
    is_italic: bool = False,
) -> None:
    paragraph = document.add_paragraph()
    paragraph.alignment = align
    run = paragraph.add_run(text)
    run.bold, run.italic, run.font.size = is_bold, is_italic, Pt(size)


def _add_heading(document: Document, text: str) -> None:
    _add_line(document, text, is_bold=True, size=12)
    document.paragraphs[-1].paragraph_format.keep_with_next = True
    document.paragraphs[-1].paragraph_format.space_before = Pt(8)


def _add_pairs(document: Document, form: Pc01, fields: Sequence[FormField], words: Words) -> None:
    table = _grid(document, rows=len(fields), widths=(9.5, 16.6))
    for row, field in zip(table.rows, fields, strict=True):
        name, value = row.cells
        _write(name, label(field, words), is_head=True)
        _write(value, text_of(value_at(form.premises, field), field, words))


def _add_list(document: Document, form: Pc01, name: str, words: Words) -> None:
    fields, rows = columns(name), getattr(form, name)
    width = 26.1 / len(fields)
    table = _grid(document, rows=1 + len(rows) + EMPTY_ROWS, widths=[width] * len(fields))
    for cell, field in zip(table.rows[0].cells, fields, strict=True):
        _write(cell, label(field, words, name), is_head=True, size=9)
    _repeat_at_each_page(table)
    texts = [[text_of(value_at(row, each), each, words) for each in fields] for row in rows]
    for cells, values in zip(list(_cells_of(table))[1:], texts, strict=False):
        for cell, text in zip(cells, values, strict=True):
            _write(cell, text, size=10)


def _cells_of(table: Table) -> Iterable[tuple[_Cell, ...]]:
    """Yield the cells of each row, without the slow search for merged ones."""
    for row in table._tbl.tr_lst:
        yield tuple(_Cell(cell, table) for cell in row.tc_lst)


def _grid(document: Document, *, rows: int, widths: Sequence[float]) -> Table:
    table: Table = document.add_table(rows=rows, cols=len(widths))
    table.style = "Table Grid"
    table.autofit = False
    for cells in _cells_of(table):
        for cell, width in zip(cells, widths, strict=True):
            cell.width = Cm(width)
    return table


def _write(cell: _Cell, text: str, *, is_head: bool = False, size: int = 11) -> None:
    run = cell.paragraphs[0].add_run(text.translate(_NEVER_IN_XML))
    run.font.size = Pt(size)
    run.bold = is_head
    if is_head:
        shade = OxmlElement("w:shd")
        for name, value in (("val", "clear"), ("color", "auto"), ("fill", _SHADE)):
            shade.set(qn(f"w:{name}"), value)
        cell._tc.get_or_add_tcPr().append(shade)


def _repeat_at_each_page(table: Table) -> None:
    row = table._tbl.tr_lst[0].get_or_add_trPr()
    row.append(OxmlElement("w:tblHeader"))
