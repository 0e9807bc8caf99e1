"""Heat is a fire at the working point of the detector's class, and 10 K earlier while it rises fast."""

import math
from dataclasses import dataclass, field

from gateway.domain.changes import Reason
from gateway.domain.filters import NORMAL, Latch, Level, Verdict, gain, median_of_three

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
    # Below this nothing begins and nothing holds, however fast it rises.
    cool_c: float = field(init=False)
    mark_every_s: float = field(init=False)

    def __post_init__(self) -> None:
        lowest = self.static_c - self.prealarm_below_k - self.lowered_by_k - self.restore_below_k
        object.__setattr__(self, "cool_c", lowest)
        object.__setattr__(self, "mark_every_s", self.rise_window_s * 2 / 3)


class HeatJudge:
    """Judges one detector's temperature.

    Two samples of three must agree, so a single spike of any size is no fire. The rise is the
    difference to what was seen about a window ago, between two thirds and four thirds of it, divided
    by the time that really passed: it needs no rhythm of the samples. A rise alone is never a fire.
    """

    __slots__ = (
        "_begun",
        "_figures",
        "_hot_since",
        "_latches",
        "_mark",
        "_marked_at",
        "_newer",
        "_older",
        "_past",
        "_past_at",
        "_seen_at",
        "_smooth",
        "_usual",
    )

    def __init__(self, figures: HeatFigures) -> None:
        self._figures = figures
        self._latches: tuple[Latch, Latch] | None = None  # only while something holds
        self._begun: Verdict = _FIRE
        self._older: float | None = None
        self._newer: float | None = None
        self._smooth = 0.0
        self._seen_at: float | None = None
        self._hot_since: float | None = None
        # What the rise is measured from, and what it will be measured from next.
        self._past_at = self._past = math.nan
        self._marked_at, self._mark = -math.inf, math.nan
        self._usual = math.nan  # learned from when it is first asked for

    @property
    def share(self) -> float:
        """How far it is on the way from the usual temperature to an alarm; 1 is an alarm."""
        if math.isnan(self._usual):
            self._usual = self._smooth
        return (self._smooth - self._usual) / max(1.0, self._figures.static_c - self._usual)

    def take(self, value: float, t: float) -> Verdict:
        """The verdict after *value* degC, seen at *t*."""
        middle = median_of_three(self._older, self._newer, value)
        self._older, self._newer = self._newer, value
        if middle is None:
            return NORMAL
        seen_at, self._seen_at = self._seen_at, t
        if seen_at is None:
            self._smooth, seen_at = middle, t
        elif t > seen_at:
            self._smooth -= math.expm1((seen_at - t) / _SMOOTHING_S) * (middle - self._smooth)
        figures = self._figures
        if t - self._marked_at >= figures.mark_every_s:
            self._set_mark(t)
        if middle < figures.cool_c and self._latches is None:
            self._hot_since = None
            return NORMAL
        return self._verdict(middle, t, seen_at)

    def restart(self, value: float, t: float) -> Verdict:
        """As ``take``, after a jump to *value* that has proved true: what was before says nothing."""
        self._older, self._newer, self._seen_at = None, value, None
        self._past_at, self._marked_at = math.nan, -math.inf
        self._hot_since = t - _LASTS_S  # it lasted while it proved itself
        return self.take(value, t)

    def _verdict(self, middle: float, t: float, seen_at: float) -> Verdict:
        restore_s = self._figures.restore_s
        latches = self._latches or (Latch(restore_s), Latch(restore_s))
        rising = self._rise_k_per_min(t) > self._figures.rise_k_per_min
        point = self._figures.static_c - (self._figures.lowered_by_k if rising else 0.0)
        fire = self._judge_fire(latches[0], middle, point, t=t, seen_at=seen_at)
        lower = point - self._figures.prealarm_below_k
        calm = middle < lower - self._figures.restore_below_k
        prealarm = latches[1].take(begins=middle >= lower, calm=calm, t=t)
        self._latches = latches if fire or prealarm else None
        if fire:
            return self._begun
        return _PREALARM if prealarm else NORMAL

    def _judge_fire(
        self, latch: Latch, middle: float, point: float, *, t: float, seen_at: float
    ) -> bool:
        if middle < point:
            self._hot_since = None
        elif self._hot_since is None:
            self._hot_since = seen_at
        lasts = self._hot_since is not None and t - self._hot_since >= _LASTS_S
        calm = middle < point - self._figures.restore_below_k
        was_on = latch.on
        if latch.take(begins=lasts, calm=calm, t=t) and not was_on:
            self._begun = _FIRE if middle >= self._figures.static_c else _RISING
        return latch.on

    def _set_mark(self, t: float) -> None:
        """Measure the rise from the last mark on, and mark where it is now."""
        if math.isfinite(self._marked_at):
            self._follow(t - self._marked_at)
            self._past_at, self._past = self._marked_at, self._mark
        self._marked_at, self._mark = t, self._smooth

    def _follow(self, dt: float) -> None:
        """Learn which temperature is usual here, if anybody asks for it."""
        if not math.isnan(self._usual) and self.share < _USUAL_SHARE:
            self._usual += gain(dt, _USUAL_S) * (self._smooth - self._usual)

    def _rise_k_per_min(self, t: float) -> float:
        """The rise over about a window; 0 before two thirds of it have been seen."""
        if math.isnan(self._past_at):
            return 0.0
        return (self._smooth - self._past) / (t - self._past_at) * 60.0
