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


class MedianOfThree:
    """The middle one of the last three values: one wild value among sound ones leaves no trace.

    Of the first two, the lower one; a first value alone proves nothing.
    """

    __slots__ = ("_newer", "_older")

    def __init__(self) -> None:
        self._older: float | None = None
        self._newer: float | None = None

    def take(self, value: float) -> float | None:
        """The median after *value*; None if that is the first."""
        a, b = self._older, self._newer
        self._older, self._newer = b, value
        if b is None:
            return None
        if a is None:
            return min(b, value)
        # Comparisons instead of min() and max(): this is done for every sample of every point.
        low, high = (a, b) if a <= b else (b, a)
        if value <= low:
            return low
        return value if value < high else high


class Smoother:
    """A first-order low pass with the time constant *tau_s* seconds."""

    __slots__ = ("_dt", "_gain", "_tau_s", "value")

    def __init__(self, tau_s: float) -> None:
        self._tau_s = tau_s
        self._dt = 0.0
        self._gain = 0.0
        self.value = 0.0

    def take(self, value: float, dt: float) -> float:
        """The smoothed value *dt* seconds after the last one."""
        if dt != self._dt:  # most detectors keep their rhythm
            self._dt = dt
            self._gain = -math.expm1(-dt / self._tau_s)
        self.value += self._gain * (value - self.value)
        return self.value


class Latch:
    """On at once; off only after it could have been off for *restore_s* seconds in a row."""

    __slots__ = ("_calm_since", "_restore_s", "on")

    def __init__(self, restore_s: float) -> None:
        self._restore_s = restore_s
        self._calm_since: float | None = None
        self.on = False

    def take(self, *, begins: bool, calm: bool, t: float) -> bool:
        """Whether it is on, after a sample that *begins* it or that is *calm*, or neither."""
        if begins or not calm:
            self._calm_since = None
            self.on = self.on or begins
        elif self.on:
            self._calm_since = t if self._calm_since is None else self._calm_since
            self.on = t - self._calm_since < self._restore_s
        return self.on
