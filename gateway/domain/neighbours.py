"""A point that disagrees with all its neighbours for long, while nothing burns, is in fault."""

from collections.abc import Iterable, Iterator, Sequence
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

    While any of them is in alarm or in pre-alarm nothing is a disagreement: a fire comes to one
    detector before the others. And a disagreement is a fault beside whatever else a point says; it
    holds nothing back.
    """

    def __init__(self, points: Sequence[Point], figures: NeighbourFigures) -> None:
        self._points = points
        self._figures = figures
        self._apart_since: dict[tuple[str, str], float] = {}

    def tick(self, moment: Moment) -> Iterator[Change]:
        """What follows from comparing them at *moment*."""
        if any(p.conditions.has(Kind.FIRE) or p.conditions.has(Kind.PREALARM) for p in self._points):
            self._apart_since.clear()
            return
        heard = [point for point in self._points if point.is_heard(moment)]
        for quantity, most in self._figures.apart.items():
            values = {point: point.values().get(quantity) for point in heard}
            known = {point: value for point, value in values.items() if value is not None}
            if len(known) > _FEWEST_OTHERS:
                yield from self._compared(quantity, known, most, moment)

    def _compared(
        self, quantity: str, known: dict[Point, float], most: float, moment: Moment
    ) -> Iterator[Change]:
        for point, value in known.items():
            apart = abs(value - _median_of_others(known, point))
            key = (point.name, quantity)
            if apart > most:
                since = self._apart_since.setdefault(key, moment.t)
                if moment.t - since >= self._figures.after_s:
                    yield from point.disagrees(quantity, moment, holds=True)
            else:
                self._apart_since.pop(key, None)
                if apart < most * _ENDS_AT_SHARE:
                    yield from point.disagrees(quantity, moment, holds=False)


def _median_of_others(known: dict[Point, float], point: Point) -> float:
    others: Iterable[float] = (value for each, value in known.items() if each is not point)
    return median(others)
