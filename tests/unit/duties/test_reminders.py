"""Requirements: the order in which those in command of premises are reminded of duties."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from duties.domain.due import DutyItem, duty_item
from duties.domain.events import NOTHING_DONE, DutyOutcome, DutyStanding
from duties.domain.groups import PremisesFacts
from duties.domain.plan import DutyRules
from duties.domain.reminders import RemindedPeople, next_in_command, reminders_of
from registry.model.duty_rules import DoneBy, DutyRule, Interval

DUE = date(2026, 7, 1)
MARKET = PremisesFacts(premises="cho")
COMMAND = ("head", "leader", "delegate")


def a_rule(**fields: object) -> DutyRule:
    usual = {"id": "drill", "name": "Diễn tập", "kind": "drill", "every": Interval(years=1)}
    law = {"valid_from": date(2025, 7, 1), "source": "Luật 55/2024/QH15"}
    return DutyRule.model_validate(usual | law | fields)


def reminded(
    days_left: int,
    *,
    rule: DutyRule | None = None,
    command: tuple[str, ...] = COMMAND,
    **changes: object,
) -> list[str]:
    """Return who is reminded so many days before the drill is due."""
    given = rule or a_rule()
    item = duty_item([given], MARKET, NOTHING_DONE)
    assert isinstance(item, DutyItem)
    people = RemindedPeople(command, ("team",))
    day = DUE - timedelta(days=days_left)
    return list(reminders_of([item], DutyRules([given]), lambda _: people, day))


@pytest.mark.parametrize(
    ("days_left", "people"),
    [
        (31, []),
        (30, ["head"]),
        (29, []),
        (7, ["head", "leader"]),
        (0, ["delegate", "head", "leader"]),
        (-1, []),
        (-7, ["delegate", "head", "leader"]),
        (-70, ["delegate", "head", "leader"]),
    ],
)
def test_each_further_day_of_reminders_reaches_the_next_in_command(
    days_left: int, people: list[str]
) -> None:
    found = reminded(days_left)
    assert [each for each in found if each != "team"] == people


def test_a_rule_with_one_day_goes_on_to_the_next_in_command_each_week_once_it_is_over() -> None:
    rule = a_rule(remind_before_days=(0,))
    told = [reminded(left, rule=rule) for left in (0, -7, -14)]
    assert [sorted(set(each) - {"team"}) for each in told] == [
        ["head"], ["head", "leader"], ["delegate", "head", "leader"],
    ]  # fmt: skip


def test_where_the_head_cannot_be_reached_the_leader_comes_first() -> None:
    assert reminded(30, command=("leader", "delegate")) == ["leader"]
    assert reminded(30, command=()) == []


def test_what_the_commune_does_is_nobody_of_the_premises_to_be_reminded_of() -> None:
    assert reminded(7, rule=a_rule(done_by=DoneBy.COMMUNE)) == []


def test_what_was_done_begins_with_the_head_again() -> None:
    rule = a_rule()
    item = duty_item([rule], MARKET, DutyStanding(DUE, DutyOutcome.PASSED))
    assert isinstance(item, DutyItem)
    people = RemindedPeople(COMMAND)
    later = replace(item, due_on=date(2027, 7, 1))
    day = date(2027, 6, 1)
    assert list(reminders_of([later], DutyRules([rule]), lambda _: people, day)) == ["head"]


def test_the_next_in_command_follows_whoever_was_not_reached() -> None:
    assert next_in_command(COMMAND, "head") == "leader"
    assert next_in_command(COMMAND, "delegate") is None
    assert next_in_command(COMMAND, "somebody") is None
