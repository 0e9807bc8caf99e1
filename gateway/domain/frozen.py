"""A sensor that stands still as nothing alive does: at an end of its scale, or longer than ever."""

import math
from dataclasses import dataclass

# A value is railed, or stuck, only after it came so many times.
RAILED_SAMPLES = 10
_STUCK_SAMPLES = 60
# For how many seconds it stands still at least, and how many times longer than ever before.
_STUCK_S = 3_600.0
_STUCK_TIMES = 60.0
# How long a sensor stands still is learned over so many samples before any of it counts.
_LEARNING_SAMPLES = 256


@dataclass(frozen=True, slots=True)
class Leap:
    """From which step, and at which pace a second, no air and no sensor in it can follow."""

    step: float
    a_second: float

    def is_made_by(self, step: float, dt: float) -> bool:
        """Whether *step*, from one sample to the next after *dt* seconds, is one."""
        return step >= self.step and step >= self.a_second * dt


NO_LEAP = Leap(math.inf, 0.0)


class Rail:
    """A *value* that a sensor leapt to from calm air, and keeps to the last digit.

    A sensor that is quick enough for such a leap is quick enough to flicker with the flames, so what
    stands there without any change is the end of a scale: a short, or an open circuit. The first
    sample that differs at all ends it.
    """

    __slots__ = ("_same", "is_up", "value")

    def __init__(self, value: float, *, is_up: bool) -> None:
        self.value = value
        self.is_up = is_up  # where a fire would be, too
        self._same = 1

    @property
    def is_certain(self) -> bool:
        """Whether it stood there for long enough."""
        return self._same >= RAILED_SAMPLES

    def take(self, value: float) -> bool:
        """Whether it still stands there."""
        self._same += 1
        return value == self.value


class Stillness:
    """How long a sensor says the same, held against the longest that it ever did before.

    A smoke chamber in clean air may say 0 for days, and a coarse thermometer the same degree for hours:
    so each is measured by itself. Only what never stood still for long, and now does for an hour and
    sixty times longer than ever, is stuck.
    """

    __slots__ = ("_longest_s", "_number", "_since")

    def __init__(self) -> None:
        self._since: float | None = None
        self._number = 0
        self._longest_s = 0.0

    def goes_on(self, since: float, number: int) -> None:
        """The *number*-th sample is the same as that before it, which came at *since*."""
        if self._since is None:
            self._since, self._number = since, number

    def ends(self, t: float) -> None:
        """The value moves again; it was the same until *t*."""
        if self._since is not None:
            self._longest_s = max(self._longest_s, t - self._since)
            self._since = None

    def lasts(self, t: float) -> float:
        """For how many seconds it has said the same."""
        return 0.0 if self._since is None else t - self._since

    def is_unlike_it(self, t: float, number: int) -> bool:
        """Whether it never stood still for anything like so long as now."""
        if self._number < _LEARNING_SAMPLES or number - self._number < _STUCK_SAMPLES:
            return False
        return self.lasts(t) >= max(_STUCK_S, _STUCK_TIMES * self._longest_s)
