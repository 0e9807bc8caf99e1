"""Availability: the share of time for which points and gateways were without fault, on duty and heard.

What nobody heard counts as missing, never as well: a gateway that is lost takes all of its points along.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from contract.messages import Edge, Kind, Scope
from contract.times import Micros
from reports.domain.incident_fact import PointName
from reports.domain.registered import PremisesSpan

LOST_REASONS = frozenset({"gateway_silent", "gateway_offline", "gateway_never_heard"})
"""The reasons by which the center says that a gateway is not received (docs/protocol.md, 4.1)."""

UNAVAILABLE_KINDS = frozenset({Kind.FAULT, Kind.DISABLED, Kind.TEST})
"""Conditions in which a point cannot be relied upon."""


class TimeStretch(NamedTuple):
    """The time from *begin* on and before *end*."""

    begin: Micros
    end: Micros


class ConditionKey(NamedTuple):
    """A condition of one premises: its signals begin and end it."""

    gateway: str
    scope: str
    name: str
    kind: str
    reason: str


class ConditionEdge(NamedTuple):
    """The condition *key* began, or ended, *at* that moment."""

    key: ConditionKey
    edge: str
    at: Micros


@dataclass(frozen=True, slots=True)
class TimeShare:
    """The time *available* of that *registered*, in microseconds added up over points or gateways."""

    registered: Micros
    available: Micros

    def plus(self, other: "TimeShare") -> "TimeShare":
        """Return both together."""
        return TimeShare(self.registered + other.registered, self.available + other.available)

    @property
    def share(self) -> float | None:
        """The share that was available; None where nothing was registered."""
        return self.available / self.registered if self.registered else None


NO_TIME = TimeShare(0, 0)


@dataclass(frozen=True, slots=True)
class PremisesAvailability:
    """The availability of the points and of the gateways of *premises*."""

    premises: str
    points: Mapping[PointName, TimeShare]
    gateways: Mapping[str, TimeShare]

    @property
    def all_points(self) -> TimeShare:
        """All points together."""
        return _together(self.points.values())

    @property
    def all_gateways(self) -> TimeShare:
        """All gateways together."""
        return _together(self.gateways.values())


def availability(
    spans: Sequence[PremisesSpan], edges: Iterable[ConditionEdge], *, until: Micros
) -> PremisesAvailability:
    """Return the availability of the premises of *spans*, given the *edges* of its conditions.

    The edges of each condition come in the order of time. What stands at the end stands *until* then.
    """
    points, gateways, lost = _out_of_service(edges, until)
    by_point = {
        point: _share(registered, [*points.get(point, ()), *lost.get(point.gateway, ())])
        for point, registered in _registered_points(spans).items()
    }
    by_gateway = {
        name: _share(registered, gateways.get(name, ()))
        for name, registered in _registered_gateways(spans).items()
    }
    return PremisesAvailability(spans[0].premises, by_point, by_gateway)


Intervals = dict[str, list[TimeStretch]]


def _out_of_service(
    edges: Iterable[ConditionEdge], until: Micros
) -> tuple[dict[PointName, list[TimeStretch]], Intervals, Intervals]:
    """Return when points, and when gateways were out of service, and when gateways were lost."""
    points = dict[PointName, list[TimeStretch]]()
    gateways, lost = Intervals(), Intervals()
    for key, interval in standing_intervals(edges, until):
        if key.scope == Scope.POINT:
            points.setdefault(PointName(key.gateway, key.name), []).append(interval)
            continue
        gateways.setdefault(key.gateway, []).append(interval)
        if key.scope == Scope.GATEWAY and key.reason in LOST_REASONS:
            lost.setdefault(key.gateway, []).append(interval)
    return points, gateways, lost


def standing_intervals(
    edges: Iterable[ConditionEdge], until: Micros
) -> Iterator[tuple[ConditionKey, TimeStretch]]:
    """Yield the times for which each condition stood; one that begins twice began the first time."""
    began = dict[ConditionKey, Micros]()
    for key, edge, at in edges:
        if edge == Edge.RAISED:
            began.setdefault(key, at)
        elif key in began:
            yield key, TimeStretch(began.pop(key), at)
    for key, at in began.items():
        yield key, TimeStretch(at, until)


def merged(intervals: Iterable[TimeStretch]) -> list[TimeStretch]:
    """Return *intervals* in order, those that overlap or touch as one."""
    found: list[TimeStretch] = []
    for each in sorted(intervals):
        if found and each.begin <= found[-1].end:
            found[-1] = TimeStretch(found[-1].begin, max(found[-1].end, each.end))
        elif each.end > each.begin:
            found.append(each)
    return found


def _share(registered: Sequence[TimeStretch], out: Iterable[TimeStretch]) -> TimeShare:
    whole = sum(each.end - each.begin for each in registered)
    gone = merged(out)
    missing = sum(_overlap(one, other) for one in registered for other in gone)
    return TimeShare(whole, whole - missing)


def _overlap(one: TimeStretch, other: TimeStretch) -> Micros:
    return max(0, min(one.end, other.end) - max(one.begin, other.begin))


def _registered_points(spans: Iterable[PremisesSpan]) -> dict[PointName, list[TimeStretch]]:
    found = dict[PointName, list[TimeStretch]]()
    for span in spans:
        for point in span.points:
            found.setdefault(point, []).append(TimeStretch(span.begin, span.end))
    return {point: merged(each) for point, each in found.items()}


def _registered_gateways(spans: Iterable[PremisesSpan]) -> Intervals:
    found = Intervals()
    for span in spans:
        for name in span.gateways:
            found.setdefault(name, []).append(TimeStretch(span.begin, span.end))
    return {name: merged(each) for name, each in found.items()}


def _together(shares: Iterable[TimeShare]) -> TimeShare:
    found = NO_TIME
    for each in shares:
        found = found.plus(each)
    return found
