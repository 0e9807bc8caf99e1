"""Finds the contacts on duty by a roster, in its local time: shifts, exceptions, hand-overs."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from registry.model.rosters import Day, Roster, RosterException, Shift

_DAYS = tuple(Day)
_DAY = timedelta(days=1)


def on_duty(roster: Roster, moment: datetime) -> tuple[str, ...]:
    """Return the contacts on duty at *moment*; during a hand-over the new and the old ones."""
    before = moment - timedelta(seconds=roster.handover_s)
    return tuple(dict.fromkeys((*_on_duty(roster, moment), *_on_duty(roster, before))))


def duty_changes(roster: Roster, begin: datetime, end: datetime) -> Iterator[datetime]:
    """Yield the moments between *begin* and *end* at which the duty may change."""
    zone, handover = ZoneInfo(roster.timezone), timedelta(seconds=roster.handover_s)
    first = begin.astimezone(zone).date() - 2 * _DAY
    days = [first + number * _DAY for number in range((end - begin).days + 5)]
    ends = (*_shift_ends(roster.shifts, days), *_exception_ends(roster.exceptions))
    # An hour that comes twice as the clocks go back ends a shift twice.
    moments = (
        local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for local in ends for fold in (0, 1)
    )
    for at in (*moments, *_clock_changes(zone, days)):
        yield from (each for each in (at, at + handover) if begin < each < end)


def _clock_changes(zone: ZoneInfo, days: Iterable[date]) -> Iterator[datetime]:
    """Yield every quarter of an hour of those of *days* on which the clocks are changed."""
    for day in days:
        midnight = datetime.combine(day, time(), tzinfo=zone)
        if midnight.utcoffset() != (midnight + _DAY).utcoffset():
            begin = midnight.astimezone(UTC)
            yield from (begin + number * timedelta(minutes=15) for number in range(101))


def _on_duty(roster: Roster, moment: datetime) -> tuple[str, ...]:
    local = moment.astimezone(ZoneInfo(roster.timezone)).replace(tzinfo=None)
    for instead in roster.exceptions:
        if instead.begin.replace(tzinfo=None) <= local < instead.end.replace(tzinfo=None):
            return instead.who
    return tuple(name for shift in roster.shifts if _covers(shift, local) for name in shift.who)


def _covers(shift: Shift, local: datetime) -> bool:
    if not _passes_midnight(shift):
        return _begins_on(shift, local.date()) and shift.begin <= local.time() < shift.end
    if local.time() >= shift.begin:
        return _begins_on(shift, local.date())
    return local.time() < shift.end and _begins_on(shift, local.date() - _DAY)


def _passes_midnight(shift: Shift) -> bool:
    return shift.end <= shift.begin


def _begins_on(shift: Shift, day: date) -> bool:
    return _DAYS[day.weekday()] in shift.days


def _shift_ends(shifts: Iterable[Shift], days: Iterable[date]) -> Iterator[datetime]:
    moments: set[time] = {moment for shift in shifts for moment in (shift.begin, shift.end)}
    return (datetime.combine(day, moment) for day in days for moment in sorted(moments))


def _exception_ends(exceptions: Iterable[RosterException]) -> Iterator[datetime]:
    return (moment.replace(tzinfo=None) for each in exceptions for moment in (each.begin, each.end))


def uncovered_times(
    roster: Roster, begin: datetime, end: datetime
) -> Iterator[tuple[datetime, datetime]]:
    """From when to when, between *begin* and *end*, nobody is on duty."""
    since: datetime | None = None
    for moment in sorted({begin, end, *duty_changes(roster, begin, end)}):
        manned = moment == end or bool(on_duty(roster, moment))
        if manned and since is not None:
            yield since, moment
        since = None if manned else since or moment
