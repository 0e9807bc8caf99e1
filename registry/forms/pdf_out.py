"""Writes form PC01 as a PDF, to print and to sign."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pymupdf_fonts
from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.fonts import FontFace

from registry.forms.fields import TEXTS, FormField, columns, label, sections, value_at
from registry.forms.pc01 import LISTS, Pc01
from registry.forms.values import text_of
from words.catalogue import Words

FAMILY = "Noto Sans"
_STYLES = {"": "notos", "B": "notosbo", "I": "notosit"}
_SHADE = (237, 237, 237)
_MARGIN_MM = 15


class _Form(FPDF):
    """A page in landscape with its number at the foot."""

    def __init__(self, words: Words, fonts: Path) -> None:
        super().__init__(orientation="landscape", unit="mm", format="A4")
        self._words = words
        for style, name in _STYLES.items():
            file = fonts / f"{name}.ttf"
            file.write_bytes(pymupdf_fonts.fontbuffers[name]())
            self.add_font(FAMILY, style, file)
        self.set_margin(_MARGIN_MM)
        self.set_auto_page_break(auto=True, margin=_MARGIN_MM)

    def footer(self) -> None:
        """Write the number of the page."""
        self.set_y(-12)
        self.set_font(FAMILY, "", 8)
        self.cell(0, 6, self._words.name(TEXTS, "page", number=self.page_no()), align="C")

    def line_of(self, text: str, *, style: str = "", size: float = 10, align: str = "L") -> None:
        """Write a line of text, wrapped where it is longer."""
        self.set_font(FAMILY, style, size)
        self.multi_cell(0, size * 0.5, text, align=align, new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def write_pdf(form: Pc01, words: Words, *, day: str) -> bytes:
    """Return *form*, with the data of *day*, as a PDF in the language of *words*."""
    with TemporaryDirectory() as fonts:
        return _written(_Form(words, Path(fonts)), form, words, day)


def _written(page: _Form, form: Pc01, words: Words, day: str) -> bytes:
    page.add_page()
    page.line_of(words.name(TEXTS, "number"), align="R")
    page.line_of(words.name(TEXTS, "title").upper(), style="B", size=13, align="C")
    page.line_of(words.name(TEXTS, "filled_on", day=day), align="C")
    for number, (name, fields) in enumerate(sections().items(), start=1):
        _add_heading(page, f"{number}. {words.name(TEXTS, name)}")
        _add_pairs(page, form, fields, words)
    for number, table in enumerate(LISTS, start=len(sections()) + 1):
        _add_heading(page, f"{number}. {words.name(TEXTS, table)}")
        _add_list(page, form, table, words)
    page.ln(6)
    page.line_of(words.name(TEXTS, "signature"), style="I", align="R")
    return bytes(page.output())


def _add_heading(page: _Form, text: str) -> None:
    if page.will_page_break(25):
        page.add_page()
    page.ln(4)
    page.line_of(text, style="B", size=11)
    page.ln(1)


def _add_pairs(page: _Form, form: Pc01, fields: Sequence[FormField], words: Words) -> None:
    page.set_font(FAMILY, "", 9)
    head = FontFace(emphasis="BOLD", fill_color=_SHADE)
    with page.table(col_widths=(36, 64), first_row_as_headings=False, text_align="L") as table:
        for each in fields:
            row = table.row()
            row.cell(label(each, words), style=head)
            row.cell(text_of(value_at(form.premises, each), each, words))


def _add_list(page: _Form, form: Pc01, name: str, words: Words) -> None:
    fields, rows = columns(name), getattr(form, name)
    page.set_font(FAMILY, "", 8)
    with page.table(
        text_align="L", headings_style=FontFace(emphasis="BOLD", fill_color=_SHADE)
    ) as table:
        heads = table.row()
        for each in fields:
            heads.cell(label(each, words, name))
        for one in rows:
            row = table.row()
            for each in fields:
                row.cell(text_of(value_at(one, each), each, words))
        if not rows:
            table.row([""] * len(fields))
