"""Decides which duties fell due in a period, and whether each was done in time, late or not at all."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from duties.domain.due import DutyItem, duty_item
from duties.domain.events import FULFILLING, DutyEvent, in_force, standing_of
from duties.domain.groups import PremisesFacts
from registry.model.duty_rules import DutyRule


class Fulfilment(StrEnum):
    """The end of a duty that fell due."""

    IN_TIME = "in_time"
    LATE = "late"
    MISSED = "missed"
    """Its day has passed, and nothing was done."""
    TO_COME = "to_come"
    """It is due in the period, on a day that is not over."""


@dataclass(frozen=True, slots=True)
class DutyDays:
    """The days from *first* on and before *end*, as they are known on the day *today*."""

    first: date
    end: date
    today: date


def fulfilments(
    rules: Sequence[DutyRule], facts: PremisesFacts, events: Iterable[DutyEvent], days: DutyDays
) -> Iterator[Fulfilment]:
    """Yield the end of each time that the duty of *rules* was due to the premises of *facts*.

    That is what was due in the period, or overdue as it began; what is done makes it due again.
    """
    counted = [each for each in in_force(events) if each.done_on < days.end]
    before = [each for each in counted if each.done_on < days.first]
    within = iter(each for each in counted if each.done_on >= days.first)
    known = list(before)
    while (due := _due_on(rules, facts, known)) is not None and due < days.end:
        done = _next_done(within, known)
        if done is None:
            yield Fulfilment.MISSED if due < days.today else Fulfilment.TO_COME
            return
        yield Fulfilment.IN_TIME if done.done_on <= due else Fulfilment.LATE


def _next_done(within: Iterator[DutyEvent], known: list[DutyEvent]) -> DutyEvent | None:
    """Return the next event that fulfils the duty, after moving all up to it to those *known*."""
    for each in within:
        known.append(each)
        if each.outcome in FULFILLING:
            return each
    return None


def _due_on(rules: Sequence[DutyRule], facts: PremisesFacts, known: Iterable[DutyEvent]) -> date | None:
    item = duty_item(rules, facts, standing_of(known))
    return item.due_on if isinstance(item, DutyItem) else None


@dataclass
class FulfilmentTally:
    """The ends of all duties that fell due, by duty."""

    by_duty: dict[str, Counter[Fulfilment]] = field(default_factory=dict)

    def add(self, duty: str, found: Iterable[Fulfilment]) -> None:
        """Count what was *found* of *duty*."""
        for each in found:
            self.by_duty.setdefault(duty, Counter())[each] += 1


def done_share(found: Counter[Fulfilment]) -> float | None:
    """Return the part of what was due that was done, late or not; None where nothing was due."""
    total = found.total()
    return (found[Fulfilment.IN_TIME] + found[Fulfilment.LATE]) / total if total else None
