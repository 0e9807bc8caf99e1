"""Events of duties: what was done, when, by whom and how it ended; and what all of them come to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import NamedTuple, TypeVar

from contract import duties as wire
from contract.times import Micros

DutyOutcome = wire.DutyOutcome
"""The outcome of what was done, as every interface names it."""


class DutySource(StrEnum):
    """The source of an event."""

    BY_HAND = "by-hand"
    DRILL = "drill"
    """A drill that was ordered in Tocsin."""
    LIVE_DATA = "live-data"
    """Fire signals of points on test, received at the center."""
    REGISTRY = "registry"
    """A field of the premises, such as the day on which the insurance ends."""


FULFILLING = frozenset({DutyOutcome.PASSED, DutyOutcome.SHORTCOMINGS, DutyOutcome.EXCUSED})
"""Outcomes after which a duty is due again only an interval later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDutyEvent:
    """An act for *duty* of *premises* on *done_on*, with its *outcome*; *by* somebody.

    *account* and *role* are those of who recorded it. *file* is the SHA-256 of the evidence. It counts
    until *good_until*, where that is known, else as long as the interval of the rule. One that
    *corrects* another takes its place. *source_id* names what it was made from: it is entered once.
    """

    premises: str
    duty: str
    done_on: date
    outcome: DutyOutcome
    by: str
    account: str = ""
    role: str = ""
    note: str = ""
    file: str | None = None
    source: DutySource = DutySource.BY_HAND
    source_id: str | None = None
    good_until: date | None = None
    corrects: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyEvent(NewDutyEvent):
    """An event as it is stored under *id*; it is never changed."""

    id: int
    recorded_at: Micros


class CountedEvent(NamedTuple):
    """The part of an event that decides what is due: a hundred thousand of them are read at a time."""

    id: int
    done_on: date
    outcome: DutyOutcome
    good_until: date | None
    corrects: int | None


@dataclass(frozen=True, slots=True)
class DutyStanding:
    """The sum of the events of one duty: the latest that fulfilled it, and a failure after that."""

    done_on: date | None = None
    outcome: DutyOutcome | None = None
    good_until: date | None = None
    failed_on: date | None = None
    event: int | None = None


NOTHING_DONE = DutyStanding()


Counted = TypeVar("Counted", DutyEvent, CountedEvent)


def in_force(events: Iterable[Counted]) -> list[Counted]:
    """Return those of *events* that count, oldest first: none that was corrected or cancelled."""
    known = list(events)
    replaced = {each.corrects for each in known}
    counted = (
        each for each in known if each.id not in replaced and each.outcome is not DutyOutcome.CANCELLED
    )
    return sorted(counted, key=lambda each: (each.done_on, each.id))


def standing_of(events: Iterable[Counted]) -> DutyStanding:
    """Return what *events* of one duty come to."""
    counted = in_force(events)
    done = next((each for each in reversed(counted) if each.outcome in FULFILLING), None)
    failed = [each for each in counted if each.outcome is DutyOutcome.FAILED]
    later = [each for each in failed if done is None or _order(each) > _order(done)]
    failed_on = later[-1].done_on if later else None
    if done is None:
        return DutyStanding(failed_on=failed_on, event=later[-1].id if later else None)
    return DutyStanding(done.done_on, done.outcome, done.good_until, failed_on, done.id)


def _order(event: DutyEvent | CountedEvent) -> tuple[date, int]:
    return event.done_on, event.id
