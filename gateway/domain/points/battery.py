"""Detect a low battery in good time: by its charge, its rate of fall, or the detector's own flag."""

from collections import deque

LEAST_DAYS = 30.0
"""Days that must be left when a battery is reported low: EN 14604 wants a warning of 30 days."""

_DAY_S = 86_400.0

_DAYS_KEPT = 30

# A gauge jumps by a few percent with the temperature; a fall of less says nothing.
_LEAST_FALL = 5.0

# A battery that rises by so much was changed, or charged.
_CHANGED = 10.0

_HYSTERESIS = 5.0


class Battery:
    """The battery of one detector: low at *low_percent*, or if it will be empty within 30 days.

    The default of 15 % is meant to leave 30 days: a lithium cell that lasts for two years has 110 days
    left by its charge, and the gauges of radio detectors, which read the voltage, hardly move before
    the end and then fall fast. The fall is known since the gateway's start only.
    """

    __slots__ = ("_daily", "_is_low", "_low_percent", "_said")

    def __init__(self, low_percent: float) -> None:
        self._low_percent = low_percent
        self._daily: deque[tuple[float, float]] = deque(maxlen=_DAYS_KEPT)
        self._said = False
        self._is_low = False

    def note_flag(self, *, low: bool) -> bool:
        """Note the detector's own flag; return whether the battery is low."""
        self._said = low
        return self.is_low

    def note_percent(self, percent: float, t: float) -> bool:
        """Note the charge at *t* seconds; return whether the battery is low."""
        if self._daily and percent >= self._daily[-1][1] + _CHANGED:
            self._daily.clear()
        if not self._daily or t - self._daily[-1][0] >= _DAY_S:
            self._daily.append((t, percent))
        margin = _HYSTERESIS if self._is_low else 0.0
        empties = self._days_left(percent, t) <= LEAST_DAYS * (1.5 if self._is_low else 1.0)
        self._is_low = percent <= self._low_percent + margin or empties
        return self.is_low

    @property
    def is_low(self) -> bool:
        """Whether the battery must be changed."""
        return self._said or self._is_low

    def _days_left(self, percent: float, t: float) -> float:
        since, charge = self._daily[0]
        fall = charge - percent
        if fall < _LEAST_FALL or t - since < _DAY_S:
            return float("inf")
        return percent / fall * (t - since) / _DAY_S
