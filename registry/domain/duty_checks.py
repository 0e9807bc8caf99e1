"""Checks the rules of duties: each has a time, a validity, and no second rule for the same premises."""

from collections.abc import Iterator
from datetime import date
from itertools import combinations

from registry.domain.sourced import Sourced
from registry.model.duty_rules import DutyKind, DutyRule


def duty_problems(sourced: Sourced, areas: set[str]) -> Iterator[str]:
    """Yield every error about rules of duties, one sentence each; *areas* are those of the registry."""
    rules = [(where, row) for where, row in sourced.rows("duty_rules") if isinstance(row, DutyRule)]
    for where, rule in rules:
        yield from _times(where, rule)
        yield from _reminders(where, rule)
        yield from _areas(where, rule, areas)
    yield from _kinds(rules)
    yield from _overlaps(rules)


def _times(where: str, rule: DutyRule) -> Iterator[str]:
    if (rule.every is None) == (rule.once_by is None):
        have = "neither every nor once_by" if rule.every is None else "both every and once_by"
        yield f"{where}: it has {have}; write every = {{ years = 1 }} or once_by = 2027-07-01"
    if rule.every is not None and rule.every.years + rule.every.months + rule.every.days == 0:
        yield f"{where}: every is no time at all; write years, months or days"
    if rule.valid_to is not None and rule.valid_to <= rule.valid_from:
        yield f"{where}: valid_to {rule.valid_to} is not after valid_from {rule.valid_from}; correct one"
    if rule.once_by is not None and not _holds(rule, rule.once_by):
        yield f"{where}: the rule does not hold on the day once_by {rule.once_by}; correct its validity"


def _holds(rule: DutyRule, day: date) -> bool:
    return rule.valid_from <= day and (rule.valid_to is None or day < rule.valid_to)


def _reminders(where: str, rule: DutyRule) -> Iterator[str]:
    if len(set(rule.remind_before_days)) < len(rule.remind_before_days):
        yield f"{where}: remind_before_days names a day twice; remove one"
    if rule.share < 1.0 and rule.kind is not DutyKind.ALARM_TEST:
        yield f"{where}: share is for kind alarm-test alone, not {rule.kind.value}; remove it"


def _areas(where: str, rule: DutyRule, areas: set[str]) -> Iterator[str]:
    for name in rule.group.areas:
        if name not in areas:
            yield f"{where}: group.areas names {name!r}, which is not in [[areas]]; correct the name"


def _kinds(rules: list[tuple[str, DutyRule]]) -> Iterator[str]:
    first: dict[str, tuple[str, DutyRule]] = {}
    for where, rule in rules:
        at, other = first.setdefault(rule.of_duty, (where, rule))
        if other.kind is not rule.kind:
            kinds = f"kind {rule.kind.value}, {at} has {other.kind.value}"
            yield f"{where}: the duty {rule.of_duty!r} has {kinds}; a duty has one kind"


def _overlaps(rules: list[tuple[str, DutyRule]]) -> Iterator[str]:
    """Check that no two rules of one duty hold for the same group on the same day."""
    for (first, one), (where, other) in combinations(rules, 2):
        same = one.of_duty == other.of_duty and one.group == other.group
        if same and _overlap(one, other):
            yield (
                f"{where}: {first} is a rule of {other.of_duty!r} for the same premises and days; "
                "end that one with valid_to, or name another group"
            )


def _overlap(one: DutyRule, other: DutyRule) -> bool:
    ends = one.valid_to or date.max, other.valid_to or date.max
    return max(one.valid_from, other.valid_from) < min(ends)
