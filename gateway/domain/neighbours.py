"""A point that disagrees with all its neighbours for long, while nothing burns, is in fault."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from contract.messages import Kind
from gateway.domain.changes import Change, Moment
from gateway.domain.point import Point

_FEWEST_OTHERS = 2
"""With a single neighbour nobody could say which of the two is wrong."""

_ENDS_AT_SHARE = 0.5
"""It agrees again when it is within this share of what began the disagreement."""


@dataclass(frozen=True, slots=True)
class NeighbourFigures:
    """How far a point may be from the median of its neighbours, by quantity, and for how long."""

    apart: dict[str, float]
    after_s: float


class Neighbours:
    """Points that hang in one room. To be asked about once a minute.

    While any of them is in alarm or two in pre-alarm nothing is a disagreement: a fire comes to one
    detector before the others. What is known to disagree is no measure for the others. And a
    disagreement is a fault beside whatever else a point says; it holds nothing back.
    """

    def __init__(self, points: Sequence[Point], figures: NeighbourFigures) -> None:
        self._points = points
        self._figures = figures
        self._apart_since: dict[tuple[str, str], float] = {}
        self._blamed: set[tuple[str, str]] = set()

    def tick(self, moment: Moment) -> Iterator[Change]:
        """What follows from comparing them at *moment*."""
        if self._see_a_fire():
            self._apart_since.clear()
            return
        heard = [point for point in self._points if point.is_heard(moment)]
        for quantity, most in self._figures.apart.items():
            values = {point: point.values().get(quantity) for point in heard}
            known = {point: value for point, value in values.items() if value is not None}
            if len(known) > _FEWEST_OTHERS:
                yield from self._compared(quantity, known, most, moment)

    def _see_a_fire(self) -> bool:
        """Return whether one is in alarm, or two in pre-alarm: a single one may drift into it."""
        prealarms = sum(p.conditions.has(Kind.PREALARM) for p in self._points)
        return prealarms > 1 or any(p.conditions.has(Kind.FIRE) for p in self._points)

    def bear_out(self, moment: Moment) -> Iterator[Change]:
        """Yield what follows where one of them sees a fire in doubt, and two others see it, too."""
        for point in self._points:
            if point.doubts_fire and sum(each.burns for each in self._points if each is not point) > 1:
                yield from point.bear_out(moment)

    def _compared(
        self, quantity: str, known: dict[Point, float], most: float, moment: Moment
    ) -> Iterator[Change]:
        agreed = {p: value for p, value in known.items() if (p.name, quantity) not in self._blamed}
        for point, value in known.items():
            others = [other for each, other in agreed.items() if each is not point]
            if len(others) >= _FEWEST_OTHERS:
                apart = abs(value - median(others))
                yield from self._held_against(point, quantity, apart / most, moment)

    def _held_against(
        self, point: Point, quantity: str, share: float, moment: Moment
    ) -> Iterator[Change]:
        """Yield what follows for *point* that is apart from the others by *share* of what it may be."""
        key = (point.name, quantity)
        if share > 1.0:
            since = self._apart_since.setdefault(key, moment.t)
            if moment.t - since >= self._figures.after_s:
                self._blamed.add(key)
                yield from point.disagrees(quantity, moment, holds=True)
            return
        self._apart_since.pop(key, None)
        if share < _ENDS_AT_SHARE:
            self._blamed.discard(key)
            yield from point.disagrees(quantity, moment, holds=False)
