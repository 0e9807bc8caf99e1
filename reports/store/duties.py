"""Counts what was done for duties, and how much of what was due."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, text

from duties.domain.days import numbered_day
from duties.domain.events import DutyEvent, DutyOutcome
from duties.domain.fulfilment import DutyDays, FulfilmentTally, fulfilments
from duties.domain.groups import PremisesFacts
from duties.domain.plan import DutyRules
from reports.domain.period import ReportPeriod
from reports.domain.wording import DutyTally
from reports.store.daily import day_number
from reports.store.incidents import ROWS_AT_ONCE, Within
from reports.store.registry import duty_facts, duty_rules

ONE_DAY = timedelta(days=1)

_DONE = text(
    "SELECT duty, outcome, premises, COUNT(*) AS events FROM duty_events "
    "WHERE done_on >= :first AND done_on < :end "
    "GROUP BY duty, outcome, premises ORDER BY duty, outcome, premises"
)


_EVENTS = text(
    "SELECT id, premises, duty, done_on, outcome, good_until, corrects FROM duty_events "
    "WHERE done_on < :end ORDER BY premises, duty, id"
)


def duties_fulfilled(
    connection: Connection, period: ReportPeriod, today: date, *, within: Within
) -> FulfilmentTally:
    """Return how the duties of premises *within* ended that were due in *period*, known on *today*.

    The rules and the premises are those of the active version, corrections those that are known now.
    """
    rules, tally = duty_rules(connection), FulfilmentTally()
    if not rules:
        return tally
    days = DutyDays(period.first, period.end, today)
    left = dict(duty_facts(connection, period.end - ONE_DAY, within=within))
    for premises, events in _by_premises(connection, period.end):
        if (facts := left.pop(premises, None)) is not None:
            _add(tally, rules, facts, events, days)
    for facts in left.values():
        _add(tally, rules, facts, {}, days)
    return tally


def _add(
    tally: FulfilmentTally,
    rules: DutyRules,
    facts: PremisesFacts,
    events: Mapping[str, list[DutyEvent]],
    days: DutyDays,
) -> None:
    for duty, own in rules.by_duty.items():
        tally.add(duty, fulfilments(own, facts, events.get(duty, ()), days))


def _by_premises(connection: Connection, end: date) -> Iterator[tuple[str, dict[str, list[DutyEvent]]]]:
    """Yield premises in the order of names, each with its events before *end* by duty."""
    query = connection.execution_options(yield_per=ROWS_AT_ONCE)
    rows = query.execute(_EVENTS, {"end": day_number(end)})
    for premises, found in groupby(rows, key=attrgetter("premises")):
        by_duty = groupby(map(_event, found), key=attrgetter("duty"))
        yield premises, {duty: list(events) for duty, events in by_duty}


def _event(row: Any) -> DutyEvent:
    return DutyEvent(
        id=row.id,
        premises=row.premises,
        duty=row.duty,
        done_on=numbered_day(row.done_on),
        outcome=DutyOutcome(row.outcome),
        by="",
        good_until=None if row.good_until is None else numbered_day(row.good_until),
        corrects=row.corrects,
        recorded_at=0,
    )


def duty_counts(connection: Connection, period: ReportPeriod, *, within: Within) -> list[DutyTally]:
    """Return what was done in *period* for the duties of premises *within*."""
    about = {"first": day_number(period.first), "end": day_number(period.end)}
    events, places = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    for row in connection.execution_options(yield_per=ROWS_AT_ONCE).execute(_DONE, about):
        if within is None or row.premises in within:
            events[row.duty, row.outcome] += row.events
            places[row.duty, row.outcome] += 1
    return [DutyTally(*key, count, places[key]) for key, count in sorted(events.items())]
