"""What is known of premises, water and units fits together, and every mistake in it has a remedy."""

from datetime import date
from pathlib import Path

import pytest

from registry.files import BadRegistry, read_registry

TODAY = date(2026, 11, 29)

GOOD = """
[[areas]]
id = "xa"
name = "Xã"
[[contacts]]
id = "truc-ban"
name = "Trực ban"
phone = "+84901000001"
[[rosters]]
id = "kip-truc"
name = "Kíp trực"
shifts = [{ begin = 07:00:00, end = 07:00:00, who = ["truc-ban"] }]
[[premises]]
id = "cho"
name = "Chợ"
area = "xa"
lat = 9.1769
lon = 105.1524
facility = { floors_above = 2, basements = 1, head_phone = "0901 234 567", inspected_on = 2026-11-29 }
[[premises]]
id = "kho"
name = "Kho"
[[zones]]
id = "quay-vai"
premises = "cho"
name = "Dãy quầy vải"
building = "nha-a"
[[zones]]
id = "kho-1"
premises = "kho"
name = "Kho 1"
building = "nobody-listed-any"
[[gateways]]
id = "gw-1"
premises = "cho"
name = "Tủ 1"
[[points]]
id = "smoke-01"
premises = "cho"
zone = "quay-vai"
gateway = "gw-1"
kind = "smoke"
installed_on = 2025-01-01
[[buildings]]
id = "nha-a"
premises = "cho"
name = "Nhà lồng"
floors_above = 2
basements = 1
[[floors]]
id = "ham"
premises = "cho"
building = "nha-a"
level = -1
[[floors]]
id = "mai"
premises = "cho"
building = "nha-a"
level = 2
[[positions]]
id = "p1"
premises = "cho"
floor = "ham"
point = "smoke-01"
x = 0.5
y = 0.5
[[positions]]
id = "p2"
premises = "cho"
floor = "ham"
zone = "quay-vai"
x = 0.5
y = 0.5
outline = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0]]
[[water]]
id = "tru-1"
name = "Trụ nước 1"
kind = "hydrant"
lat = 9.1770
lon = 105.1530
[[units]]
id = "doi-1"
name = "Đội khu vực 1"
kind = "area-team"
contacts = ["truc-ban"]
roster = "kip-truc"
valid_from = 2025-03-01
[[coverages]]
id = "doi-1-xa"
unit = "doi-1"
area = "xa"
valid_from = 2025-03-01
valid_to = 2025-07-01
[[coverages]]
id = "doi-1-xa-tu-2025-07"
unit = "doi-1"
area = "xa"
valid_from = 2025-07-01
[[means]]
id = "xe-1"
name = "Xe chữa cháy 1"
kind = "engine"
unit = "doi-1"
"""

FLOOR = '[[floors]]\nid = "f"\npremises = "cho"\nbuilding = "nha-a"\nlevel = 1\n'
POSITION = (
    '[[positions]]\nid = "p"\npremises = "cho"\nfloor = "ham"\nzone = "quay-vai"\nx = 0.1\ny = 0.1\n'
)
WATER = '[[water]]\nid = "w"\nname = "W"\nkind = "hydrant"\nlat = 9.18\nlon = 105.15\n'
UNIT = '[[units]]\nid = "u"\nname = "U"\nkind = "station"\n'
COVERAGE = '[[coverages]]\nid = "c"\nunit = "doi-1"\narea = "xa"\n'
PREMISES = '[[premises]]\nid = "x"\nname = "X"\n'
MEANS = '[[means]]\nid = "m"\nname = "M"\nkind = "engine"\nunit = "doi-1"\n'
POINT = '[[points]]\nid = "p"\npremises = "cho"\nzone = "quay-vai"\ngateway = "gw-1"\nkind = "smoke"\n'


def errors_of(folder: Path, text: str) -> list[str]:
    file = folder / "market.toml"
    file.write_text(text)
    try:
        read_registry([file], today=TODAY)
    except BadRegistry as error:
        return error.errors
    return []


def test_facilities_water_and_units_that_fit_are_accepted(tmp_path: Path) -> None:
    assert errors_of(tmp_path, GOOD) == []


