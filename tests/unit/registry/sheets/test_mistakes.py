"""Each kind of mistake in a cell is named with its place, what the cell says, and the remedy."""

from datetime import date

import pytest

from registry.model.areas import Area
from registry.model.registry import Registry
from registry.sheets.findings import Severity
from tests.unit.registry.sheets.helpers import VIETNAMESE, lines, plan, premises

HEAD = "Tên cơ sở;{heading}\nChợ Tân Thành;{cell}\n"


def found(heading: str, cell: str, severity: Severity = Severity.ERROR) -> list[str]:
    return lines(plan(HEAD.format(heading=heading, cell=cell)), severity)


@pytest.mark.parametrize(
    ("heading", "cell", "error"),
    [
        ("Số tầng", "ba", '"ba" is not a number; write digits, such as 1200 or 12,5'),
        ("Số tầng", "2,5", '"2,5" is not a whole number; write a whole number, such as 3'),
        ("Số tầng", "201", '"201" is outside 0 to 200; correct the number and its unit'),
        (
            "Diện tích",
            "1,200",
            '"1,200" may be 1200 or 1.2; write it without a mark between thousands',
        ),
        (
            "Ngày khai báo",
            "31/02/2025",
            '"31/02/2025" is not a day; write day/month/year, such as 25/07/2025',
        ),
        (
            "Ngày khai báo",
            "07/25/2025",
            '"07/25/2025" is not a day; write day/month/year, such as 25/07/2025',
        ),
        ("Ngày khai báo", "2025", '"2025" is not a day; write day/month/year, such as 25/07/2025'),
        ("Phụ lục I", "có lẽ", '"có lẽ" is neither yes nor no; write có or không'),
        (
            "Hạng nguy hiểm",
            "F",
            '"F" is not one of the values; write one of: hạng A, hạng B, hạng C, hạng D, hạng E',
        ),
        ("Vĩ độ", "105,1524", '"105,1524" is outside -90 to 90; correct the number and its unit'),
        (
            "Xã/phường",
            "Phường Lạ",
            '"Phường Lạ" is not in the table "Areas"; add it there, or correct the name',
        ),
        ("Bậc chịu lửa", "x" * 21, "the text has more than 20 characters; make it shorter"),
        (
            "Ngành nghề",
            "chợ\x07",
            '"chợ\\x07" cannot be used; character 4 is U+0007, which nobody can see; remove it',
        ),
    ],
)
def test_a_mistake_is_named_with_its_remedy(heading: str, cell: str, error: str) -> None:
    place = f"co-so.csv, row 2, column B ({heading}): "
    assert found(heading, cell) == [place + error]


@pytest.mark.parametrize(
    ("heading", "cell", "path", "value"),
    [
        ("Diện tích", "12,5", "built_area_m2", 12.5),
        ("Diện tích", "1.200", "built_area_m2", 1200.0),
        ("Diện tích", "1.200,5 m²", "built_area_m2", 1200.5),
        ("Diện tích", "1,200.50", "built_area_m2", 1200.5),
        ("Diện tích", "\u00a0350\u00a0m2 ", "built_area_m2", 350.0),
        ("Diện tích", "-", "built_area_m2", None),
        ("Số tầng", "3 tầng", "floors_above", 3),
        ("Số người ban ngày", "1,200", "people_by_day", 1200),
        ("Phụ lục I", "x", "in_annex_1", True),
        ("Phụ lục I", "Có", "in_annex_1", True),
        ("Phụ lục I", "Không", "in_annex_1", False),
        ("Phụ lục I", "khong", "in_annex_1", False),
        ("Hạng nguy hiểm", "c", "hazard_class", "C"),
        ("Hạng nguy hiểm", "HẠNG C", "hazard_class", "C"),
        ("Hình thức sở hữu", "tu nhan", "ownership", "private"),
        ("Hình thức sở hữu", "private", "ownership", "private"),
        ("Chủ cơ sở", "Nguyễn  Văn\u00a0An ", "head", "Nguyễn Văn An"),
        ("Ngày khai báo", "5/7/2025", "declared_on", "2025-07-05"),
        ("Ngày khai báo", "2025-07-05", "declared_on", "2025-07-05"),
        ("Ngày khai báo", "ngày 5 tháng 7 năm 2025", "declared_on", "2025-07-05"),
        ("SĐT", "0912 345 678", "head_phone", "+84912345678"),
        ("SĐT", "912345678", "head_phone", "+84912345678"),
        ("SĐT", "84912345678", "head_phone", "+84912345678"),
        ("SĐT", "+84 (0)91-234.5678", "head_phone", "+84912345678"),
        ("SĐT", "(0290) 3 831 234", "head_phone", "+842903831234"),
        ("SĐT", "2903831234", "head_phone", "+842903831234"),
        ("SĐT", "114", "head_phone", "114"),
    ],
)
def test_a_value_is_read_as_people_write_it(heading: str, cell: str, path: str, value: object) -> None:
    changes = plan(HEAD.format(heading=heading, cell=cell))
    assert lines(changes) == []
    facility = premises(changes).facility
    read = None if facility is None else facility.model_dump(mode="json")[path]
    assert read == value


