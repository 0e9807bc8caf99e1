"""Heat is a fire at the working point of the detector's class, and 10 K earlier while it rises fast."""

from collections import deque
from dataclasses import dataclass

from gateway.domain.changes import Reason
from gateway.domain.filters import NORMAL, Latch, Level, MedianOfThree, Smoother, Verdict

# EN 54-5, table 1: the lowest temperature in degC at which a detector of the class may respond.
HEAT_CLASSES = {
    "A1": 54.0,
    "A2": 54.0,
    "B": 69.0,
    "C": 84.0,
    "D": 99.0,
    "E": 114.0,
    "F": 129.0,
    "G": 144.0,
}

# The rise is measured between smoothed values, so that noise of 1 K in a sample is no rise.
_SMOOTHING_S = 5.0

_NOTES_IN_WINDOW = 30
"""Values kept for measuring the rise, however fast the samples come."""

_FIRE = Verdict(Level.FIRE, Reason.HEAT_ABOVE_ALARM)
_RISING = Verdict(Level.FIRE, Reason.HEAT_RISING)
_PREALARM = Verdict(Level.PREALARM, Reason.HEAT_ABOVE_PREALARM)


@dataclass(frozen=True, slots=True)
class HeatFigures:
    """Temperatures in degC, differences in K; see gateway/settings.py."""

    static_c: float
    rise_k_per_min: float
    lowered_by_k: float
    prealarm_below_k: float
    rise_window_s: float
    jump_k: float
    restore_below_k: float
    restore_s: float


class HeatJudge:
    """Judges one detector's temperature.

    Two samples of three must agree, so a single spike of any size is no fire. The rise is the
    difference to what was seen a window ago, divided by the time that really passed: it needs no
    rhythm of the samples. A rise alone is never a fire.
    """

    def __init__(self, figures: HeatFigures) -> None:
        self._figures = figures
        self._fire = Latch(figures.restore_s)
        self._prealarm = Latch(figures.restore_s)
        self._begun: Verdict = _FIRE
        self._forget()

    def take(self, value: float, t: float) -> Verdict:
        """The verdict after *value* degC, seen at *t*."""
        middle = self._median.take(value)
        if middle is None:
            return NORMAL
        self._note(middle, t)
        static = self._figures.static_c
        self._judge_fire(middle, t, static)
        prealarm = self._latch(self._prealarm, middle, t, static - self._figures.prealarm_below_k)
        if self._fire.on:
            return self._begun
        return _PREALARM if prealarm else NORMAL

    def restart(self, value: float, t: float) -> Verdict:
        """As ``take``, after a jump to *value* that has proved true: what was before says nothing."""
        self._forget()
        self._median.take(value)
        return self.take(value, t)

    def _judge_fire(self, middle: float, t: float, static: float) -> None:
        was_on = self._fire.on
        if self._latch(self._fire, middle, t, static) and not was_on:
            self._begun = _FIRE if middle >= static else _RISING

    def _latch(self, latch: Latch, middle: float, t: float, static: float) -> bool:
        """Take *middle* against a working point of *static*, lowered while the temperature rises."""
        lowered = static - self._figures.lowered_by_k
        if middle < lowered - self._figures.restore_below_k and not latch.on:
            return False
        rising = self._rise_k_per_min(t) > self._figures.rise_k_per_min
        point = lowered if rising else static
        calm = middle < point - self._figures.restore_below_k
        return latch.take(begins=middle >= point, calm=calm, t=t)

    def _forget(self) -> None:
        self._median = MedianOfThree()
        self._smooth = Smoother(_SMOOTHING_S)
        self._last_t: float | None = None
        self._notes: deque[tuple[float, float]] = deque()

    def _note(self, middle: float, t: float) -> None:
        """Remember *middle*, no more often than the window needs, and forget what left the window."""
        if self._last_t is None:
            self._smooth.value = middle
        else:
            self._smooth.take(middle, max(0.0, t - self._last_t))
        self._last_t = t
        window = self._figures.rise_window_s
        if not self._notes or t - self._notes[-1][0] >= window / _NOTES_IN_WINDOW:
            self._notes.append((t, self._smooth.value))
        while len(self._notes) > 1 and t - self._notes[1][0] >= window:
            self._notes.popleft()

    def _rise_k_per_min(self, t: float) -> float:
        """The rise over the window; 0 before half of it has been seen."""
        then, value = self._notes[0]
        if t - then < self._figures.rise_window_s / 2:
            return 0.0
        return (self._smooth.value - value) / (t - then) * 60.0
