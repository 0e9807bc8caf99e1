"""Areas that cannot be true over time are refused, with the row, the fault and the remedy."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from registry.domain.reachability import unreachable
from registry.files import BadRegistry, read_registry

OLD = """
[[areas]]
id = "tinh"
name = "Tỉnh"
code = "96"
kind = "province"
[[areas]]
id = "xa-31825"
name = "Phường 1"
parent = "tinh"
code = "31825"
kind = "commune"
valid_to = 2025-07-01
"""
NEW = """
[[areas]]
id = "xa-31825-2025"
name = "Phường Bạc Liêu"
parent = "tinh"
code = "31825"
kind = "commune"
valid_from = 2025-07-01
"""
SECOND = """
[[areas]]
id = "xa-31900-2025"
name = "Xã Hai"
parent = "tinh"
valid_from = 2025-07-01
"""


def succession(new: str, extent: str = "whole", *, day: str = "2025-07-01") -> str:
    return f"""
[[successions]]
id = "to-{new}"
old = "xa-31825"
new = "{new}"
extent = "{extent}"
day = {day}
"""


WHOLE = succession("xa-31825-2025")
GOOD = OLD + NEW + WHOLE


def errors_of(folder: Path, text: str) -> list[str]:
    file = folder / "areas.toml"
    file.write_text(text)
    try:
        read_registry([file])
    except BadRegistry as error:
        return error.errors
    return []


def test_a_code_may_name_another_area_after_a_reform(tmp_path: Path) -> None:
    assert errors_of(tmp_path, GOOD) == []


def test_areas_without_days_and_codes_stay_valid(tmp_path: Path) -> None:
    assert errors_of(tmp_path, '[[areas]]\nid = "a"\nname = "A"\n[[areas]]\nid = "b"\nname = "B"') == []


def test_parts_of_a_split_area_are_all_its_territory(tmp_path: Path) -> None:
    parts = succession("xa-31825-2025", "part") + succession("xa-31900-2025", "part")
    assert errors_of(tmp_path, OLD + NEW + SECOND + parts) == []


MISTAKES = {
    "one code on the same days": (
        GOOD.replace("valid_to = 2025-07-01", "valid_to = 2025-07-02"),
        [
            "'xa-31825' on the same days; set valid_to of the earlier one",
            "'xa-31825' ends on 2025-07-02",
        ],
    ),
    "an area that ends without successor": (
        OLD + NEW,
        ["'xa-31825': it ends on 2025-07-01 and has no successor: its territory is lost; add [[succ"],
    ),
    "only one part": (
        OLD + NEW + succession("xa-31825-2025", "part"),
        ["only a part of it has a successor (xa-31825-2025): the rest is lost; add the other parts"],
    ),
    "a whole beside another": (
        OLD + NEW + SECOND + WHOLE + succession("xa-31900-2025", "part"),
        ['one of them as a whole; write extent = "part" in each'],
    ),
    "a gap": (
        OLD + NEW.replace("2025-07-01", "2025-08-01") + WHOLE,
        ["'xa-31825-2025' is in force from 2025-08-01, not on 2025-07-01: there is a gap; set"],
    ),
    "a succession on another day than the end": (
        OLD + NEW + succession("xa-31825-2025", day="2025-07-02"),
        ["'xa-31825' ends on 2025-07-01, not on 2025-07-02; set its valid_to = 2025-07-02"],
    ),
    "a succession of an area that goes on": (
        OLD.replace("valid_to = 2025-07-01", "valid_from = 2000-01-01")
        + SECOND
        + succession("xa-31900-2025"),
        ["'xa-31825' has no end, not on 2025-07-01; set its valid_to = 2025-07-01, or correct day"],
    ),
    "a parent that had ended": (
        GOOD + '[[areas]]\nid="ap"\nname="Ấp"\nparent="xa-31825"\nvalid_from = 2025-07-01',
        ["its parent 'xa-31825' is in force always until before 2025-07-01, not on 2025-07-01; name"],
    ),
    "a parent that ends before its child, without successor": (
        '[[areas]]\nid="a"\nname="A"\nvalid_to=2025-07-01\n[[areas]]\nid="b"\nname="B"\nparent="a"',
        [
            "it ends on 2025-07-01 and has no successor",
            "its parent 'a' ends on 2025-07-01 and has no successor; add [[successions]] with old = 'a'",
        ],
    ),
    "an end before the beginning": (
        '[[areas]]\nid="a"\nname="A"\nvalid_from=2025-07-01\nvalid_to=2025-07-01'
        + NEW.replace('parent = "tinh"\n', "")
        + '[[successions]]\nid="s"\nold="a"\nnew="xa-31825-2025"\nday=2025-07-01',
        ["valid_to 2025-07-01 is not after valid_from 2025-07-01; correct one"],
    ),
    "itself": (
        OLD + '[[successions]]\nid="s"\nold="xa-31825"\nnew="xa-31825"\nday=2025-07-01',
        ["'xa-31825' cannot succeed itself; name a new area with days of its own"],
    ),
    "an unknown area in a succession": (
        OLD + WHOLE,
        ["new 'xa-31825-2025' is not in [[areas]]; add it or correct the name", "has no successor"],
    ),
    "premises in an area that ended": (
        OLD + '[[premises]]\nid="cho"\nname="Chợ"\narea="xa-31825"',
        [
            "it ends on 2025-07-01 and has no successor",
            "its area 'xa-31825' has ended without a successor; add [[successions]], or name another",
        ],
    ),
    "two memberships on one day": (
        GOOD
        + """
