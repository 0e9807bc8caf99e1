"""Workbooks of every kind name what is wrong with them by sheet, row, column and remedy."""

import contextlib
import io
import zipfile
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.sheets.bounds import UnreadableSheet
from registry.sheets.compound import BadCompound, CompoundFile
from registry.sheets.findings import Severity
from registry.sheets.reading import read_files, read_sheets
from tests.support.workbook_files import (
    Cell,
    MadeSheet,
    compound,
    encrypted_ods,
    encrypted_xlsx,
    ods,
    with_parts,
    with_vba,
    xls,
)
from tests.unit.registry.sheets.helpers import ENGLISH, VIETNAMESE, lines, plan, xlsx

HEADS: list[Cell] = ["Tên cơ sở", "Số tầng", "Địa chỉ"]
Maker = Callable[..., bytes]
Rows = list[list[Cell]]
OLD_AND_OPEN = pytest.mark.parametrize("make", [xls, ods])

ROWS: Rows = [[f"Kho {number}", number, f"Ấp {number}"] for number in range(1, 6)]
MARKED = MadeSheet(
    "Cơ sở",
    [HEADS, *ROWS],
    hidden_rows=frozenset({6}),
    hidden_columns=frozenset({3}),
    formulas={(2, 2): 7, (3, 2): None},
    errors=frozenset({(4, 2)}),
    merged=[((5, 2), (5, 3))],
)


def said(data: bytes, file: str) -> list[str]:
    return [each.line(ENGLISH) for each in read_files([(file, data)])[1]]


@OLD_AND_OPEN
def test_a_workbook_in_order_is_read(make: Maker) -> None:
    changes = plan(make(MadeSheet("Cơ sở", [HEADS, ["Kho Bảy Háp", 2, "Ấp 3"]])), file="a")
    (row,) = changes.put["premises"]
    assert (lines(changes), row.key, row.name) == ([], "kho-bay-hap", "Kho Bảy Háp")  # type: ignore[attr-defined]


@OLD_AND_OPEN
def test_hidden_rows_formulas_and_merged_cells_are_named_with_their_remedy(make: Maker) -> None:
    changes = plan(make(MARKED), file="a.xls")
    hidden = "; show it, or delete it, so that what is imported is what can be seen"
    assert sorted(lines(changes)) == [
        f'a.xls, sheet "Cơ sở", row 1, column C (Địa chỉ): the column is hidden{hidden}',
        'a.xls, sheet "Cơ sở", row 3, column B (Số tầng): the cell has a formula without a result; '
        "open the file, let it calculate and save it, or write the value",
        'a.xls, sheet "Cơ sở", row 4, column B (Số tầng): the cell shows the error #DIV/0!; '
        "mend its formula, or write the value",
        'a.xls, sheet "Cơ sở", row 5, column B (Số tầng): the cell is merged over several columns; '
        "unmerge it, and write each value in its own column",
        f'a.xls, sheet "Cơ sở", row 6: the row is hidden{hidden}',
    ]
    warned = [each for each in changes.findings if each.severity is Severity.WARNING]
    assert [(each.reason.value, each.place.row, each.place.letters) for each in warned] == [
        ("formula", 2, "B")
    ]
    assert not changes.is_usable, "nothing of it is imported"


@OLD_AND_OPEN
def test_cells_that_are_merged_downwards_have_one_value_and_a_warning(make: Maker) -> None:
    rows: Rows = [HEADS, ["Kho 1", 1, "Ấp 9"], ["Kho 2", 1, ""]]
    changes = plan(make(MadeSheet("Cơ sở", rows, merged=[((2, 3), (3, 3))])), file="a.xls")
    assert [each.address for each in changes.put["premises"]] == ["Ấp 9", "Ấp 9"]  # type: ignore[attr-defined]
    assert [each.reason.value for each in changes.findings if each.severity is Severity.WARNING] == [
        "merged_down"
    ]


@OLD_AND_OPEN
def test_a_hidden_sheet_is_left_out_with_a_warning(make: Maker) -> None:
    shown: Rows = [HEADS, ["Kho 1", 1, "Ấp 1"]]
    hidden: Rows = [HEADS, ["Kho 2", 1, "Ấp 2"]]
    sheets = MadeSheet("Cơ sở", shown), MadeSheet("Ẩn", hidden, is_hidden=True)
    changes = plan(make(*sheets), file="a.xls")
    assert [each.key for each in changes.put["premises"]] == ["kho-1"]
    assert [(each.reason.value, each.place.sheet) for each in changes.findings if each.place.sheet] == [
        ("hidden_sheet", "Ẩn")
    ]


