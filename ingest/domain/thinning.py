"""Thins a long curve to few points, such that no peak and no dip disappears."""

from collections.abc import Iterable
from dataclasses import dataclass

Row = tuple[int, float]
"""A reading: its time in microseconds since 1970, its value."""


@dataclass(frozen=True, slots=True)
class Curve:
    """Readings of one series in the order of time; *thinned* if it stands for more of them."""

    t: list[int]
    v: list[float]
    thinned: bool


def thin(rows: list[Row], max_points: int) -> list[Row]:
    """Return at most *max_points* of *rows* in the order of time: lowest and highest of each time span.

    *rows* must be in the order of time; *max_points* is at least 2. Nothing is averaged: each row in
    the answer is one that was measured, and the lowest and highest of all are always among them.
    """
    if len(rows) <= max_points:
        return rows
    first, last = rows[0][0], rows[-1][0]
    spans = max_points // 2
    width = (last - first) // spans + 1
    extremes: dict[int, tuple[Row, Row]] = {}
    for row in rows:
        span = (row[0] - first) // width
        low, high = extremes.get(span, (row, row))
        extremes[span] = (min(low, row, key=_value), max(high, row, key=_value))
    return [row for low, high in extremes.values() for row in _in_order(low, high)]


def _value(row: Row) -> float:
    return row[1]


def _in_order(low: Row, high: Row) -> Iterable[Row]:
    return (low,) if low is high else sorted((low, high))


class Thinner:
    """Thins a curve piece by piece, in the order of time, and never holds much more than it returns."""

    def __init__(self, max_points: int) -> None:
        self._max_points = max_points
        self._rows: list[Row] = []
        self._thinned = False

    def add(self, rows: Iterable[Row]) -> None:
        """Add the next piece."""
        self._rows.extend(rows)
        # Thinning as seldom as this keeps its cost per reading constant.
        if len(self._rows) >= 4 * self._max_points + 10_000:
            self._thin()

    def curve(self) -> Curve:
        """Return the curve of all that was added."""
        self._thin()
        return Curve([t for t, _ in self._rows], [v for _, v in self._rows], self._thinned)

    def _thin(self) -> None:
        if len(self._rows) > self._max_points:
            self._rows = thin(self._rows, self._max_points)
            self._thinned = True