def test_latitudes_have_a_decimal_point_where_thousands_would_be_no_latitude() -> None:
    row = premises(plan("Tên cơ sở;Vĩ độ;Kinh độ\nChợ;9.177;105,152\n"))
    assert (row.lat, row.lon) == (9.177, 105.152)


def test_the_zero_that_a_spreadsheet_took_away_is_named() -> None:
    assert found("SĐT", "912345678", Severity.NOTE) == [
        "co-so.csv, row 2, column B (SĐT): the spreadsheet took the 0 at the beginning away; "
        "it is read as +84912345678"
    ]


def test_a_phone_of_a_contact_must_be_one_number() -> None:
    changes = plan("Họ và tên;SĐT\nAn;0912345678/0987654321\n", table="contacts")
    assert lines(changes) == [
        'co-so.csv, row 2, column B (SĐT): "0912345678/0987654321" is not one phone number; '
        "write one number, such as 0912345678"
    ]


def test_a_text_in_place_of_a_phone_in_a_form_stays_with_a_warning() -> None:
    changes = plan(HEAD.format(heading="SĐT", cell="gọi bảo vệ"))
    assert premises(changes).facility.head_phone == "gọi bảo vệ"
    assert lines(changes, Severity.WARNING) == [
        'co-so.csv, row 2, column B (SĐT): "gọi bảo vệ" is not one phone number; '
        "write one number, such as 0912345678"
    ]


def test_a_missing_name_is_named_and_nothing_is_half_imported() -> None:
    changes = plan("Tên cơ sở;Địa chỉ\nChợ;Số 1\n;Số 2\n")
    assert lines(changes) == [
        'co-so.csv, row 3, column A (Tên cơ sở): the value of "Tên cơ sở" is missing; '
        "write it, or delete the row",
    ]
    assert not changes.is_usable


def test_the_same_row_twice_is_named_with_both_rows() -> None:
    changes = plan("Tên cơ sở;Địa chỉ\nChợ Cũ;Số 1\nKho;Số 2\nCHO CU ; số 1\n")
    assert lines(changes) == [
        "co-so.csv, row 4: the row has the same id cho-cu as row 2; "
        "delete one of them, or give it another id"
    ]


def test_two_rows_with_like_names_at_one_address_are_duplicates() -> None:
    changes = plan("Tên cơ sở;Địa chỉ\nChợ Tân Thành;Số 1\nChợ Tân Thanh B;Số 1\n")
    assert lines(changes, Severity.WARNING) == [
        "co-so.csv, row 3, column A (Tên cơ sở): cho-tan-thanh-b seems to be cho-tan-thanh of row 2 "
        "(names 93 % alike, address); delete one row if they are the same"
    ]


def test_a_cell_that_moved_beyond_the_headings_is_named() -> None:
    changes = plan("Tên cơ sở,Địa chỉ\nChợ,Số 1,Phường 2\n")
    assert lines(changes) == [
        'co-so.csv, row 2, column C: "Phường 2" stands beyond the last heading; '
        "put a cell that has the separator in it into quotation marks, or add a heading"
    ]


def test_every_mistake_is_named_at_once() -> None:
    changes = plan("Tên cơ sở;Số tầng;Phụ lục I\nA;x1;?\nB;y;có lẽ\n")
    assert [each.place.row for each in changes.errors] == [2, 2, 3, 3]


def test_exchanged_coordinates_are_named_as_such() -> None:
    changes = plan("Tên cơ sở;Vĩ độ;Kinh độ\nChợ Tân Thành;105,1524;9,1769\n")
    assert lines(changes) == [
        'co-so.csv, row 2, column B (Vĩ độ): "105,1524" is a longitude: latitude and longitude are '
        "exchanged; exchange the two cells: latitude is 8 to 24, longitude 102 to 118"
    ]


def test_a_misspelt_area_is_answered_with_the_one_that_is_in_force() -> None:
    tan_thanh = [
        Area(id="cu", name="Phường Tân Thành", valid_to=date(2025, 7, 1)),
        Area(id="moi", name="Phường Tân Thành", valid_from=date(2025, 7, 1)),
    ]
    changes = plan("Tên cơ sở;Xã/phường\nChợ;Phường Tân Thanhh\n", Registry(areas=tuple(tan_thanh)))
    assert "(nearest: moi)" in lines(changes)[0]
    assert 'không có trong bảng "Địa bàn"' in changes.findings[0].line(VIETNAMESE)


def test_insurance_that_has_expired_or_lacks_is_warned_of_and_the_row_is_imported() -> None:
    heads = "id;name;facility.in_annex_2;facility.insurance.company;facility.insurance.expires_on"
    rows = (
        "a;Chợ A;có;Bảo Việt;01/11/2026",
        "b;Chợ B;có;Bảo Việt;01/11/2027",
        "c;Chợ C;có;;",
        "d;Chợ D;không;;",
    )
    found = plan("\n".join((heads, *rows)))
    assert found.is_usable
    assert len(found.put["premises"]) == 4
    warned = [(each.place.row, each.reason.value) for each in found.findings if each.values.get("key")]
    assert warned == [(2, "insurance_expired"), (4, "insurance_missing")]
    [expired, _] = (each for each in found.findings if each.values.get("key"))
    assert "đã hết hạn" in expired.sentence(VIETNAMESE)
    assert "yêu cầu cơ sở gia hạn" in expired.remedy(VIETNAMESE)
