"""Files are read whatever their encoding, and refused where they are bombs, hidden or merged."""

import io
import zipfile
from datetime import date
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from registry.model.registry import TABLES, Registry
from registry.sheets.bounds import UnreadableSheet
from registry.sheets.columns import columns_of
from registry.sheets.exporting import export_xlsx
from registry.sheets.findings import Severity
from registry.sheets.labels import COLUMN_NAMES, TABLE_NAMES
from registry.sheets.reading import read_files, read_sheets
from tests.support.commune_sheet import windows_1258
from tests.unit.registry.sheets.helpers import ENGLISH, VIETNAMESE, lines, plan, premises, xlsx

TEXT = "Tên cơ sở;Địa chỉ\r\nChợ Tân Thành;12 đường Phan Ngọc Hiển\r\nKho lúa Bảy Háp;Ấp 3\r\n"


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("utf-16"),
        TEXT.encode("utf-16-le"),
        TEXT.encode("utf-16-be"),
        windows_1258(TEXT),
        TEXT.replace(";", "\t").encode(),
        TEXT.replace(";", ",").encode(),
        ("sep=;\r\n" + TEXT).encode(),
        TEXT.replace("\r\n", "\r").encode(),
    ],
)
def test_a_text_is_read_in_every_usual_encoding_and_with_every_separator(data: bytes) -> None:
    changes = plan(data)
    assert lines(changes) == []
    names = [(each.id, each.name, each.address) for each in changes.put["premises"]]  # type: ignore[attr-defined]
    assert names == [
        ("cho-tan-thanh", "Chợ Tân Thành", "12 đường Phan Ngọc Hiển"),
        ("kho-lua-bay-hap", "Kho lúa Bảy Háp", "Ấp 3"),
    ]


def errors_of(data: bytes, file: str = "a.xlsx") -> list[str]:
    return [each.line(ENGLISH) for each in read_files([(file, data)])[1]]


def test_spoiled_utf8_is_named_with_its_row_and_not_read_as_another_encoding() -> None:
    data = TEXT.encode().replace("Ấp".encode(), b"\xff\xfep")
    assert errors_of(data, "a.csv") == [
        'a.csv, row 3: the text cannot be read as utf-8; save it as "CSV UTF-8"'
    ]


def test_a_quote_that_never_ends_is_named() -> None:
    assert errors_of('Tên;Địa chỉ\nChợ;"Số 1\n'.encode(), "a.csv") == [
        "a.csv, row 2: a quotation mark is opened and never closed, or stands within a cell; "
        "close it, or write it twice within the cell"
    ]


def test_200_000_rows_are_refused() -> None:
    assert errors_of(b"a;b\n" * 200_000, "a.csv") == [
        "a.csv: there are more than 150000 rows, or cells far away from all others; "
        "split the sheet, and delete what lies beyond the table"
    ]


def test_one_cell_far_away_is_refused_before_room_is_made_for_all_between() -> None:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        page = book.add_worksheet("S")
        page.write(0, 0, "x")
        page.write(1_048_575, 16_383, "y")
    assert "there are more than 150000 rows" in errors_of(file.getvalue())[0]


def package(data: bytes, **parts: bytes) -> bytes:
    file = io.BytesIO(data)
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return file.getvalue()


def test_a_bomb_is_refused_by_its_directory() -> None:
    bomb = package(xlsx(["Tên"]), **{f"xl/media/{n}.bin": bytes(50_000_000) for n in range(13)})
    assert len(bomb) < 1_000_000
    assert errors_of(bomb) == [
        "a.xlsx: the file would unpack to more than 600 MB; save it again as .xlsx with its tables alone"
    ]


def test_a_bomb_that_lies_about_its_size_is_refused() -> None:
    data = bytearray(package(xlsx(["Tên"]), **{"xl/x.xml": bytes(1_000_000)}))
    where = data.rindex(b"xl/x.xml") - 46
    data[where + 24 : where + 28] = (10).to_bytes(4, "little")
    assert errors_of(bytes(data)) == [
        "a.xlsx: the file is not a spreadsheet, or it is damaged; open it and save it as .xlsx or .csv"
    ]


def test_entities_of_a_workbook_are_refused() -> None:
    text = b'<!DOCTYPE x [<!ENTITY a "aaaa">]><workbook>&a;</workbook>'
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        made.writestr("xl/workbook.xml", text)
        made.writestr("xl/_rels/workbook.xml.rels", "<Relationships/>")
    assert "is not a spreadsheet" in errors_of(file.getvalue())[0]


CORNERS = (
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    b'<row r="1"><c r="A1"><v>1</v></c></row>'
    b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
)
"""A sheet of two cells, for which the library would make room for 17,000 million."""

SHEET, RELATIONS = "xl/worksheets/sheet1.xml", "xl/_rels/workbook.xml.rels"


