"""Heat is a fire at the working point of the detector's class, and 10 K earlier while it rises fast."""

import math
from dataclasses import dataclass, field
from typing import Protocol

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

# Two samples running are an alarm; a third must be warm, too, if calm air was seen less than this ago.
_LEAP_S = 2.5

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
    # What is below this is calm air, from which a spike comes and to which it returns.
    calm_c: float = field(init=False)
    mark_every_s: float = field(init=False)

    def __post_init__(self) -> None:
        lowest = self.static_c - self.prealarm_below_k - self.lowered_by_k - self.restore_below_k
        object.__setattr__(self, "cool_c", lowest)
        object.__setattr__(self, "calm_c", self.static_c - self.prealarm_below_k - self.lowered_by_k)
        object.__setattr__(self, "mark_every_s", self.rise_window_s * 2 / 3)


class Scatter(Protocol):
    """Tells by how much the samples of a sensor scatter."""

    @property
    def scatter(self) -> float:
        """By how much two values differ at most without meaning anything."""
        ...


class HeatJudge:
    """Judges one detector's temperature.

    An alarm takes two samples of three at the working point, and the last two running out of calm air;
    a third one if they leapt from it within seconds. No sample is too hot for that and no step too
    large: what is hotter, sample by sample, is never an alarm later. A single hot sample is a
    pre-alarm at once. The rise is the difference to what was seen about a window ago, between two
    thirds and four thirds of it, divided by the time that really passed: it needs no rhythm of the
    samples. It must stand clear of the sensor's *scatter*, and a rise alone is never a fire.
    """

    __slots__ = (
        "_begun",
        "_calm_at",
        "_figures",
        "_latches",
        "_mark",
        "_marked_at",
        "_newer",
        "_older",
        "_past",
        "_past_at",
        "_running",
        "_scatter",
        "_seen_at",
        "_smooth",
        "_usual",
    )

    def __init__(self, figures: HeatFigures, scatter: Scatter) -> None:
        self._figures = figures
        self._scatter = scatter
        self._latches: tuple[Latch, Latch] | None = None  # only while something holds
        self._begun: Verdict = _FIRE
        self._older: float | None = None
        self._newer: float | None = None
        self._smooth = 0.0
        self._seen_at: float | None = None
        self._calm_at = -math.inf  # when calm air was seen last, and how many samples ago
        self._running = 0
        # What the rise is measured from, and what it will be measured from next.
        self._past_at = self._past = math.nan
        self._marked_at, self._mark = -math.inf, math.nan
        self._usual = math.nan  # learned from when it is first asked for

    @property
    def share(self) -> float:
        """How far it is on the way from the usual temperature to an alarm; 1 is an alarm."""
        if self._seen_at is None:
            return 0.0
        if math.isnan(self._usual):
            self._usual = self._smooth
        return (self._smooth - self._usual) / max(1.0, self._figures.static_c - self._usual)

    def take(self, value: float, t: float) -> Verdict:
        """The verdict after *value* degC, seen at *t*."""
        figures = self._figures
        middle = median_of_three(self._older, self._newer, value)
        self._older, self._newer = self._newer, value
        if value < figures.calm_c:
            self._calm_at, self._running = t, 0
        else:
            self._running += 1
        if middle is None:
            return self.suspect(value, t)
        seen_at, self._seen_at = self._seen_at, t
        if seen_at is None:
            self._smooth, seen_at = middle, t
        elif t > seen_at:
            self._smooth -= math.expm1((seen_at - t) / _SMOOTHING_S) * (middle - self._smooth)
        if t - self._marked_at >= figures.mark_every_s:
            self._set_mark(t)
        if middle < figures.cool_c and value < figures.static_c and self._latches is None:
            return NORMAL
        return self._verdict(middle, value, t)

    def restart(self, value: float, t: float) -> Verdict:
        """As ``take``, after doubt of *value* that has proved true: what was before says nothing."""
        self._older, self._newer, self._seen_at = None, value, None
        self._past_at, self._marked_at = math.nan, -math.inf
        self._calm_at, self._running = -math.inf, 2  # it ran while it proved itself
        return self.take(value, t)

    def suspect(self, value: float, t: float) -> Verdict:
        """The verdict after a *value* that is in doubt: a pre-alarm where it would be an alarm."""
        is_hot = value >= self._figures.static_c
        if self._latches is None and not is_hot:
            return NORMAL
        latches = self._latches or self._new_latches()
        prealarm = latches[1].take(begins=is_hot, calm=not is_hot, t=t)
        self._latches = latches if latches[0].on or prealarm else None
        if latches[0].on:
            return self._begun
        return _PREALARM if prealarm else NORMAL

    def dismiss(self) -> Verdict:
        """The verdict after what was suspected proved false: only an alarm stands."""
        if self._latches is None or self._latches[0].on:
            return NORMAL if self._latches is None else self._begun
        self._latches = None
        return NORMAL

    def _new_latches(self) -> tuple[Latch, Latch]:
        return Latch(self._figures.restore_s), Latch(self._figures.restore_s)

    def _verdict(self, middle: float, value: float, t: float) -> Verdict:
        figures = self._figures
        latches = self._latches or self._new_latches()
        point = figures.static_c - (figures.lowered_by_k if self._is_rising(t) else 0.0)
        fire = self._judge_fire(latches[0], middle, point, t=t)
        lower = point - figures.prealarm_below_k
        calm = middle < lower - figures.restore_below_k
        begins = middle >= lower or value >= figures.static_c
        prealarm = latches[1].take(begins=begins, calm=calm, t=t)
        self._latches = latches if fire or prealarm else None
        if fire:
            return self._begun
        return _PREALARM if prealarm else NORMAL

    def _judge_fire(self, latch: Latch, middle: float, point: float, *, t: float) -> bool:
        begins = middle >= point and self._runs(t)
        calm = middle < point - self._figures.restore_below_k
        was_on = latch.on
        if latch.take(begins=begins, calm=calm, t=t) and not was_on:
            self._begun = _FIRE if middle >= self._figures.static_c else _RISING
        return latch.on

    def _runs(self, t: float) -> bool:
        """Return whether it is out of calm air for long enough."""
        return self._running > 2 or (self._running == 2 and t - self._calm_at >= _LEAP_S)

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

    def _is_rising(self, t: float) -> bool:
        """Return whether it rises fast, and by more than noise does.

        Unknown before two thirds of a window.
        """
        if math.isnan(self._past_at):
            return False
        usual = self._figures.rise_k_per_min * (t - self._past_at) / 60.0
        return self._smooth - self._past > usual + self._scatter.scatter
