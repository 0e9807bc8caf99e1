"""A report as a PDF on A4, in Noto Sans, with the source and the period on each page."""

import logging
from collections.abc import Sequence
from datetime import UTC
from pathlib import Path
from tempfile import TemporaryDirectory

from fpdf import FPDF
from fpdf.fonts import FontFace
from pymupdf_fonts import fontbuffers

from contract.times import from_micros
from reports.domain.document import ReportColumn, ReportDocument, ReportTable, ValueKind
from reports.outputs.people_values import shown_value
from words.catalogue import Words

FONT = "Noto"
MOST_ROWS = 200
"""Rows of a table in a PDF; a spreadsheet has the others."""

WIDE = 8
"""Columns from which on a page lies on its side."""

LEAST_ROOM = 40
"""Millimetres below which a table begins on a new page: its title stays with its first rows."""

TEXT_SHARE = 3.0
"""A column of text is so much wider than one of numbers."""


def as_pdf(report: ReportDocument, words: Words) -> bytes:
    """Return *report* as the bytes of a PDF; no clock is in it but ``as_of``."""
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    pdf = _paper(report, words)
    before = ""
    for table in report.tables:
        orientation = "landscape" if len(table.columns) >= WIDE else "portrait"
        if orientation != before or pdf.will_page_break(LEAST_ROOM):
            pdf.add_page(orientation=orientation)
        if not before:
            _head(pdf, report)
        before = orientation
        _table(pdf, table, words)
        pdf.ln(5)
    return bytes(pdf.output())


def _paper(report: ReportDocument, words: Words) -> FPDF:
    class Paper(FPDF):
        def footer(self) -> None:
            self.set_y(-12)
            self.set_font(FONT, size=7)
            page = words.text("report.page", page=str(self.page_no()), pages="{nb}")
            self.cell(0, 5, f"{report.title} · {report.headings[0]} · {page}", align="C")

    pdf = Paper(format="A4")
    pdf.set_creation_date(from_micros(report.as_of).astimezone(UTC))
    pdf.set_title(report.title)
    pdf.set_lang(report.language)
    pdf.set_auto_page_break(auto=True, margin=16)
    with TemporaryDirectory(prefix="tocsin-fonts-") as folder:
        for style, name in (("", "notos"), ("B", "notosbo")):
            file = Path(folder) / f"{name}.ttf"
            file.write_bytes(fontbuffers[name]())
            pdf.add_font(FONT, style, file)
    return pdf


def _head(pdf: FPDF, report: ReportDocument) -> None:
    pdf.set_font(FONT, "B", size=15)
    pdf.multi_cell(0, 9, report.title, new_x="LMARGIN", new_y="NEXT")
    pdf.set_font(FONT, size=9)
    for line in report.headings:
        pdf.multi_cell(0, 5, line, new_x="LMARGIN", new_y="NEXT")
    pdf.ln(3)


def _table(pdf: FPDF, table: ReportTable, words: Words) -> None:
    pdf.set_font(FONT, "B", size=11)
    pdf.multi_cell(0, 7, table.title, new_x="LMARGIN", new_y="NEXT")
    pdf.set_font(FONT, size=8)
    pdf.multi_cell(0, 4, table.note, new_x="LMARGIN", new_y="NEXT")
    pdf.ln(1)
    if table.rows:
        _rows(pdf, table)
    else:
        pdf.multi_cell(0, 6, words.text("report.no_rows"), new_x="LMARGIN", new_y="NEXT")
    if (left := len(table.rows) - MOST_ROWS) > 0:
        more = words.text("report.more_rows", count=f"{left:,}")
        pdf.multi_cell(0, 6, more, new_x="LMARGIN", new_y="NEXT")


def _rows(pdf: FPDF, table: ReportTable) -> None:
    shown, columns = table.rows[:MOST_ROWS], table.columns
    with pdf.table(
        col_widths=_widths(columns),
        text_align=["LEFT" if each.kind is ValueKind.TEXT else "RIGHT" for each in columns],
        headings_style=FontFace(emphasis="BOLD", fill_color=(226, 232, 240)),
        borders_layout="HORIZONTAL_LINES",
        line_height=4.5,
        padding=0.6,
    ) as shape:
        shape.row([each.title for each in columns])
        for row in shown:
            cells = zip(row, columns, strict=True)
            shape.row([shown_value(value, column.kind) for value, column in cells])


def _widths(columns: Sequence[ReportColumn]) -> list[float]:
    return [TEXT_SHARE if each.kind is ValueKind.TEXT else 1.4 for each in columns]
