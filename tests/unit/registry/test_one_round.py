"""A wrong value in a row hides no other mistake of the row, and makes none elsewhere."""

from pathlib import Path

import pytest

from registry.files import BadRegistry, read_registry


def errors_of(folder: Path, text: str) -> list[str]:
    file = folder / "r.toml"
    file.write_text(text)
    with pytest.raises(BadRegistry) as refused:
        read_registry([file])
    return [each.removeprefix(f"{file}: ") for each in refused.value.errors]


PREMISES = """
[[premises]]
id = "cho"
name = "Chợ"
policy = "standart"
people = ["nobody"]
colour = "red"
"""


def test_what_a_wrong_row_names_is_checked_with_it(tmp_path: Path) -> None:
    assert errors_of(tmp_path, PREMISES) == [
        "premises[1]: colour: no such key; correct its name or remove it (cho, line 7)",
        "premises[1] 'cho': policy 'standart' is not in [[policies]]; add it or correct the name"
        " (line 2)",
        "premises[1] 'cho': 'nobody' is not in [[contacts]]; add it there or correct the name (line 2)",
    ]


def test_a_wrong_point_may_be_at_no_place_and_have_a_taken_id_too(tmp_path: Path) -> None:
    point = '[[points]]\nid = "k"\npremises = "cho"\nzone = "z"\ngateway = "g"\nkind = "{}"\n'
    premises = '[[premises]]\nid = "cho"\nname = "Chợ"\n'
    found = errors_of(tmp_path, premises + point.format("smok") + point.format("smoke"))
    assert [each for each in found if each.startswith("points[1]")] == [
        "points[1]: kind: must be 'smoke', 'heat', 'co', 'multi', 'manual', 'level' or 'flow'; "
        "correct it (k, line 9)",
        f"points[1] 'k': this id is taken by {tmp_path}/r.toml: points[2] 'cho/k'; "
        "give one of them another id (line 4)",
        "points[1] 'k': 'cho' has no zone 'z'; add it to [[zones]] or correct the name (line 4)",
        "points[1] 'k': 'cho' has no gateway 'g'; add it to [[gateways]] or correct the name (line 4)",
    ]


def test_a_name_is_looked_for_in_each_stage_and_shift_that_can_be_read(tmp_path: Path) -> None:
    found = errors_of(
        tmp_path,
        '[[policies]]\nid = "p"\n'
        'stages = [{ after_s = "x", notify = ["ghost", "premises"] }, { after_s = 9, notify = 3 }]\n'
        '[[rosters]]\nid = "r"\nname = "R"\nhandover_s = -1\n'
        'shifts = [{ begin = 07:00:00, end = 08:00:00, who = ["spirit", 4] }]\n',
    )
    unknown = "is not in [[contacts]]; add it there or correct the name"
    assert f"policies[1] 'p': 'ghost' {unknown} (line 1)" in found
    assert f"rosters[1] 'r': 'spirit' {unknown} (line 4)" in found
    assert not [each for each in found if "'premises' is not" in each]


CALLED = """
[[policies]]
id = "p"
stages = [{ after_s = 0, notify = ["premises", "area"] }]
[[premises]]
id = "cho"
name = "Chợ"
policy = "p"
area = "xa"
people = ["an", "binh", "chi"]
[[areas]]
id = "xa"
name = "Xã"
team = ["chi"]
TEAM
[[contacts]]
id = "an"
name = "An"
phone = "PHONE"
[[contacts]]
id = "binh"
name = "Bình"
phone = "+84901000002"
[[contacts]]
id = "chi"
name = "Chi"
phone = "+84901000003"
"""


def test_a_wrong_number_is_one_mistake_and_no_lack_of_people(tmp_path: Path) -> None:
    text = CALLED.replace("TEAM", "").replace("PHONE", "0901 234")
    (error,) = errors_of(tmp_path, text)
    assert error.startswith("contacts[1]: phone: write +84901234567")


def test_a_wrong_area_is_one_mistake_and_no_lack_of_a_team(tmp_path: Path) -> None:
    text = CALLED.replace("TEAM", "size = 3").replace("PHONE", "+84901000001")
    (error,) = errors_of(tmp_path, text)
    assert error.startswith("areas[1]: size: no such key")


def test_a_policy_of_faults_is_patient_though_the_premises_that_name_it_are_wrong(
    tmp_path: Path,
) -> None:
    found = errors_of(
        tmp_path,
        '[[policies]]\nid = "slow"\nstages = [{ after_s = 0, notify = ["command-center"] },'
        ' { after_s = 3600, notify = ["command-center"] }]\n'
        '[[premises]]\nid = "cho"\nname = "Chợ"\nfault_policy = "slow"\ncolour = "red"\n',
    )
    assert [each.partition(": ")[0] for each in found] == ["premises[1]"]
