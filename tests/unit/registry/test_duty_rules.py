"""Requirements: rules of duties are checked, and those for Viet Nam are shipped with their source."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from registry.domain.sourced import Sourced
from registry.domain.validation import problems
from registry.files import read_registry
from registry.model.duty_rules import DutyKind
from registry.model.registry import Registry

VIET_NAM = Path(__file__).parents[3] / "deploy" / "registry" / "duties-vn.toml"

DRILL = {
    "id": "drill",
    "name": "Diễn tập",
    "kind": "drill",
    "every": {"years": 1},
    "valid_from": "2025-07-01",
    "source": "Luật 55/2024/QH15",
}


def faults(*rules: Mapping[str, object]) -> list[str]:
    written = [{**DRILL, **each} for each in rules]
    return problems(Sourced(Registry.model_validate({"duty_rules": written})))


@pytest.mark.parametrize(
    ("fields", "fault"),
    [
        ({"every": None}, "it has neither every nor once_by; write every = { years = 1 }"),
        ({"once_by": "2027-07-01"}, "it has both every and once_by"),
        ({"every": {}}, "every is no time at all; write years, months or days"),
        ({"valid_to": "2025-07-01"}, "valid_to 2025-07-01 is not after valid_from 2025-07-01"),
        ({"every": None, "once_by": "2024-01-01"}, "the rule does not hold on the day once_by"),
        ({"remind_before_days": [7, 7]}, "remind_before_days names a day twice"),
        ({"share": 0.8}, "share is for kind alarm-test alone, not drill"),
        ({"group": {"areas": ["nowhere"]}}, "group.areas names 'nowhere', which is not in [[areas]]"),
    ],
)
def test_a_rule_that_cannot_be_followed_is_named_with_its_remedy(
    fields: dict[str, object], fault: str
) -> None:
    found = faults(fields)

    assert len(found) == 1
    assert found[0].startswith("duty_rules[1] 'drill': ")
    assert fault in found[0]


def test_two_rules_of_one_duty_for_the_same_premises_may_not_hold_at_once() -> None:
    later = {"id": "drill-2027", "duty": "drill", "valid_from": "2027-01-01"}

    assert "is a rule of 'drill' for the same premises and days" in faults({}, later)[0]
    assert faults({"valid_to": "2027-01-01"}, later) == []
    assert faults({}, later | {"group": {"managed_by": "police"}}) == []


def test_one_duty_has_one_kind() -> None:
    other = {"id": "x", "duty": "drill", "kind": "alarm-test", "valid_from": "2030-01-01"}

    assert "a duty has one kind" in faults({"valid_to": "2030-01-01"}, other)[0]


def test_the_rules_for_viet_nam_can_be_imported_and_cover_every_kind() -> None:
    rules = read_registry([VIET_NAM]).duty_rules

    assert {each.kind for each in rules} == set(DutyKind) - {DutyKind.OTHER}
    assert all(each.name_en for each in rules)


def test_each_rule_for_viet_nam_says_whether_its_law_was_read_or_recalled() -> None:
    for rule in read_registry([VIET_NAM]).duty_rules:
        assert "đã đọc" in rule.source or "ghi theo trí nhớ" in rule.source, rule.id


def test_the_connection_is_due_by_the_day_of_the_decree() -> None:
    rule = next(each for each in read_registry([VIET_NAM]).duty_rules if each.kind == "connection")

    assert (str(rule.once_by), rule.group.in_annex_1) == ("2027-07-01", True)
    assert "105/2025/NĐ-CP, điều 27" in rule.source
