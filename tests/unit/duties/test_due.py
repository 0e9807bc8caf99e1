"""Requirements: when a duty is due, and how it stands on a day."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis.strategies import (
    DrawFn,
    builds,
    composite,
    dates,
    integers,
    lists,
    none,
    one_of,
    sampled_from,
)

from contract.times import to_micros
from duties.domain.days import day_after, day_number, numbered_day
from duties.domain.due import (
    DutyItem,
    DutyReason,
    DutyState,
    NotApplicable,
    completeness,
    duty_item,
    reminder_day,
    state_on,
)
from duties.domain.events import (
    NOTHING_DONE,
    DutyEvent,
    DutyOutcome,
    DutyStanding,
    in_force,
    standing_of,
)
from duties.domain.groups import PremisesFacts
from registry.domain.local_days import local_day_at
from registry.model.duty_rules import DutyRule, Interval, PremisesGroup
from registry.model.facilities import HazardClass, ManagedBy

LAW = date(2025, 7, 1)
MARKET = PremisesFacts(premises="market", areas=frozenset({"ward-1", "ca-mau"}))
YEARLY = Interval(years=1)


def a_rule(**fields: object) -> DutyRule:
    """Return a yearly drill by the law, with *fields* instead."""
    usual = {"id": "drill", "name": "Diễn tập", "kind": "drill", "every": YEARLY, "valid_from": LAW}
    given = usual | {"source": "Luật 55/2024/QH15"} | fields
    return DutyRule.model_validate(given)


def the_item(*rules: DutyRule, standing: DutyStanding = NOTHING_DONE) -> DutyItem:
    found = duty_item(rules, MARKET, standing)
    assert isinstance(found, DutyItem)
    return found


def done(day: date, outcome: DutyOutcome = DutyOutcome.PASSED) -> DutyStanding:
    return DutyStanding(day, outcome)


@pytest.mark.parametrize(
    ("day", "interval", "due"),
    [
        (date(2025, 1, 31), Interval(months=1), date(2025, 2, 28)),
        (date(2024, 1, 31), Interval(months=1), date(2024, 2, 29)),
        (date(2024, 2, 29), Interval(years=1), date(2025, 2, 28)),
        (date(2024, 2, 29), Interval(years=4), date(2028, 2, 29)),
        (date(2025, 8, 31), Interval(months=6), date(2026, 2, 28)),
        (date(2025, 12, 31), Interval(days=1), date(2026, 1, 1)),
        (date(2025, 11, 30), Interval(years=1, months=3, days=1), date(2027, 3, 1)),
        (date(9999, 12, 1), Interval(months=1), date.max),
    ],
)
def test_months_end_on_the_last_day_of_a_shorter_month(day: date, interval: Interval, due: date) -> None:
    assert day_after(day, interval) == due


intervals = builds(Interval, years=integers(0, 5), months=integers(0, 30), days=integers(0, 400)).filter(
    lambda each: each.years + each.months + each.days > 0
)
days = dates(date(2020, 1, 1), date(2045, 12, 31))


@given(day=days, interval=intervals)
def test_what_is_due_again_is_due_later_and_never_a_month_late(day: date, interval: Interval) -> None:
    due = day_after(day, interval)
    months = interval.years * 12 + interval.months
    assert due > day
    assert due <= day + timedelta(days=31 * months + interval.days)


@given(first=days, second=days, interval=intervals)
def test_who_did_it_later_has_it_due_no_earlier(first: date, second: date, interval: Interval) -> None:
    early, late = sorted((first, second))
    assert day_after(early, interval) <= day_after(late, interval)


@given(day=days)
def test_a_day_survives_its_number(day: date) -> None:
    assert numbered_day(day_number(day)) == day


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 6, 30, 16, 59, 59, tzinfo=UTC), date(2026, 6, 30)),
        (datetime(2026, 6, 30, 17, 0, tzinfo=UTC), date(2026, 7, 1)),
        (datetime(2024, 2, 28, 17, 0, tzinfo=UTC), date(2024, 2, 29)),
    ],
)
def test_a_day_begins_at_midnight_in_viet_nam(moment: datetime, day: date) -> None:
    assert local_day_at(to_micros(moment)) == day


def test_a_duty_that_was_never_done_is_due_an_interval_after_the_law_began() -> None:
    item = the_item(a_rule())

    assert item.due_on == date(2026, 7, 1)
    assert state_on(item, date(2026, 1, 1)).reason is DutyReason.NEVER_DONE


def test_premises_opened_after_the_law_have_their_own_first_interval() -> None:
    found = duty_item([a_rule()], replace(MARKET, since=date(2027, 1, 1)), NOTHING_DONE)

    assert isinstance(found, DutyItem)
    assert found.due_on == date(2028, 1, 1)


@pytest.mark.parametrize(
    ("day", "state", "reason"),
    [
        (date(2025, 6, 30), DutyState.NOT_APPLICABLE, DutyReason.NOT_YET_IN_FORCE),
        (date(2026, 5, 1), DutyState.DONE, DutyReason.DONE_IN_TIME),
        (date(2026, 9, 20), DutyState.DUE_SOON, DutyReason.WITHIN_REMINDER),
        (date(2026, 10, 1), DutyState.DUE, DutyReason.DUE_TODAY),
        (date(2026, 10, 2), DutyState.OVERDUE, DutyReason.DAY_PASSED),
    ],
)
def test_the_state_of_a_yearly_drill_done_on_the_first_of_october(
    day: date, state: DutyState, reason: DutyReason
) -> None:
    found = state_on(the_item(a_rule(), standing=done(date(2025, 10, 1))), day)

    assert (found.state, found.reason) == (state, reason)


def test_shortcomings_and_excuses_count_until_it_is_due_again_and_say_so() -> None:
    day = date(2025, 12, 1)
    short = the_item(a_rule(), standing=done(date(2025, 10, 1), DutyOutcome.SHORTCOMINGS))
    excused = the_item(a_rule(), standing=done(date(2025, 10, 1), DutyOutcome.EXCUSED))

    assert state_on(short, day).reason is DutyReason.DONE_WITH_SHORTCOMINGS
    assert state_on(excused, day).state is DutyState.EXCUSED
    assert state_on(excused, date(2026, 10, 2)).state is DutyState.OVERDUE


def test_a_failure_after_success_leaves_the_duty_due() -> None:
    standing = DutyStanding(date(2025, 10, 1), DutyOutcome.PASSED, failed_on=date(2025, 11, 1))

    found = state_on(the_item(a_rule(), standing=standing), date(2025, 12, 1))

    assert (found.state, found.reason) == (DutyState.DUE, DutyReason.LAST_FAILED)


def test_insurance_is_due_on_the_day_on_which_the_policy_ends() -> None:
    rule = a_rule(id="insurance", kind="insurance")
    standing = DutyStanding(date(2025, 10, 1), DutyOutcome.PASSED, good_until=date(2026, 3, 31))

    assert the_item(rule, standing=standing).due_on == date(2026, 3, 31)


def test_whoever_did_a_duty_cannot_say_that_it_counts_for_longer_than_its_rule() -> None:
    standing = DutyStanding(date(2025, 10, 1), DutyOutcome.PASSED, good_until=date(2199, 12, 31))

    assert (
        the_item(a_rule(), standing=standing).due_on
        == the_item(a_rule(), standing=done(date(2025, 10, 1))).due_on
    )


def test_a_connection_is_due_once_and_done_for_ever() -> None:
    rule = a_rule(id="connection", kind="connection", every=None, once_by=date(2027, 7, 1))

    assert the_item(rule).due_on == date(2027, 7, 1)
    assert state_on(the_item(rule), date(2027, 7, 2)).state is DutyState.OVERDUE
    connected = the_item(rule, standing=done(date(2025, 1, 1)))
    assert state_on(connected, date(2040, 1, 1)).reason is DutyReason.DONE_ONCE


def test_a_stricter_rule_makes_due_on_its_first_day_what_it_would_have_made_due_before() -> None:
    old = a_rule(valid_to=date(2027, 1, 1))
    new = a_rule(id="drill-2027", duty="drill", every=Interval(months=3), valid_from=date(2027, 1, 1))

    item = the_item(old, new, standing=done(date(2026, 6, 1)))

    assert (item.due_on, item.rule) == (date(2027, 1, 1), "drill-2027")


def test_what_falls_due_before_the_change_follows_the_old_rule() -> None:
    old = a_rule(valid_to=date(2027, 1, 1))
    new = a_rule(id="drill-2027", duty="drill", every=Interval(years=2), valid_from=date(2027, 1, 1))

    assert the_item(old, new, standing=done(date(2025, 12, 31))).due_on == date(2026, 12, 31)
    assert the_item(old, new, standing=done(date(2026, 1, 1))).due_on == date(2028, 1, 1)


def test_nobody_owes_what_no_rule_asks_any_more() -> None:
    item = the_item(a_rule(valid_to=date(2026, 8, 1)))

    assert state_on(item, date(2026, 7, 31)).state is DutyState.OVERDUE
    assert state_on(item, date(2026, 8, 1)).reason is DutyReason.RULE_ENDED


@composite
def changing_rules(draw: DrawFn) -> list[DutyRule]:
    """Draw the rules of one duty, each from the end of the one before."""
    start, rules = draw(dates(date(2025, 1, 1), date(2027, 1, 1))), list[DutyRule]()
    for number in range(draw(integers(1, 4))):
        end = start + timedelta(days=draw(integers(1, 900)))
        rules.append(
            a_rule(id=f"r{number}", duty="drill", every=draw(intervals), valid_from=start, valid_to=end)
        )
        start = end
    if draw(sampled_from([True, False])):
        rules[-1] = rules[-1].model_copy(update={"valid_to": None})
    return rules


standings = one_of(none(), days).map(
    lambda day: NOTHING_DONE if day is None else DutyStanding(day, DutyOutcome.PASSED)
)


@given(rules=changing_rules(), standing=standings)
def test_what_is_due_is_due_by_the_rule_that_holds_on_that_day(
    rules: list[DutyRule], standing: DutyStanding
) -> None:
    item = the_item(*rules, standing=standing)
    if item.due_on is None:
        return
    chosen = next(rule for rule in rules if rule.id == item.rule)
    assert chosen.valid_from <= item.due_on
    assert chosen.valid_to is None or item.due_on < chosen.valid_to


@given(rules=changing_rules(), first=days, second=days)
def test_doing_it_later_never_makes_it_due_earlier_whatever_rules_change(
    rules: list[DutyRule], first: date, second: date
) -> None:
    early, late = sorted((first, second))
    dues = [the_item(*rules, standing=done(day)).due_on or date.max for day in (early, late)]
    assert dues[0] <= dues[1]


@given(rules=changing_rules(), standing=standings, day=days)
def test_every_duty_has_a_state_with_a_reason_on_every_day(
    rules: list[DutyRule], standing: DutyStanding, day: date
) -> None:
    item = the_item(*rules, standing=standing)
    found = state_on(item, day)
    if found.state is DutyState.OVERDUE:
        assert item.due_on is not None
        assert item.due_on < day
    if found.days_left is not None:
        assert item.due_on == day + timedelta(days=found.days_left)


@pytest.mark.parametrize(
    ("group", "facts", "reason", "missing"),
    [
        ({"managed_by": "police"}, {"managed_by": ManagedBy.COMMUNE}, DutyReason.OTHER_GROUP, ()),
        ({"managed_by": "police"}, {}, DutyReason.FACT_UNKNOWN, ("managed_by",)),
        ({"in_annex_1": True}, {"in_annex_1": False}, DutyReason.OTHER_GROUP, ()),
        ({"hazard_classes": ["A", "B"]}, {"hazard_class": HazardClass.C}, DutyReason.OTHER_GROUP, ()),
        ({"lines_of_business": ["karaoke"]}, {}, DutyReason.FACT_UNKNOWN, ("line_of_business",)),
        ({"areas": ["ward-2"]}, {}, DutyReason.OTHER_GROUP, ()),
        (
            {"managed_by": "police", "in_annex_2": True},
            {"managed_by": ManagedBy.COMMUNE},
            DutyReason.OTHER_GROUP,
            (),
        ),
    ],
)
def test_a_rule_of_another_group_is_not_applicable_and_names_what_is_not_known(
    group: dict[str, object], facts: dict[str, object], reason: DutyReason, missing: tuple[str, ...]
) -> None:
    rule = a_rule(group=PremisesGroup.model_validate(group))

    found = duty_item([rule], replace(MARKET, **facts), NOTHING_DONE)  # type: ignore[arg-type]

    assert found == NotApplicable("drill", reason, missing)


@pytest.mark.parametrize("written", ["Kinh doanh KARAOKE", "kinh doanh Karaoke, ăn uống"])
def test_a_word_of_the_line_of_business_is_enough_in_any_case(written: str) -> None:
    rule = a_rule(group=PremisesGroup(lines_of_business=("karaoke",), areas=("ca-mau",)))

    assert isinstance(
        duty_item([rule], replace(MARKET, line_of_business=written), NOTHING_DONE), DutyItem
    )


def an_event(number: int, day: date, outcome: str = "passed", corrects: int | None = None) -> DutyEvent:
    return DutyEvent(
        premises="market",
        duty="drill",
        done_on=day,
        outcome=DutyOutcome(outcome),
        by="Lan",
        corrects=corrects,
        id=number,
        recorded_at=number,
    )


def test_a_correction_takes_the_place_of_what_it_corrects_and_both_stay() -> None:
    wrong = an_event(1, date(2026, 6, 1))
    right = an_event(2, date(2025, 6, 1), corrects=1)

    assert standing_of([wrong, right]).done_on == date(2025, 6, 1)
    assert in_force([wrong, right]) == [right]


def test_what_was_cancelled_never_counts() -> None:
    events = [an_event(1, date(2026, 6, 1)), an_event(2, date(2026, 6, 1), "cancelled", corrects=1)]

    assert standing_of(events) == NOTHING_DONE


def test_an_older_event_entered_later_changes_nothing() -> None:
    events = [an_event(1, date(2026, 6, 1)), an_event(2, date(2025, 6, 1), "failed")]

    assert standing_of(events) == DutyStanding(date(2026, 6, 1), DutyOutcome.PASSED, event=1)


event_lists = lists(
    builds(
        an_event,
        number=integers(1, 10_000),
        day=days,
        outcome=sampled_from([each.value for each in DutyOutcome]),
    ),
    unique_by=lambda each: each.id,
    max_size=12,
)


@given(events=event_lists)
def test_the_standing_is_the_same_in_whatever_order_events_are_read(events: list[DutyEvent]) -> None:
    assert standing_of(events) == standing_of(list(reversed(events)))


def test_reminders_come_on_the_days_of_the_rule_and_weekly_once_it_is_over() -> None:
    item = the_item(a_rule(), standing=done(date(2025, 10, 1)))
    due = date(2026, 10, 1)
    reminded = [
        (day - due).days
        for day in (due + timedelta(days=number) for number in range(-40, 22))
        if reminder_day(item, (30, 7, 0), day)
    ]

    assert reminded == [-30, -7, 0, 7, 14, 21]


def test_completeness_is_the_part_that_nobody_neglected() -> None:
    states = [DutyState.DONE, DutyState.OVERDUE, DutyState.DUE, DutyState.NOT_APPLICABLE]

    assert completeness(states) == pytest.approx(2 / 3)
    assert completeness([DutyState.NOT_APPLICABLE]) is None
