"""The score of detection: rates, times and intervals over the outcomes of recordings."""

import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from contract.messages import Edge, Kind
from tocsin.evaluate.playing import Played

CONFIDENCE = 0.95

_KINDS = (Kind.PREALARM, Kind.FIRE, Kind.FAULT)
"""Kinds of signals that are listed for each point."""


@dataclass(frozen=True, slots=True)
class Raised:
    """The time of a signal in seconds from ignition, and its reason."""

    t: float
    reason: str


@dataclass(frozen=True, slots=True)
class PointRow:
    """One point of a recording: all its signals, true or false, in the order of time."""

    point: str
    prealarms: tuple[Raised, ...]
    alarms: tuple[Raised, ...]
    faults: tuple[Raised, ...]


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """One recording: times in seconds from ignition, None where it never came to that.

    *unconfirmed_s* is the first notification of a fire that nothing had confirmed, *notified_s* the
    first notification of any kind. Faults are before or after the first alarm, true or false.
    """

    name: str
    prealarm_s: float | None
    alarm_s: float | None
    unconfirmed_s: float | None
    confirmed_s: float | None
    notified_s: float | None
    false_prealarms: int
    false_alarms: int
    false_unconfirmed: int
    false_confirmations: int
    faults: int
    faults_before_alarm: int
    faults_after_alarm: int
    point_days: float
    points: tuple[PointRow, ...]


def row_of(played: Played) -> ScoreRow:
    """Return the score of one recording. Signals before ignition, or without a fire, are false."""
    prealarms, fires, faults = (_times_of(kind, played) for kind in _KINDS)
    after = sum(1 for t in faults if fires and t > fires[0])
    return ScoreRow(
        name=played.name,
        prealarm_s=_first(prealarms, played),
        alarm_s=_first(fires, played),
        unconfirmed_s=_first(played.unconfirmed, played),
        confirmed_s=_first(played.confirmed, played),
        notified_s=_first(played.notified, played),
        false_prealarms=_false(prealarms, played),
        false_alarms=_false(fires, played),
        false_unconfirmed=_false(played.unconfirmed, played),
        false_confirmations=_false(played.confirmed, played),
        faults=len(faults),
        faults_before_alarm=len(faults) - after,
        faults_after_alarm=after,
        point_days=round(played.point_days, 6),
        points=tuple(_point_rows(played)),
    )


def _times_of(kind: Kind, played: Played) -> list[float]:
    return [t for t, _ in played.raised(kind)]


def _point_rows(played: Played) -> Iterator[PointRow]:
    """Yield each point of the recording, with or without signals."""
    raised: dict[str, dict[Kind, list[Raised]]] = {
        point: {kind: [] for kind in _KINDS} for point in sorted(played.points)
    }
    for t, change in played.changes:
        if change.edge is Edge.RAISED and change.kind in _KINDS and change.name in raised:
            raised[change.name][change.kind].append(Raised(t, change.reason))
    for point, kinds in raised.items():
        yield PointRow(point, *(tuple(kinds[kind]) for kind in _KINDS))


@dataclass(frozen=True, slots=True)
class Summary:
    """The score of all recordings together, in the order of its JSON. Rates are None without fires."""

    recordings: int
    fires: int
    detection_rate: float | None
    alarm_p50_s: float | None
    alarm_p95_s: float | None
    confirmation_rate: float | None
    confirmed_p50_s: float | None
    confirmed_p95_s: float | None
    notified_rate: float | None
    notified_p50_s: float | None
    notified_p95_s: float | None
    unconfirmed: int
    false_prealarms: int
    false_alarms: int
    false_unconfirmed: int
    false_confirmations: int
    point_days: float
    false_alarms_per_point_day: float | None
    false_alarms_per_point_day_95: tuple[float | None, float | None]
    faults: int
    faults_by_reason: dict[str, int]
    broken_points: int
    broken_found: int
    fault_recall: float | None
    faults_before_alarm: int
    faults_after_alarm: int
    samples: int
    seconds: float
    remarks: tuple[str, ...]
    clock: str = "seconds from ignition"
    times_real_time: int | None = None