[[premises]]
id = "cho"
name = "Chợ"
[[memberships]]
id = "a"
premises = "cho"
area = "xa-31825"
[[memberships]]
id = "b"
premises = "cho"
area = "xa-31825-2025"
valid_from = 2025-07-01
""",
        ["memberships[1] 'cho/a' names an area for the same days; end one before the other begins"],
    ),
    "areas in a ring": (
        '[[areas]]\nid="a"\nname="A"\nparent="b"\n[[areas]]\nid="b"\nname="B"\nparent="a"',
        ["the areas a → b → a hold one another; remove the parent of one of them"],
    ),
    "a code that is none": (
        OLD.replace('"31825"', '"318 25"').replace("valid_to = 2025-07-01\n", ""),
        ["code"],
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_in_areas_is_named_with_its_remedy(tmp_path: Path, mistake: str) -> None:
    text, expected = MISTAKES[mistake]
    found = errors_of(tmp_path, text)
    assert len(found) == len(expected), found
    for each in expected:
        assert any(each in one for one in found), (each, found)


def test_a_loop_of_successions_is_refused(tmp_path: Path) -> None:
    loop = """
[[areas]]
id = "a"
name = "A"
valid_to = 2025-07-01
[[areas]]
id = "b"
name = "B"
valid_to = 2025-07-01
[[successions]]
id = "a-b"
old = "a"
new = "b"
day = 2025-07-01
[[successions]]
id = "b-a"
old = "b"
new = "a"
day = 2025-07-01
"""
    found = errors_of(tmp_path, loop)
    assert sum("there is a gap" in each for each in found) == 2


def test_an_area_with_a_mistake_is_not_reported_a_second_time_as_lost(tmp_path: Path) -> None:
    found = errors_of(tmp_path, OLD + NEW.replace('kind = "commune"', 'kind = "town"') + WHOLE)
    assert len(found) == 1
    assert "kind" in found[0]


NOTIFIED = (
    GOOD.replace("valid_to = 2025-07-01\n", 'valid_to = 2025-07-01\nteam = ["xa-doi"]\n')
    + """
[[premises]]
id = "cho"
name = "Chợ"
area = "xa-31825"
policy = "area"
[[policies]]
id = "area"
stages = [{after_s = 0, notify = ["command-center", "area"]}]
[[contacts]]
id = "xa-doi"
name = "Đội"
webhook = "http://127.0.0.1:9/"
email = "doi@example.com"
"""
)


def test_a_new_commune_without_a_team_is_refused_before_its_day(tmp_path: Path) -> None:
    found = errors_of(tmp_path, NOTIFIED)
    assert len(found) == 1
    assert "'cho': its policy notifies the area, which has no team on 2025-07-01; add one" in found[0]


def test_a_team_that_can_be_reached_by_one_channel_alone_is_named_from_the_reform_on(
    tmp_path: Path,
) -> None:
    text = NOTIFIED.replace("valid_from = 2025-07-01\n", 'valid_from = 2025-07-01\nteam = ["moi"]\n')
    (tmp_path / "areas.toml").write_text(
        text + '[[contacts]]\nid = "moi"\nname = "Mới"\nphone = "+84900000001"\n'
    )
    registry = read_registry([tmp_path / "areas.toml"])
    gaps = unreachable(registry, datetime(2025, 6, 20, tzinfo=UTC), center=frozenset())
    assert len(gaps) == 1
    assert "from 2025-07-01 00:00" in gaps[0]
