"""Duties that enter themselves: drills ordered in Tocsin, and points that live data proved."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from duties.domain.days import day_after
from duties.domain.due import DutyItem
from duties.domain.events import DutyOutcome, DutySource, DutyStanding, NewDutyEvent
from duties.domain.plan import PremisesPlan
from registry.model.duty_rules import DutyKind, Interval

LIVE = "live data"
"""The name under which tests by live data are recorded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedDrill:
    """A *drill* that ended *on* a day: of the *fires* that it led to, *taken* were acknowledged.

    *by* ordered it with *account*; *points* is how many raised fire.
    """

    premises: str
    drill: str
    on: date
    by: str
    account: str
    fires: int
    taken: int
    points: int


def drill_events(plan: PremisesPlan, drill: EndedDrill) -> Iterator[NewDutyEvent]:
    """Yield what *drill* did for each duty of its kind; nothing where no fire was seen in it.

    Fires that nobody acknowledged are shortcomings.
    """
    if drill.fires == 0:
        return
    passed = drill.taken == drill.fires
    for duty in plan.rules.of_kind(DutyKind.DRILL):
        if plan.has(duty):
            yield NewDutyEvent(
                premises=plan.premises,
                duty=duty,
                done_on=drill.on,
                outcome=DutyOutcome.PASSED if passed else DutyOutcome.SHORTCOMINGS,
                by=drill.by,
                account=drill.account,
                note=f"fires {drill.fires}, acknowledged {drill.taken}, points {drill.points}",
                source=DutySource.DRILL,
                source_id=drill.drill,
            )


@dataclass(frozen=True, slots=True)
class LatePoint:
    """A point that was not proven in time: last on *tested_on*, None for never."""

    point: str
    tested_on: date | None


def last_tests(points: Mapping[str, date | None], proven: Mapping[str, date]) -> dict[str, date | None]:
    """Return the day of the last test of each of *points*: by hand, as given, or by live data."""
    latest: dict[str, date | None] = {}
    for name, by_hand in points.items():
        days = [day for day in (by_hand, proven.get(name)) if day is not None]
        latest[name] = max(days, default=None)
    return latest


def late_points(tests: Mapping[str, date | None], every: Interval | None, day: date) -> list[LatePoint]:
    """Return those of *tests* that were not repeated *every* interval as of *day*, the oldest first."""
    if every is None:
        return []
    late = (
        LatePoint(name, tested)
        for name, tested in tests.items()
        if tested is None or day_after(tested, every) < day
    )
    return sorted(late, key=lambda each: (each.tested_on or date.min, each.point))


def interval_of_tests(plan: PremisesPlan) -> Interval | None:
    """Return the interval in which points have to be tested; None where no rule says so."""
    for duty in plan.rules.of_kind(DutyKind.ALARM_TEST):
        item = plan.item(duty, DutyStanding())
        if isinstance(item, DutyItem):
            return plan.rules.by_id[item.rule].every
    return None


def alarm_test_events(
    plan: PremisesPlan, proven: Mapping[str, date | None], standings: Mapping[str, DutyStanding]
) -> Iterator[NewDutyEvent]:
    """Yield each alarm test that is done, now that live data *proved* points on their days.

    It is done where the rule's share of all points was proven since it was done last, and within the
    rule's interval.
    """
    for duty in plan.rules.of_kind(DutyKind.ALARM_TEST):
        item = plan.item(duty, standings.get(duty, DutyStanding()))
        if isinstance(item, DutyItem):
            yield from _alarm_test(plan, item, proven)


def _alarm_test(
    plan: PremisesPlan, item: DutyItem, proven: Mapping[str, date | None]
) -> Iterator[NewDutyEvent]:
    rule = plan.rules.by_id[item.rule]
    days = sorted(day for day in proven.values() if day is not None)
    if not days:
        return
    last, since = days[-1], item.standing.done_on
    fresh = [
        day
        for day in days
        if (since is None or day > since) and (rule.every is None or day_after(day, rule.every) > last)
    ]
    if len(fresh) < math.ceil(rule.share * len(proven)):
        return
    yield NewDutyEvent(
        premises=plan.premises,
        duty=item.duty,
        done_on=last,
        outcome=DutyOutcome.PASSED,
        by=LIVE,
        note=f"points proven by live data: {len(fresh)} of {len(proven)}",
        source=DutySource.LIVE_DATA,
        source_id=f"points@{last}",
    )
