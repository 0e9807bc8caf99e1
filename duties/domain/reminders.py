"""Decides who is reminded of which duties on a day: one message for each person."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from duties.domain.due import DutyItem, DutyState, reminder_day, state_on
from duties.domain.plan import DutyRules
from registry.model.duty_rules import DoneBy

MONDAY = 0
"""The day of the week on which teams of areas learn what is overdue (``date.weekday``)."""

OF_PREMISES = frozenset({DoneBy.PREMISES, DoneBy.CONTRACTOR})
"""Who does the duties that the head of the premises is reminded of."""


@dataclass(frozen=True, slots=True)
class RemindedPeople:
    """The people of premises: their *head*, None without one, and the *team* of their area."""

    head: str | None
    team: tuple[str, ...] = ()


def reminders_of(
    items: Iterable[DutyItem], rules: DutyRules, people: Callable[[str], RemindedPeople], day: date
) -> Mapping[str, Sequence[DutyItem]]:
    """Return what each person is reminded of on *day*, those that are due first before the others.

    The head of premises gets all that is due as soon as one of it has its day; the team of the area on
    Mondays what is overdue.
    """
    own: dict[str, list[DutyItem]] = defaultdict(list)
    teams: dict[str, list[DutyItem]] = defaultdict(list)
    begun = set[str]()
    for item in items:
        found = people(item.premises)
        if found.head is not None and _is_of_premises(item, rules):
            own[found.head].append(item)
            if _has_its_day(item, rules, day):
                begun.add(found.head)
        if day.weekday() == MONDAY and state_on(item, day).state is DutyState.OVERDUE:
            for person in found.team:
                teams[person].append(item)
    return _together(own, teams, begun)


def _together(
    own: Mapping[str, list[DutyItem]], teams: Mapping[str, list[DutyItem]], begun: set[str]
) -> dict[str, list[DutyItem]]:
    persons = sorted({*begun, *teams})
    both = {each: [*(own[each] if each in begun else ()), *teams.get(each, ())] for each in persons}
    return {each: list(dict.fromkeys(sorted(found, key=_order))) for each, found in both.items()}


def _order(item: DutyItem) -> tuple[date, str, str]:
    return item.due_on or date.max, item.premises, item.duty


def _is_of_premises(item: DutyItem, rules: DutyRules) -> bool:
    rule = rules.by_id.get(item.rule)
    return rule is not None and rule.done_by in OF_PREMISES


def _has_its_day(item: DutyItem, rules: DutyRules, day: date) -> bool:
    rule = rules.by_id.get(item.rule)
    return rule is not None and reminder_day(item, rule.remind_before_days, day)