MISTAKES = [
    (FLOOR.replace("nha-a", "lost"), "'cho' has no building 'lost'; add it to [[buildings]]"),
    (FLOOR.replace("level = 1", "level = 3"), "level 3 is above the 2 floors of building 'nha-a'"),
    (FLOOR.replace("level = 1", "level = -2"), "level -2 is below the 1 basements of building"),
    (FLOOR.replace("level = 1", "level = 2"), "level 2 is that of"),
    (
        FLOOR.replace('building = "nha-a"\nlevel = 1', "level = 3"),
        "level 3 is above the 2 floors of premises 'cho'",
    ),
    (POSITION.replace("ham", "lost"), "'cho' has no floor 'lost'; add it to [[floors]]"),
    (POSITION.replace("quay-vai", "kho-1"), "'cho' has no zone 'kho-1'; add it to [[zones]]"),
    (POSITION.replace('zone = "quay-vai"', 'point = "lost"'), "'cho' has no point 'lost'"),
    (POSITION.replace('zone = "quay-vai"\n', ""), "the position of nothing; name a zone or a point"),
    (POSITION + 'point = "smoke-01"', "a zone and a point; write one row for each"),
    (POSITION.replace('zone = "quay-vai"', 'point = "smoke-01"'), "point 'smoke-01' has a position in"),
    (POSITION + "outline = [[0.1, 0.1], [0.2, 0.2]]", "outline has 2 corners; write at least 3"),
    (POSITION + "outline = [[0.1, 0.1], [0.2, 0.2], [1.5, 0.2]]", "corner 3 of outline is not on"),
    (
        '[[zones]]\nid = "z"\npremises = "cho"\nname = "Z"\nbuilding = "lost"',
        "'cho' lists its buildings, and 'lost' is none of them; add it to [[buildings]]",
    ),
    (PREMISES + 'facility = { head_phone = "chưa có" }', "head_phone 'chưa có' is not a phone number"),
    (PREMISES + 'facility = { team_leader_phone = "12" }', "team_leader_phone '12' is not a phone"),
    (PREMISES + "lat = 15.87\nlon = 100.99", "lat 15.87, lon 100.99 is not in Viet Nam"),
    (PREMISES + "lat = 9.18", "it has lat and no lon; add lon or leave both out"),
    (PREMISES + "lon = 105.15", "it has lon and no lat; add lat or leave both out"),
    (PREMISES + "lat = 105.15\nlon = 9.18", "exchanged; write lat = 9.18, lon = 105.15"),
    (WATER.replace("105.15", "50.5"), "lat 9.18, lon 50.5 is not in Viet Nam"),
    (UNIT + "lat = 48.1\nlon = 11.6", "is not in Viet Nam (lat 8 to 23.5, lon 102 to 110)"),
    (MEANS + "lat = 9.18\nlon = -105.15", "lat 9.18, lon -105.15 is not in Viet Nam"),
    (
        '[[roads]]\nid = "r"\npremises = "cho"\nname = "R"\nlat = 105.15\nlon = 9.18',
        "lat and lon are exchanged",
    ),
    (POINT + "tested_on = 2027-01-01", "tested_on 2027-01-01 has not come (today is 2026-11-29)"),
    (POINT + "installed_on = 2026-11-30", "installed_on 2026-11-30 has not come"),
    (PREMISES + "facility = { connected_on = 2027-07-01 }", "facility: connected_on 2027-07-01 has"),
    (
        '[[documents]]\nid = "d"\npremises = "cho"\nname = "D"\nkind = "other"\nissued_on = 2030-01-01',
        "issued_on 2030-01-01 has not come",
    ),
    (UNIT + 'contacts = ["lost"]', "'lost' is not in [[contacts]]"),
    (UNIT + 'parent = "u"', "the units u → u command one another; remove the parent"),
    (UNIT + "valid_from = 2026-01-01\nvalid_to = 2025-01-01", "valid_to 2025-01-01 is not after"),
    (UNIT + "valid_from = 2026-01-01\nvalid_to = 2026-01-01", "valid_to 2026-01-01 is not after"),
    (COVERAGE, "says the same of some of its days; let one end where the other begins"),
    (COVERAGE + "valid_to = 2025-03-02", "says the same of some of its days"),
    (COVERAGE + "valid_to = 2025-03-01", "unit 'doi-1' is not in force on any of its days"),
    (COVERAGE + "valid_from = 2025-02-01\nvalid_to = 2025-01-01", "valid_to 2025-01-01 is not after"),
]


@pytest.mark.parametrize(("addition", "said"), MISTAKES, ids=[said[:50] for _, said in MISTAKES])
def test_a_mistake_is_named_with_its_file_its_row_and_a_remedy(
    tmp_path: Path, addition: str, said: str
) -> None:
    errors = errors_of(tmp_path, f"{GOOD}\n{addition}\n")
    assert any(said in each for each in errors), errors
    assert all("market.toml: " in each and "line " in each for each in errors), errors


@pytest.mark.parametrize(
    ("addition", "said"),
    [each for each in MISTAKES if "lat = 105.15" not in each[0]],
    ids=lambda each: each[:40],
)
def test_a_mistake_is_named_also_where_another_one_spoils_its_row(
    tmp_path: Path, addition: str, said: str
) -> None:
    errors = errors_of(tmp_path, f"{GOOD}\n{addition}\ncolour = 'red'\n")
    if "command one another" not in said:
        assert any(said in each for each in errors), errors
    assert any("no such key" in each for each in errors)


def test_a_ring_of_units_is_named_with_its_path(tmp_path: Path) -> None:
    ring = "".join(
        UNIT.replace('"u"', f'"{one}"') + f'parent = "{other}"\n'
        for one, other in (("u1", "u2"), ("u2", "u1"))
    )
    [error] = errors_of(tmp_path, GOOD + ring)
    assert "u1 → u2 → u1" in error


def test_islands_far_from_the_coast_are_in_the_country(tmp_path: Path) -> None:
    island = PREMISES + "lat = 8.6454\nlon = 111.9197"
    assert errors_of(tmp_path, GOOD + island) == []


def test_days_are_not_judged_where_today_is_not_known(tmp_path: Path) -> None:
    file = tmp_path / "market.toml"
    file.write_text(GOOD + POINT + "tested_on = 2999-01-01")
    assert read_registry([file]).points[-1].tested_on == date(2999, 1, 1)


@pytest.mark.parametrize(
    "phone", ["0901234567", "+84 901 234 567", "(0290) 3831 999", "0913.123.456", "114"]
)
def test_phones_are_accepted_as_people_write_them(tmp_path: Path, phone: str) -> None:
    assert errors_of(tmp_path, GOOD + PREMISES + f'facility = {{ head_phone = "{phone}" }}') == []
