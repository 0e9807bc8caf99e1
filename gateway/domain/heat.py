"""Heat is a fire at the working point of the detector's class, and 10 K earlier while it rises fast."""

import math
from array import array
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

_NOTES_IN_WINDOW = 15
"""Values kept for measuring the rise, however fast the samples come."""

# Two samples of three are enough at 1 Hz; at 10 Hz what is hot must last all the same.
_LASTS_S = 0.4

# What a room's temperature was before a fire, for the share that heat adds to other signs of it. It
# follows the day, and is not followed while it is warmer than usual by this share of an alarm.
_USUAL_S = 3_600.0
_USUAL_SHARE = 0.2

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

    @property
    def cool_c(self) -> float:
        """Below this nothing begins and nothing holds, however fast it rises."""
        return self.static_c - self.prealarm_below_k - self.lowered_by_k - self.restore_below_k


class HeatJudge:
    """Judges one detector's temperature.

    Two samples of three must agree, so a single spike of any size is no fire. The rise is the
    difference to what was seen a window ago, divided by the time that really passed: it needs no
    rhythm of the samples. A rise alone is never a fire.
    """

    __slots__ = (
        "_begun",
        "_cool",
        "_figures",
        "_fire",
        "_hot_since",
        "_last_t",
        "_median",
        "_next_note",
        "_notes",
        "_prealarm",
        "_smooth",
        "_usual",
    )

    def __init__(self, figures: HeatFigures) -> None:
        self._figures = figures
        self._cool = figures.cool_c
        self._fire = Latch(figures.restore_s)
        self._prealarm = Latch(figures.restore_s)
        self._begun: Verdict = _FIRE
        self._usual: Smoother | None = None
        self._hot_since: float | None = None
        self._last_t: float | None = None
        self._next_note = -math.inf
        self._forget()

    @property
    def share(self) -> float:
        """How far it is on the way from the usual temperature to an alarm; 1 is an alarm."""
        if self._usual is None:
            return 0.0
        way = max(1.0, self._figures.static_c - self._usual.value)
        return (self._smooth.value - self._usual.value) / way

    def take(self, value: float, t: float) -> Verdict:
        """The verdict after *value* degC, seen at *t*."""
        middle = self._median.take(value)
        if middle is None:
            return NORMAL
        last_t, self._last_t = self._last_t, t
        if last_t is None:
            self._smooth.value = middle
        else:
            self._smooth.take(middle, t - last_t if t > last_t else 0.0)
        if t >= self._next_note:
            self._note(t)
        if middle < self._cool and not (self._fire.on or self._prealarm.on):
            self._hot_since = None
            return NORMAL
        return self._verdict(middle, t, t if last_t is None else last_t)

    def restart(self, value: float, t: float) -> Verdict:
        """As ``take``, after a jump to *value* that has proved true: what was before says nothing."""
        self._forget()
        self._hot_since = t - _LASTS_S  # it lasted while it proved itself
        self._median.take(value)
        return self.take(value, t)

    def _verdict(self, middle: float, t: float, last_t: float) -> Verdict:
        static = self._figures.static_c
        self._judge_fire(middle, t, last_t)
        prealarm = self._latch(self._prealarm, middle, t, static - self._figures.prealarm_below_k)
        if self._fire.on:
            return self._begun
        return _PREALARM if prealarm else NORMAL

    def _judge_fire(self, middle: float, t: float, last_t: float) -> None:
        static = self._figures.static_c
        point = self._working_point(static, t)
        if middle < point:
            self._hot_since = None
        elif self._hot_since is None:
            self._hot_since = last_t
        lasts = self._hot_since is not None and t - self._hot_since >= _LASTS_S
        calm = middle < point - self._figures.restore_below_k
        was_on = self._fire.on
        if self._fire.take(begins=lasts, calm=calm, t=t) and not was_on:
            self._begun = _FIRE if middle >= static else _RISING

    def _latch(self, latch: Latch, middle: float, t: float, static: float) -> bool:
        point = self._working_point(static, t)
        calm = middle < point - self._figures.restore_below_k
        return latch.take(begins=middle >= point, calm=calm, t=t)

    def _working_point(self, static: float, t: float) -> float:
        """*static*, lowered while the temperature rises."""
        rising = self._rise_k_per_min(t) > self._figures.rise_k_per_min
        return static - self._figures.lowered_by_k if rising else static

    def _forget(self) -> None:
        self._median = MedianOfThree()
        self._smooth = Smoother(_SMOOTHING_S)
        self._last_t = None
        self._next_note = -math.inf
        # Times and smoothed values in turn, the oldest first: a tenth of the memory of pairs of them.
        self._notes = array("d")

    def _note(self, t: float) -> None:
        """Remember where it is, no more often than the window needs, and forget what left the window."""
        notes, window = self._notes, self._figures.rise_window_s
        since = t - notes[-2] if notes else 0.0
        notes.append(t)
        notes.append(self._smooth.value)
        while len(notes) > 2 and t - notes[2] >= window:
            del notes[:2]
        self._next_note = t + window / _NOTES_IN_WINDOW
        if self._usual is None:
            self._usual = Smoother(_USUAL_S)
            self._usual.value = self._smooth.value
        elif self.share < _USUAL_SHARE:
            self._usual.take(self._smooth.value, since)

    def _rise_k_per_min(self, t: float) -> float:
        """The rise over the window; 0 before half of it has been seen."""
        then, value = self._notes[0], self._notes[1]
        if t - then < self._figures.rise_window_s / 2:
            return 0.0
        return (self._smooth.value - value) / (t - then) * 60.0
