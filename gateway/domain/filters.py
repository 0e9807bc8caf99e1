"""What judgements are made of: outlier removal, smoothing and hysteresis, for any rhythm of samples."""

import math
from enum import IntEnum
from typing import NamedTuple

from gateway.domain.changes import Reason


class Level(IntEnum):
    """How bad a point's measurement is."""

    NORMAL = 0
    PREALARM = 1
    FIRE = 2


class Verdict(NamedTuple):
    """A level and, above normal, its reason."""

    level: Level
    reason: Reason | None = None


NORMAL = Verdict(Level.NORMAL)


def median_of_three(older: float | None, newer: float | None, value: float) -> float | None:
    """The middle one of the last three values: one wild value among sound ones leaves no trace.

    Of the first two, the lower one; a first value alone proves nothing.
    """
    if newer is None:
        return None
    if older is None:
        return min(newer, value)
    # Comparisons instead of min() and max(): this is done for every sample of every point.
    low, high = (older, newer) if older <= newer else (newer, older)
    if value <= low:
        return low
    return value if value < high else high


def gain(dt: float, tau_s: float) -> float:
    """Which share of a step a first-order low pass of *tau_s* has followed after *dt* seconds."""
    return -math.expm1(-dt / tau_s)


class Latch:
    """On at once; off only after it could have been off for *restore_s* seconds in a row."""

    __slots__ = ("_calm_since", "_restore_s", "on")

    def __init__(self, restore_s: float) -> None:
        self._restore_s = restore_s
        self._calm_since: float | None = None
        self.on = False

    def take(self, *, begins: bool, calm: bool, t: float) -> bool:
        """Return whether it is on after a sample that *begins* it or is *calm*; once on, calm counts."""
        if not calm or not self.on:
            self._calm_since = None
            self.on = self.on or begins
        else:
            self._calm_since = t if self._calm_since is None else self._calm_since
            self.on = t - self._calm_since < self._restore_s
        return self.on