def summary(all_played: Sequence[Played], *, broken: frozenset[str] = frozenset()) -> Summary:
    """Return the score of all recordings; a gateway should find the points in *broken* in fault."""
    rows = [row_of(each) for each in all_played]
    fires = [row for row, each in zip(rows, all_played, strict=True) if each.fire]
    false, days = sum(row.false_alarms for row in rows), sum(row.point_days for row in rows)
    low, high = poisson_interval(false)
    alarm = _Times([row.alarm_s for row in fires])
    confirmed = _Times([row.confirmed_s for row in fires])
    notified = _Times([row.notified_s for row in fires])
    faults = [change for each in all_played for _, change in each.raised(Kind.FAULT)]
    observed = broken & {point for each in all_played for point in each.points}
    found = observed & {change.name for change in faults}
    return Summary(
        recordings=len(rows),
        fires=len(fires),
        detection_rate=alarm.rate,
        alarm_p50_s=alarm.within(0.5),
        alarm_p95_s=alarm.within(0.95),
        confirmation_rate=confirmed.rate,
        confirmed_p50_s=confirmed.within(0.5),
        confirmed_p95_s=confirmed.within(0.95),
        notified_rate=notified.rate,
        notified_p50_s=notified.within(0.5),
        notified_p95_s=notified.within(0.95),
        unconfirmed=sum(row.unconfirmed_s is not None for row in fires),
        false_prealarms=sum(row.false_prealarms for row in rows),
        false_alarms=false,
        false_unconfirmed=sum(row.false_unconfirmed for row in rows),
        false_confirmations=sum(row.false_confirmations for row in rows),
        point_days=round(days, 6),
        false_alarms_per_point_day=_share(false, days),
        false_alarms_per_point_day_95=(_share(low, days), _share(high, days)),
        faults=len(faults),
        faults_by_reason=dict(Counter(change.reason for change in faults)),
        broken_points=len(observed),
        broken_found=len(found),
        fault_recall=_share(len(found), len(observed)),
        faults_before_alarm=sum(row.faults_before_alarm for row in rows),
        faults_after_alarm=sum(row.faults_after_alarm for row in rows),
        samples=sum(each.samples for each in all_played),
        seconds=round(sum(each.seconds for each in all_played), 3),
        remarks=tuple(remark for each in all_played for remark in each.remarks),
    )


def poisson_interval(count: int) -> tuple[float, float]:
    """Return the exact (Garwood) two-sided 95 % interval of the mean of which *count* were seen."""
    tail = (1.0 - CONFIDENCE) / 2.0
    low = 0.0 if count == 0 else _solve(lambda mean: 1.0 - _at_most(count - 1, mean) - tail, count)
    return low, _solve(lambda mean: tail - _at_most(count, mean), count)


def percentile(values: Sequence[float], share: float) -> float | None:
    """Return the smallest of *values* that at least *share* of them do not exceed."""
    if not values:
        return None
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def _first(times: Sequence[float], played: Played) -> float | None:
    return next((t for t in times if t >= 0.0), None) if played.fire else None


def _false(times: Sequence[float], played: Played) -> int:
    return sum(1 for t in times if t < 0.0 or not played.fire)


@dataclass(frozen=True, slots=True)
class _Times:
    """The time of each fire, None where it never came to that."""

    times: list[float | None]

    @property
    def rate(self) -> float | None:
        return _share(sum(t is not None for t in self.times), len(self.times))

    def within(self, share: float) -> float | None:
        """Return the time within which it came to that in *share* of the cases in which it did."""
        return percentile([t for t in self.times if t is not None], share)


def _share(part: float, whole: float) -> float | None:
    return round(part / whole, 6) if whole else None


def _at_most(count: int, mean: float) -> float:
    """Return the probability that a Poisson variable of *mean* is *count* at most."""
    if mean <= 0.0:
        return 1.0
    logs = (k * math.log(mean) - mean - math.lgamma(k + 1) for k in range(count + 1))
    return min(1.0, math.fsum(math.exp(each) for each in logs))


def _solve(rising: Callable[[float], float], count: int) -> float:
    """Return the zero of *rising*, for means that *count* makes likely."""
    low, high = 0.0, count + 10.0 * math.sqrt(count + 1.0) + 10.0
    for _ in range(100):
        middle = (low + high) / 2.0
        low, high = (middle, high) if rising(middle) < 0.0 else (low, middle)
    return (low + high) / 2.0
