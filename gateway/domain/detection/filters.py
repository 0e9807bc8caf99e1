"""Filters of judges, for any sampling rhythm: outlier removal, smoothing and hysteresis."""

import math
from enum import IntEnum
from typing import NamedTuple

from gateway.domain.model.reasons import SignalReason


class AlarmLevel(IntEnum):
    """The level of a measurement."""

    NORMAL = 0
    PREALARM = 1
    FIRE = 2


class AlarmVerdict(NamedTuple):
    """A level and, above normal, its reason."""

    level: AlarmLevel
    reason: SignalReason | None = None


NORMAL = AlarmVerdict(AlarmLevel.NORMAL)


def median_of_three(older: float | None, newer: float | None, value: float) -> float | None:
    """Return the median of the last three values, which removes a single outlier.

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


def filter_gain(dt: float, tau_s: float) -> float:
    """Return the share of a step that a first-order low pass of *tau_s* follows in *dt* seconds."""
    return -math.expm1(-dt / tau_s)


class Latch:
    """Switches on at once, and off only after *restore_s* calm seconds in a row."""

    __slots__ = ("_calm_since", "_restore_s", "on")

    def __init__(self, restore_s: float) -> None:
        self._restore_s = restore_s
        self._calm_since: float | None = None
        self.on = False

    def update(self, *, begins: bool, calm: bool, t: float) -> bool:
        """Return whether it is on after a sample that *begins* it or is *calm*; once on, calm counts."""
        if not calm or not self.on:
            self._calm_since = None
            self.on = self.on or begins
        else:
            self._calm_since = t if self._calm_since is None else self._calm_since
            self.on = t - self._calm_since < self._restore_s
        return self.on
