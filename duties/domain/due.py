"""Decides when a duty is due, and how it stands on a day: each state with a named reason."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import groupby

from contract import duties as wire
from duties.domain.days import day_after
from duties.domain.events import DutyOutcome, DutyStanding
from duties.domain.groups import GroupMembership, GroupReason, PremisesFacts, membership
from registry.model.duty_rules import DutyKind, DutyRule

DutyState = wire.DutyState
"""The state of a duty, as every interface names it."""


class DutyReason(StrEnum):
    """The reason of a state."""

    DONE_IN_TIME = "done_in_time"
    DONE_WITH_SHORTCOMINGS = "done_with_shortcomings"
    DONE_ONCE = "done_once"
    WITHIN_REMINDER = "within_reminder"
    DUE_TODAY = "due_today"
    NEVER_DONE = "never_done"
    LAST_FAILED = "last_failed"
    DAY_PASSED = "day_passed"
    EXCUSED_UNTIL_DUE = "excused_until_due"
    OTHER_GROUP = "other_group"
    FACT_UNKNOWN = "fact_unknown"
    NOT_YET_IN_FORCE = "not_yet_in_force"
    RULE_ENDED = "rule_ended"
    RULE_ENDS_FIRST = "rule_ends_first"


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyItem:
    """One *duty* of *premises*: due on *due_on* by *rule*, whatever the day is on which one looks.

    Without a *due_on* nothing is due any more. Rules hold from *begins_on* and before *ends_on*;
    *soon_days* before it is due it is due soon.
    """

    premises: str
    duty: str
    kind: DutyKind
    rule: str
    due_on: date | None
    begins_on: date
    ends_on: date | None
    soon_days: int
    standing: DutyStanding


@dataclass(frozen=True, slots=True)
class StateOnDay:
    """The state of a duty on a day, why, and the days left until it is due; negative once it is over."""

    state: DutyState
    reason: DutyReason
    days_left: int | None = None


@dataclass(frozen=True, slots=True)
class NotApplicable:
    """A *duty* that premises do not have, by *reason*; *missing* are the facts that would decide."""

    duty: str
    reason: DutyReason
    missing: tuple[str, ...] = ()


def by_duty(rules: Iterable[DutyRule]) -> Iterator[tuple[str, tuple[DutyRule, ...]]]:
    """Yield each duty with all its rules, in the order of names."""
    ordered = sorted(rules, key=lambda each: (each.of_duty, each.valid_from, each.id))
    for duty, found in groupby(ordered, key=lambda each: each.of_duty):
        yield duty, tuple(found)


def duty_item(
    rules: Iterable[DutyRule], facts: PremisesFacts, standing: DutyStanding
) -> DutyItem | NotApplicable:
    """Return the duty of *rules*, all of one, as the premises of *facts* have it, and did it."""
    found = list(rules)
    members = [(rule, membership(rule.group, facts)) for rule in found]
    own = [rule for rule, member in members if member.is_in]
    if not own:
        return _not_applicable(found[0].of_duty, [member for _, member in members])
    start = max(min(rule.valid_from for rule in own), facts.since or date.min)
    dues = [(day, rule) for rule in own if (day := _due_by(rule, standing, start)) is not None]
    due, chosen = min(dues, key=lambda each: (each[0], each[1].id), default=(None, own[-1]))
    return DutyItem(
        premises=facts.premises,
        duty=chosen.of_duty,
        kind=chosen.kind,
        rule=chosen.id,
        due_on=due,
        begins_on=min(rule.valid_from for rule in own),
        ends_on=_end_of(own),
        soon_days=max(chosen.remind_before_days, default=0),
        standing=standing,
    )


def _not_applicable(duty: str, members: Iterable[GroupMembership]) -> NotApplicable:
    unknown = [each for each in members if each.reason is GroupReason.FACT_UNKNOWN]
    if not unknown:
        return NotApplicable(duty, DutyReason.OTHER_GROUP)
    missing = dict.fromkeys(name for each in unknown for name in each.fields)
    return NotApplicable(duty, DutyReason.FACT_UNKNOWN, tuple(missing))


def _end_of(rules: Iterable[DutyRule]) -> date | None:
    """Return the day from which on no rule holds; None where one has no end."""
    ends = [rule.valid_to for rule in rules]
    return None if None in ends else max(each for each in ends if each is not None)


def _due_by(rule: DutyRule, standing: DutyStanding, start: date) -> date | None:
    """Return the day on which *rule* makes the duty due; None where it does not hold on that day.

    What would have been due before the rule began is due as it begins.
    """
    if rule.once_by is not None:
        return rule.once_by if standing.done_on is None else standing.good_until
    if rule.every is None:
        return None
    due = max(
        _again(rule.kind, standing, day_after(standing.done_on or start, rule.every)), rule.valid_from
    )
    return due if rule.valid_to is None or due < rule.valid_to else None


def _again(kind: DutyKind, standing: DutyStanding, by_interval: date) -> date:
    """Return the day on which a duty is due again: that on which what was done no longer counts.

    Later than *by_interval* only where a company insures for longer, or an authority excused the duty:
    whoever does it cannot say that it counts for longer than its rule.
    """
    if standing.good_until is None:
        return by_interval
    may_be_later = kind is DutyKind.INSURANCE or standing.outcome is DutyOutcome.EXCUSED
    return standing.good_until if may_be_later else min(standing.good_until, by_interval)


def state_on(item: DutyItem, day: date) -> StateOnDay:
    """Return how *item* stands on *day*."""
    if day < item.begins_on:
        return StateOnDay(DutyState.NOT_APPLICABLE, DutyReason.NOT_YET_IN_FORCE)
    if item.ends_on is not None and day >= item.ends_on:
        return StateOnDay(DutyState.NOT_APPLICABLE, DutyReason.RULE_ENDED)
    if item.due_on is None:
        return _nothing_due(item.standing)
    return _due_in(item, (item.due_on - day).days)


def _due_in(item: DutyItem, left: int) -> StateOnDay:
    """Return the state of *item*, which is due in *left* days."""
    if left < 0:
        return StateOnDay(DutyState.OVERDUE, DutyReason.DAY_PASSED, left)
    if left == 0:
        return StateOnDay(DutyState.DUE, DutyReason.DUE_TODAY, left)
    if left <= item.soon_days:
        return StateOnDay(DutyState.DUE_SOON, DutyReason.WITHIN_REMINDER, left)
    return _due_later(item.standing, left)


def _nothing_due(standing: DutyStanding) -> StateOnDay:
    if standing.outcome is None:
        return StateOnDay(DutyState.NOT_APPLICABLE, DutyReason.RULE_ENDS_FIRST)
    if standing.outcome is DutyOutcome.EXCUSED:
        return StateOnDay(DutyState.EXCUSED, DutyReason.EXCUSED_UNTIL_DUE)
    return StateOnDay(DutyState.DONE, DutyReason.DONE_ONCE)


def _due_later(standing: DutyStanding, left: int) -> StateOnDay:
    """Return the state of what is due after the days in which it is due soon."""
    if standing.failed_on is not None:
        return StateOnDay(DutyState.DUE, DutyReason.LAST_FAILED, left)
    match standing.outcome:
        case None:
            return StateOnDay(DutyState.DUE, DutyReason.NEVER_DONE, left)
        case DutyOutcome.EXCUSED:
            return StateOnDay(DutyState.EXCUSED, DutyReason.EXCUSED_UNTIL_DUE, left)
        case DutyOutcome.SHORTCOMINGS:
            return StateOnDay(DutyState.DONE, DutyReason.DONE_WITH_SHORTCOMINGS, left)
        case _:
            return StateOnDay(DutyState.DONE, DutyReason.DONE_IN_TIME, left)


def completeness(states: Iterable[DutyState]) -> float | None:
    """Return the part of the duties that are in order; None without any duty.

    In order is what is done, excused, or due later: nobody neglected it.
    """
    counted = [each for each in states if each is not DutyState.NOT_APPLICABLE]
    if not counted:
        return None
    return sum(each is not DutyState.OVERDUE for each in counted) / len(counted)


def reminder_day(item: DutyItem, steps: Iterable[int], day: date) -> bool:
    """Return whether *day* is one on which *item* is reminded of: *steps* days before it is due.

    And each week once it is over.
    """
    if item.due_on is None or state_on(item, day).state is DutyState.NOT_APPLICABLE:
        return False
    left = item.due_on - day
    return left.days in set(steps) if left >= timedelta() else left.days % 7 == 0


def reminders_begun(item: DutyItem, steps: Iterable[int], day: date) -> int:
    """Return how many reminders of *item* had their day by *day*, *steps* days before it is due.

    None before the first; the days of the weeks after it is over count, too.
    """
    if item.due_on is None:
        return 0
    left, before = (item.due_on - day).days, set(steps)
    return sum(step >= left for step in before) + max(0, -left) // 7