def with_corners(
    content: bytes = CORNERS, *, part: str = SHEET, target: bytes = b"", more: tuple[str, ...] = ()
) -> bytes:
    """Return a workbook whose sheet is *content*, in *part*, which is named as *target*."""
    whole, file = zipfile.ZipFile(io.BytesIO(xlsx(["Tên"]))), io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name in whole.namelist():
            was = whole.read(name)
            if name == RELATIONS and target:
                was = was.replace(b"worksheets/sheet1.xml", target)
            made.writestr(*((part, content) if name == SHEET else (name, was)))
        for name in more:
            made.writestr(name, "<x/>")
    return file.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        with_corners(),
        with_corners(CORNERS.replace(b"r=", b"r = ")),
        with_corners(CORNERS.replace(b'r="', b'r=" ')),
        with_corners(CORNERS.replace(b"XFD1048576", b"XFD&#49;048576")),
        with_corners(CORNERS.decode().encode("utf-16")),
        with_corners(part="xl/worksheets/sheet1.dat", target=b"worksheets/sheet1.dat"),
        with_corners(part="XL/Worksheets/Sheet1.XML"),
        with_corners(target=b"../xl/worksheets/sheet1.xml"),
        with_corners(more=("content.xml",)),
        with_corners(more=("xl/workbook.bin",)),
        with_corners(more=("XL/WORKSHEETS/SHEET1.XML",)),
    ],
)
def test_cells_far_away_are_refused_however_their_sheet_is_hidden(data: bytes) -> None:
    (said,) = errors_of(data)
    assert "more than 150000 rows" in said or "is not a spreadsheet" in said


def marked() -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"date_1904": True}) as book:
        page = book.add_worksheet("Cơ sở")
        days = book.add_format({"num_format": "dd/mm/yyyy"})
        page.write_row(0, 0, ["Tên cơ sở", "Số tầng", "Ngày khai báo", "Địa chỉ"])
        for row in range(1, 5):
            page.write_row(row, 0, [f"Kho {row}", 1, "", "Ấp 1"])
        page.write_formula(1, 1, "=1+1", None, 2)
        page.write_formula(2, 1, "=1+1", None, "")
        page.write_formula(3, 1, "=1/0", None, "#DIV/0!")
        page.write_datetime(1, 2, date(2025, 7, 5), days)
        page.merge_range(1, 3, 2, 3, "Ấp 9")
        page.merge_range(3, 2, 3, 3, "Ấp 8")
        page.set_row(4, None, None, {"hidden": True})
        book.add_worksheet("Ẩn").hide()
    return file.getvalue()


def test_formulas_merged_and_hidden_cells_are_named() -> None:
    changes = plan(marked(), file="a.xlsx")
    found = {(each.reason.value, each.place.row, each.place.letters) for each in changes.errors}
    assert found == {
        ("formula_without_value", 3, "B"),
        ("error_value", 4, "B"),
        ("merged_across", 4, "C"),
        ("not_a_day", 4, "C"),
        ("hidden_row", 5, ""),
    }
    warned = {
        (each.reason.value, each.place.row)
        for each in changes.findings
        if each.severity is Severity.WARNING
    }
    assert warned == {("formula", 2), ("merged_down", 2), ("hidden_sheet", 0)}


def test_days_that_count_from_1904_are_the_days_that_a_person_sees() -> None:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"date_1904": True}) as book:
        page = book.add_worksheet("Cơ sở")
        page.write_row(0, 0, ["Tên cơ sở", "Ngày khai báo"])
        page.write(1, 0, "Chợ")
        page.write_datetime(1, 1, date(2025, 7, 5), book.add_format({"num_format": "dd/mm/yyyy"}))
    row: Any = premises(plan(file.getvalue()))
    assert row.facility.declared_on == date(2025, 7, 5)


def test_a_heading_that_may_mean_two_fields_is_never_guessed() -> None:
    changes = plan("Tên cơ sở;Thuộc Phụ lục\nChợ;x\n")
    assert lines(changes) == [
        'co-so.csv, row 1, column B (Thuộc Phụ lục): the heading "Thuộc Phụ lục" may mean '
        'facility.in_annex_1, facility.in_annex_2; say which with --map "Thuộc Phụ lục=FIELD", '
        'or leave it out with --map "Thuộc Phụ lục=-"'
    ]


@given(st.binary(max_size=400) | st.text('";,\t\r\n aế0', max_size=200).map(str.encode))
def test_any_bytes_are_read_or_refused_with_a_reason(data: bytes) -> None:
    try:
        sheets = read_sheets(data, "a.csv")
    except UnreadableSheet:
        assert read_files([("a.csv", data)])[1], "it has a reason"
    else:
        assert all(isinstance(cell, str) for sheet in sheets for row in sheet.rows for cell in row)


def test_every_table_and_column_has_a_label_in_both_languages() -> None:
    for table in TABLES:
        for words in (ENGLISH, VIETNAMESE):
            assert words.has(TABLE_NAMES, table), f"table.{table} has no text; add it to columns.po"
            lacking = [each.path for each in columns_of(table) if not words.has(COLUMN_NAMES, each.path)]
            assert lacking == [], f"{table}: add these to words/vi/columns.po"


def test_text_that_would_run_as_a_formula_is_escaped_on_the_way_out() -> None:
    base = plan("Tên cơ sở;Địa chỉ\n'=1+1;'@x\n")
    (row,) = base.put["premises"]
    assert (row.name, row.address) == ("=1+1", "@x")  # type: ignore[attr-defined]
    data = export_xlsx(Registry(premises=(row,)), ("premises",), VIETNAMESE)
    texts = [cell for each in read_sheets(data, "a.xlsx")[0].rows[2:] for cell in each if cell]
    assert "'=1+1" in texts
    assert not [each for each in texts if str(each).startswith(("=", "@"))]