PASSWORD = "the file is locked with a password; save it without a password"  # noqa: S105 (a sentence)
MACROS = "the file has macros, which are never run or kept; save it as .xlsx without macros"


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (encrypted_xlsx(), PASSWORD),
        (xls(MARKED, has_password=True), PASSWORD),
        (encrypted_ods(), PASSWORD),
        (with_vba(xlsx(["Tên"])), MACROS),
        (with_parts(xlsx(["Tên"]), {"xl/macrosheets/sheet1.xml": "<x/>"}), MACROS),
        (xls(MARKED, program=True), MACROS),
        (xls(MARKED, MadeSheet("M", [["=EXEC"]], is_macro_sheet=True)), MACROS),
        (ods(MARKED, **{"Basic/Standard/Module1.xml": b"<x/>"}), MACROS),
    ],
)
def test_a_file_with_a_password_or_with_programs_is_refused_whole(data: bytes, fault: str) -> None:
    assert said(data, "a.xls") == [f"a.xls: {fault}"]
    (error,) = read_files([("a.xls", data)])[1]
    assert error.sentence(VIETNAMESE) != error.sentence(ENGLISH)


def test_two_cells_far_apart_in_an_old_workbook_are_refused_before_room_is_made() -> None:
    whole = xls(MadeSheet("S", [["x"], ["y"]]))
    second = b"\x04\x02\x0b\0\x01\0\0\0"
    assert whole.count(second) == 1
    (error,) = said(whole.replace(second, b"\x04\x02\x0b\0\xff\xff\xff\0"), "a.xls")
    assert "there are more than 150000 rows, or cells far away from all others" in error


def test_a_sheet_of_200_000_rows_in_an_open_document_is_refused() -> None:
    repeated = b'<table:table-row table:number-rows-repeated="200000"><table:table-cell '
    repeated += b'office:value-type="string"><text:p>x</text:p></table:table-cell></table:table-row>'
    content = _content(ods(MadeSheet("S", [["x"]]))).replace(
        b"</table:table>", repeated + b"</table:table>"
    )
    (error,) = said(with_parts(ods(MARKED), {"content.xml": content}), "a.ods")
    assert error.startswith('a.ods, sheet "S": there are more than 150000 rows')


def _content(data: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        return file.read("content.xml")


WHOLE = {"a.xls": xls(MARKED), "a.ods": ods(MARKED), "a.xlsx": xlsx(HEADS, ["Kho", 1, "Ấp"])}


@settings(max_examples=150, deadline=None)
@given(
    file=st.sampled_from(sorted(WHOLE)),
    cuts=st.lists(st.tuples(st.integers(0, 20_000), st.binary(min_size=1, max_size=6)), max_size=4),
    end=st.none() | st.integers(8, 20_000),
)
def test_a_damaged_workbook_is_read_or_refused_with_a_reason(
    file: str, cuts: list[tuple[int, bytes]], end: int | None
) -> None:
    data = bytearray(WHOLE[file][:end])
    for at, spoiled in cuts:
        at = 8 + at % max(1, len(data) - 8)
        data[at : at + len(spoiled)] = spoiled
    try:
        read_sheets(bytes(data), file)
    except UnreadableSheet:
        assert said(bytes(data), file)


@pytest.mark.parametrize(
    ("sound", "spoiled"),
    [
        (b"\x42\0\x02\0\xb0\x04", b"\x42\0\x01\0\xb0\x04"),  # the library's Rust panics
        (b"\0\x02\x0e\0\0\0", b"\0\x02\x0e\0\0\x01"),  # it would ask for 515 GB, and be killed
    ],
)
def test_a_damaged_file_that_would_stop_the_library_is_refused(sound: bytes, spoiled: bytes) -> None:
    whole = xls(MARKED)
    assert whole.count(sound) == 1
    assert said(whole.replace(sound, spoiled), "a.xls") == [
        "a.xls: the file is not a spreadsheet, or it is damaged; open it and save it as .xlsx or .csv"
    ]


@given(
    st.dictionaries(
        st.sampled_from(["Workbook", "A", "B"]), st.binary(max_size=70).map(lambda each: each * 97)
    )
)
def test_streams_of_a_compound_file_are_read_as_they_were_written(streams: dict[str, bytes]) -> None:
    file = CompoundFile(compound(streams))
    assert {name: file.stream(name) for name in streams} == streams
    assert file.stream("not there") is None


@given(st.binary(max_size=2_000), st.integers(0, 1_500))
def test_a_spoiled_compound_file_ends_with_a_reason(noise: bytes, at: int) -> None:
    data = bytearray(compound({"Workbook": bytes(5_000), "A": b"x"}))
    data[30 + at : 30 + at + len(noise)] = noise
    with contextlib.suppress(BadCompound):
        CompoundFile(bytes(data)).stream("Workbook")
