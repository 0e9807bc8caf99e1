"""Report a point as faulty that disagrees with all others of its room for long, without a fire."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from contract.messages import Kind
from gateway.domain.model.conditions import ConditionChange
from gateway.domain.model.moment import Moment
from gateway.domain.points.point import MonitoredPoint

_FEWEST_OTHERS = 2
"""With a single neighbour nobody could say which of the two is wrong."""

_ENDS_AT_SHARE = 0.5
"""It agrees again when it is within this share of what began the disagreement."""


@dataclass(frozen=True, slots=True)
class NeighbourThresholds:
    """The allowed distance from the median of the neighbours, by quantity, and for how long."""

    apart: dict[str, float]
    after_s: float


class RoomComparison:
    """The points of one room. Compare them about once a minute.

    While any of them is in alarm or two in pre-alarm nothing is a disagreement: a fire comes to one
    detector before the others. What is known to disagree is no measure for the others. And a
    disagreement is a fault beside whatever else a point says; it holds nothing back.
    """

    def __init__(self, points: Sequence[MonitoredPoint], thresholds: NeighbourThresholds) -> None:
        self._points = points
        self._thresholds = thresholds
        self._apart_since: dict[tuple[str, str], float] = {}
        self._blamed: set[tuple[str, str]] = set()

    def tick(self, moment: Moment) -> Iterator[ConditionChange]:
        """Yield the changes that a comparison at *moment* brings."""
        if self._sees_fire():
            self._apart_since.clear()
            return
        heard = [point for point in self._points if point.is_heard(moment)]
        for quantity, most in self._thresholds.apart.items():
            values = {point: point.values().get(quantity) for point in heard}
            known = {point: value for point, value in values.items() if value is not None}
            if len(known) > _FEWEST_OTHERS:
                yield from self._compare_quantity(quantity, known, most, moment)

    def _sees_fire(self) -> bool:
        """Return whether one is in alarm, or two in pre-alarm: a single one may drift into it."""
        prealarms = sum(p.conditions.has(Kind.PREALARM) for p in self._points)
        return prealarms > 1 or any(p.conditions.has(Kind.FIRE) for p in self._points)

    def confirm_doubted_fires(self, moment: Moment) -> Iterator[ConditionChange]:
        """Yield the changes of points whose doubted fire two others confirm."""
        for point in self._points:
            if (
                point.doubts_fire
                and sum(each.sees_fire_or_prealarm for each in self._points if each is not point) > 1
            ):
                yield from point.confirm_doubted_fire(moment)

    def _compare_quantity(
        self, quantity: str, known: dict[MonitoredPoint, float], most: float, moment: Moment
    ) -> Iterator[ConditionChange]:
        agreed = {p: value for p, value in known.items() if (p.name, quantity) not in self._blamed}
        for point, value in known.items():
            others = [other for each, other in agreed.items() if each is not point]
            if len(others) >= _FEWEST_OTHERS:
                apart = abs(value - median(others))
                yield from self._update_point(point, quantity, apart / most, moment)

    def _update_point(
        self, point: MonitoredPoint, quantity: str, share: float, moment: Moment
    ) -> Iterator[ConditionChange]:
        """Yield the changes of *point*, whose distance is *share* of the allowed one."""
        key = (point.name, quantity)
        if share > 1.0:
            since = self._apart_since.setdefault(key, moment.t)
            if moment.t - since >= self._thresholds.after_s:
                self._blamed.add(key)
                yield from point.set_disagreement(quantity, moment, holds=True)
            return
        self._apart_since.pop(key, None)
        if share < _ENDS_AT_SHARE:
            self._blamed.discard(key)
            yield from point.set_disagreement(quantity, moment, holds=False)
