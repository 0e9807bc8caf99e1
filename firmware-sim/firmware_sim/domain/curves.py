"""Curves: the change over time, by a fire, a nuisance or a hand, of the value at one point.

A detector knows its surroundings only as changes: functions of time, called with rising times.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Change = Callable[[float], float]
"""From seconds after the scenario's start, the amount added to a point's ambient value, in its unit."""


@dataclass(frozen=True, slots=True)
class ScriptedCurve:
    """A rise with the square of time, as young fires do, to *peak*; then steady; then a decline.

    All times in seconds of the scenario; *decay_s* is the time constant of the decline after *ends_s*.
    """

    begins_s: float
    growth_s: float
    peak: float
    ends_s: float = math.inf
    decay_s: float = 30.0

    def __call__(self, t: float) -> float:
        """The change at *t*."""
        grown = max(0.0, min(t, self.ends_s) - self.begins_s) / self.growth_s
        level = self.peak * min(1.0, grown**2)
        return level if t <= self.ends_s else level * math.exp((self.ends_s - t) / self.decay_s)


@dataclass(frozen=True, slots=True)
class PressedCurve:
    """A manual call point that is pressed in at *begins_s* and reset at *ends_s*."""

    begins_s: float
    ends_s: float = math.inf

    def __call__(self, t: float) -> float:
        """1 while pressed, else 0."""
        return 1.0 if self.begins_s <= t < self.ends_s else 0.0


class SampledCurve:
    """A change calculated beforehand, every *step_s* from *begins_s* on; between, straight lines.

    Before it there is none, and after it the last value stays.
    """

    def __init__(self, begins_s: float, step_s: float, values: Sequence[float]) -> None:
        self._begins_s = begins_s
        self._step_s = step_s
        self._values = values
        self._last = len(values) - 1

    def __call__(self, t: float) -> float:
        """The change at *t*."""
        place = (t - self._begins_s) / self._step_s
        if place < 0.0:
            return 0.0
        if place >= self._last:
            return self._values[self._last]
        index = int(place)
        return self._values[index] + (place - index) * (self._values[index + 1] - self._values[index])
