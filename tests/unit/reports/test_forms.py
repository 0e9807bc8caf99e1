"""Every form of a report: types, letters, pages; no formula, no clock, the same bytes each time."""

import csv
from io import BytesIO, StringIO

import msgspec
import pytest
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from reports.making import written
from reports.order import ReportForm
from tests.unit.reports.examples import AT, document
from words.loading import catalogue

VIETNAMESE = catalogue().words("vi")


def form(name: ReportForm, rows: int = 1) -> bytes:
    return written(document(rows), name, VIETNAMESE)


@pytest.mark.parametrize("name", ReportForm)
def test_the_same_report_makes_the_same_bytes(name: ReportForm) -> None:
    assert form(name) == form(name)


def test_a_spreadsheet_takes_no_text_of_a_csv_for_a_formula() -> None:
    content = form(ReportForm.CSV)
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(StringIO(content.decode("utf-8-sig"))))
    cells = [cell for row in rows for cell in row]
    assert '\'=HYPERLINK("http://x")' in cells
    assert {"'@cmd", "'-Nguồn"} <= set(cells)
    assert "-1.500" in cells, "a number below 0 is a number still"
    assert "Chợ An Bình: đường Trần Phú, ường ẵ" in cells


def test_numbers_days_and_moments_of_a_spreadsheet_are_such() -> None:
    book = CalamineWorkbook.from_filelike(BytesIO(form(ReportForm.XLSX)))
    assert len(book.sheet_names) == 3
    rows = book.get_sheet_by_index(1).to_python()
    text, count, number, share, seconds, day, moment = rows[3]
    assert text == '=HYPERLINK("http://x")'
    assert (count, number, share, seconds) == (1234, 0.5, 0.98765, 12.25)
    assert day == AT.date()
    assert moment == AT.replace(tzinfo=None)
    assert rows[4][2] == "", "what is not known is empty, and not 0"


def test_a_pdf_is_made_without_remarks_of_its_fonts(caplog: pytest.LogCaptureFixture) -> None:
    form(ReportForm.PDF, rows=1)
    assert not caplog.records


def test_a_pdf_names_report_period_and_page_on_each_page() -> None:
    pdf = PdfReader(BytesIO(form(ReportForm.PDF, rows=100)))
    assert len(pdf.pages) > 2
    for number, page in enumerate(pdf.pages, start=1):
        text = page.extract_text()
        assert "Báo cáo · Từ ngày 2026-11-01" in text
        assert f"Trang {number}/{len(pdf.pages)}" in text
        assert {round(each) for each in page.mediabox[2:]} == {595, 842}, "A4"
    assert "Còn 100 dòng" in "".join(page.extract_text() for page in pdf.pages)
    assert "đường Trần Phú, ường ẵ" in pdf.pages[0].extract_text().replace("\n", " ")


def test_a_program_reads_rows_as_objects() -> None:
    said = msgspec.json.decode(form(ReportForm.JSON))
    assert (said["from"], said["to"]) == ("2026-11-01", "2026-12-01")
    row = said["tables"][0]["rows"][0]
    assert (row["count"], row["share"], row["day"]) == (1234, 0.98765, "2026-11-28")
    assert said["tables"][0]["rows"][1]["number"] is None
