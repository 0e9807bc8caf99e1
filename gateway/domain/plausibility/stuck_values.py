"""Detect a sensor that does not move: at an end of its scale, or longer than ever before."""

import math
from dataclasses import dataclass

# A value is railed only after it stood for so long, and came so many times.
RAILED_S = 10.0
_RAILED_SAMPLES = 3
_STUCK_SAMPLES = 60
# For how many seconds it stands still at least, and how many times longer than ever before.
_STUCK_S = 3_600.0
_STUCK_TIMES = 60.0
# How long a sensor stands still is learned over so many samples before any of it counts.
_LEARNING_SAMPLES = 256
# Where it would be in alarm, for so long and so many samples.
_HOT_S = 600.0
_HOT_SAMPLES = 10
# One that never moved at all: what shows hundredths, and what shows less, which a day and a night move.
_FINE_S = 7_200.0
_COARSE_S = 86_400.0


@dataclass(frozen=True, slots=True)
class LeapLimit:
    """The step, and the pace per second, that neither air nor a sensor can follow."""

    step: float
    a_second: float

    def is_made_by(self, step: float, dt: float) -> bool:
        """Return whether *step*, within *dt* seconds, is such a leap."""
        return step >= self.step and step >= self.a_second * dt


NO_LEAP = LeapLimit(math.inf, 0.0)


class RailedValue:
    """A *value* that a sensor leapt to from calm air and repeats to the last digit.

    A sensor that is quick enough for such a leap is quick enough to flicker with the flames, so what
    stands there without any change is the end of a scale: a short, or an open circuit. The first
    sample that differs at all ends it.
    """

    __slots__ = ("_same", "_since", "is_up", "value")

    def __init__(self, value: float, t: float, *, is_up: bool) -> None:
        self.value = value
        self.is_up = is_up  # where a fire would be, too
        self._since = t
        self._same = 1

    def is_certain(self, t: float) -> bool:
        """Return whether the value has stood long enough to be a fault."""
        return self._same >= _RAILED_SAMPLES and t - self._since >= RAILED_S

    def is_unchanged(self, value: float) -> bool:
        """Count *value*; return whether it is still the same."""
        self._same += 1
        return value == self.value


class StillnessWatch:
    """Compares how long a value has been the same with the longest time before.

    A smoke chamber in clean air may say 0 for days, and a coarse thermometer the same degree for hours:
    so each is measured by itself. Only what never stood still for long, and now does for an hour and
    sixty times longer than ever, is stuck.
    """

    __slots__ = ("_longest_s", "_number", "_since")

    def __init__(self) -> None:
        self._since: float | None = None
        self._number = 0
        self._longest_s = 0.0

    def continue_still(self, since: float, number: int) -> None:
        """Note that the *number*-th sample equals the one before it, which came at *since*."""
        if self._since is None:
            self._since, self._number = since, number

    def end_still(self, t: float) -> None:
        """Note that the value moves again; it was the same until *t*."""
        if self._since is not None:
            self._longest_s = max(self._longest_s, t - self._since)
            self._since = None

    def still_for_s(self, t: float) -> float:
        """Return the seconds for which the value has been the same."""
        return 0.0 if self._since is None else t - self._since

    def is_unusually_long(self, t: float, number: int) -> bool:
        """Return whether the value never was the same for nearly as long as now."""
        if self._number < _LEARNING_SAMPLES or number - self._number < _STUCK_SAMPLES:
            return False
        return self.still_for_s(t) >= max(_STUCK_S, _STUCK_TIMES * self._longest_s)

    def is_in_alarm(self, t: float, number: int) -> bool:
        """Return whether the value stands still longer than a fire's; ask only at alarm level."""
        return number - self._number >= _HOT_SAMPLES and self.still_for_s(t) >= _HOT_S

    def is_from_the_first(self, t: float, number: int, value: float) -> bool:
        """Return whether *value* is the only value ever sent; clean air may well be 0."""
        if self._number > 2 or number - self._number < _STUCK_SAMPLES or value == 0.0:
            return False
        is_fine = abs(value * 10.0 - round(value * 10.0)) > _TENTH
        return self.still_for_s(t) >= (_FINE_S if is_fine else _COARSE_S)


_TENTH = 1e-6
