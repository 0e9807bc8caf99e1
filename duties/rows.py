"""Rows of the tables of duties as values, and values as rows."""

from datetime import date
from typing import Any

from duties.domain.days import day_number, numbered_day
from duties.domain.due import DutyItem, NotApplicable
from duties.domain.events import CountedEvent, DutyEvent, DutyOutcome, DutySource, DutyStanding
from duties.domain.plan import PremisesPlan
from registry.model.duty_rules import DutyKind

NEVER = 9_999_999
"""The number of the day on which nothing is due: after all days, so that it comes last in lists."""


def event_of(row: Any) -> DutyEvent:
    """Return the event of *row*."""
    return DutyEvent(
        id=row.id,
        premises=row.premises,
        duty=row.duty,
        done_on=numbered_day(row.done_on),
        outcome=DutyOutcome(row.outcome),
        by=row.by,
        account=row.account,
        role=row.role,
        note=row.note,
        file=row.file,
        source=DutySource(row.source),
        source_id=row.source_id,
        good_until=_day(row.good_until),
        corrects=row.corrects,
        recorded_at=row.recorded_at,
    )


def counted_event(row: Any) -> CountedEvent:
    """Return the part of the event of *row* that decides what is due."""
    number, _, _, done_on, outcome, good_until, corrects = row  # by place: there are many of them
    return CountedEvent(number, numbered_day(done_on), DutyOutcome(outcome), _day(good_until), corrects)


def standing_in(row: Any) -> DutyStanding:
    """Return what the events of the item in *row* come to."""
    return DutyStanding(
        _day(row.done_on),
        None if row.outcome is None else DutyOutcome(row.outcome),
        _day(row.good_until),
        _day(row.failed_on),
        row.event,
    )


def item_of(row: Any) -> DutyItem:
    """Return the item of *row*."""
    return DutyItem(
        premises=row.premises,
        duty=row.duty,
        kind=DutyKind(row.kind),
        rule=row.rule,
        due_on=None if row.due_on in (None, NEVER) else numbered_day(row.due_on),
        begins_on=numbered_day(row.begins_on),
        ends_on=_day(row.ends_on),
        soon_days=row.soon_days,
        standing=standing_in(row),
    )


def item_row(item: DutyItem) -> dict[str, Any]:
    """Return the row of *item*."""
    standing = item.standing
    return {
        "premises": item.premises,
        "duty": item.duty,
        "kind": item.kind.value,
        "rule": item.rule,
        "due_on": NEVER if item.due_on is None else day_number(item.due_on),
        "begins_on": day_number(item.begins_on),
        "ends_on": _number(item.ends_on),
        "soon_days": item.soon_days,
        "done_on": _number(standing.done_on),
        "outcome": None if standing.outcome is None else standing.outcome.value,
        "good_until": _number(standing.good_until),
        "failed_on": _number(standing.failed_on),
        "event": standing.event,
    }


def premises_row(plan: PremisesPlan) -> dict[str, Any]:
    """Return the row of the premises of *plan*."""
    found = plan.connection()
    return {
        "premises": plan.premises,
        "name": plan.name,
        "area": plan.area,
        "connection": _membership(found),
        "connect_by": _number(found.due_on if isinstance(found, DutyItem) else None),
        "declared_on": _number(plan.declared.declared_on),
        "connected_on": _number(plan.declared.connected_on),
        "made_from": plan.digest,
    }


OWED, UNKNOWN, NONE = "owed", "unknown", "none"
"""Whether premises have to be connected: yes; a fact is missing; no rule asks it of them."""


def _membership(found: DutyItem | NotApplicable | None) -> str:
    if isinstance(found, DutyItem):
        return OWED
    return UNKNOWN if found is not None and found.missing else NONE


def _day(number: int | None) -> date | None:
    return None if number is None else numbered_day(number)


def _number(day: date | None) -> int | None:
    return None if day is None else day_number(day)
