"""Decides whether an event may be recorded by a person, with a named reason where it may not."""

from datetime import date
from enum import StrEnum

from duties.domain.events import DutyEvent, DutyOutcome, NewDutyEvent
from registry.model.duty_rules import DoneBy

FIRST_DAY = date(2000, 1, 1)
"""The first day on which anything can have been done: an earlier one is a slip of the pen."""

LAST_DAY = date(2200, 1, 1)


class RecordRefusal(StrEnum):
    """The reason why an event is not recorded."""

    IN_THE_FUTURE = "done_on is in the future; record it when it is done"
    TOO_LONG_AGO = "done_on is before 2000-01-01; correct the year"
    ENDS_BEFORE = "good_until is before done_on, or after 2200-01-01; correct one of them"
    OF_AUTHORITIES = (
        "your role may not record this; the authority that inspects or excuses records it itself"
    )
    NO_SUCH_EVENT = "corrects names no event of this duty of these premises; look at its history"
    CORRECTED_BEFORE = "the event was corrected before; correct the event that took its place"
    CANCELS_NOTHING = "outcome cancelled needs corrects, the number of the event that does not count"


def why_not_dated(event: NewDutyEvent, today: date) -> RecordRefusal | None:
    """Return why the days of *event* cannot be right; None where they can."""
    if event.done_on > today:
        return RecordRefusal.IN_THE_FUTURE
    if event.done_on < FIRST_DAY:
        return RecordRefusal.TOO_LONG_AGO
    if event.good_until is not None and not event.done_on <= event.good_until <= LAST_DAY:
        return RecordRefusal.ENDS_BEFORE
    if event.outcome is DutyOutcome.CANCELLED and event.corrects is None:
        return RecordRefusal.CANCELS_NOTHING
    return None


def why_not_by_premises(
    outcome: DutyOutcome, done_by: DoneBy, corrected: DutyEvent | None
) -> RecordRefusal | None:
    """Return why people of the premises themselves may not record this; None where they may.

    Nobody excuses himself, writes the inspection of the authority, or corrects what another recorded
    of these.
    """
    outcomes = {outcome} if corrected is None else {outcome, corrected.outcome}
    if DutyOutcome.EXCUSED in outcomes or done_by in {DoneBy.COMMUNE, DoneBy.POLICE}:
        return RecordRefusal.OF_AUTHORITIES
    return None


def why_not_corrected(
    event: NewDutyEvent, corrected: DutyEvent | None, by: int | None
) -> RecordRefusal | None:
    """Return why *event* cannot correct *corrected*, which the event *by* corrected before."""
    if event.corrects is None:
        return None
    if corrected is None or (corrected.premises, corrected.duty) != (event.premises, event.duty):
        return RecordRefusal.NO_SUCH_EVENT
    return None if by is None else RecordRefusal.CORRECTED_BEFORE
