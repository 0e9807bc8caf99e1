"""Decides who is reminded of which duties on a day: one message for each person."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from duties.domain.due import DutyItem, DutyState, reminder_day, reminders_begun, state_on
from duties.domain.plan import DutyRules
from registry.model.duty_rules import DoneBy

MONDAY = 0
"""The day of the week on which teams of areas learn what is overdue (``date.weekday``)."""

OF_PREMISES = frozenset({DoneBy.PREMISES, DoneBy.CONTRACTOR})
"""Those who do the duties that the people of the premises are reminded of."""


@dataclass(frozen=True, slots=True)
class RemindedPeople:
    """The people of premises who can be reached: those in *command*, and the *team* of their area.

    In command are the head, the leader of the team and the delegate, in this order.
    """

    command: tuple[str, ...] = ()
    team: tuple[str, ...] = ()


def reminders_of(
    items: Iterable[DutyItem], rules: DutyRules, people: Callable[[str], RemindedPeople], day: date
) -> Mapping[str, Sequence[DutyItem]]:
    """Return what each person is reminded of on *day*, those that are due first before the others.

    The first in command of premises gets all that is due as soon as one of it has its day. What is not
    done by the next day of reminders goes to the second, too, and then to the third. The team of the
    area gets on Mondays what is overdue.
    """
    own: dict[str, list[DutyItem]] = defaultdict(list)
    teams: dict[str, list[DutyItem]] = defaultdict(list)
    begun = set[str]()
    for item in items:
        found = people(item.premises)
        for person in _reminded(item, rules, found.command, day):
            own[person].append(item)
            if _has_its_day(item, rules, day):
                begun.add(person)
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


def _reminded(item: DutyItem, rules: DutyRules, command: Sequence[str], day: date) -> Sequence[str]:
    """Return those in *command* whose turn it is to be reminded of *item*."""
    rule = rules.by_id.get(item.rule)
    if rule is None or rule.done_by not in OF_PREMISES:
        return ()
    return command[: max(1, reminders_begun(item, rule.remind_before_days, day))]


def next_in_command(command: Sequence[str], person: str) -> str | None:
    """Return who in *command* follows *person*; None behind the last, and for somebody else."""
    if person not in command:
        return None
    return next(iter(command[command.index(person) + 1 :]), None)


def _has_its_day(item: DutyItem, rules: DutyRules, day: date) -> bool:
    rule = rules.by_id.get(item.rule)
    return rule is not None and reminder_day(item, rule.remind_before_days, day)
