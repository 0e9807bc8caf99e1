"""Judge heat: an alarm at the working point of the detector's class, 10 K lower during a fast rise."""

import math
from dataclasses import dataclass, field
from typing import Protocol

from gateway.domain.detection.filters import (
    NORMAL,
    AlarmLevel,
    AlarmVerdict,
    Latch,
    filter_gain,
    median_of_three,
)
from gateway.domain.model.reasons import SignalReason

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

_FIRE = AlarmVerdict(AlarmLevel.FIRE, SignalReason.HEAT_ABOVE_ALARM)
_RISING = AlarmVerdict(AlarmLevel.FIRE, SignalReason.HEAT_RISING)
_PREALARM = AlarmVerdict(AlarmLevel.PREALARM, SignalReason.HEAT_ABOVE_PREALARM)


@dataclass(frozen=True, slots=True)
class HeatThresholds:
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


class ScatterEstimate(Protocol):
    """Estimates the scatter of a sensor's samples."""

    @property
    def scatter(self) -> float:
        """The largest difference of two values that means nothing."""
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
        "_thresholds",
        "_usual",
    )

    def __init__(self, thresholds: HeatThresholds, scatter: ScatterEstimate) -> None:
        self._thresholds = thresholds
        self._scatter = scatter
        self._latches: tuple[Latch, Latch] | None = None  # only while something holds
        self._begun: AlarmVerdict = _FIRE
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
        """Share of the way from the usual temperature to an alarm; 1 is an alarm."""
        if self._seen_at is None:
            return 0.0
        if math.isnan(self._usual):
            self._usual = self._smooth
        return (self._smooth - self._usual) / max(1.0, self._thresholds.static_c - self._usual)

    def judge_sample(self, value: float, t: float) -> AlarmVerdict:
        """Return the verdict on *value* degC, measured at *t*."""
        thresholds = self._thresholds
        middle = median_of_three(self._older, self._newer, value)
        self._older, self._newer = self._newer, value
        if value < thresholds.calm_c:
            self._calm_at, self._running = t, 0
        else:
            self._running += 1
        if middle is None:
            return self.judge_doubtful_sample(value, t)
        seen_at, self._seen_at = self._seen_at, t
        if seen_at is None:
            self._smooth, seen_at = middle, t
        elif t > seen_at:
            self._smooth -= math.expm1((seen_at - t) / _SMOOTHING_S) * (middle - self._smooth)
        if t - self._marked_at >= thresholds.mark_every_s:
            self._set_mark(t)
        if middle < thresholds.cool_c and value < thresholds.static_c and self._latches is None:
            return NORMAL
        return self._verdict(middle, value, t)

    def judge_confirmed_sample(self, value: float, t: float) -> AlarmVerdict:
        """Return the verdict on *value* after a doubt that proved unfounded; forget what was before."""
        self._older, self._newer, self._seen_at = None, value, None
        self._past_at, self._marked_at = math.nan, -math.inf
        self._calm_at, self._running = -math.inf, 2  # it ran while it proved itself
        return self.judge_sample(value, t)

    def judge_doubtful_sample(self, value: float, t: float) -> AlarmVerdict:
        """Return the verdict on a doubtful *value*: a pre-alarm in place of an alarm."""
        is_hot = value >= self._thresholds.static_c
        if self._latches is None and not is_hot:
            return NORMAL
        latches = self._latches or self._new_latches()
        prealarm = latches[1].update(begins=is_hot, calm=not is_hot, t=t)
        self._latches = latches if latches[0].on or prealarm else None
        if latches[0].on:
            return self._begun
        return _PREALARM if prealarm else NORMAL

    def drop_doubt(self) -> AlarmVerdict:
        """Return the verdict after a doubt that proved right: only an earlier alarm stays."""
        if self._latches is None or self._latches[0].on:
            return NORMAL if self._latches is None else self._begun
        self._latches = None
        return NORMAL

    def _new_latches(self) -> tuple[Latch, Latch]:
        return Latch(self._thresholds.restore_s), Latch(self._thresholds.restore_s)

    def _verdict(self, middle: float, value: float, t: float) -> AlarmVerdict:
        thresholds = self._thresholds
        latches = self._latches or self._new_latches()
        point = thresholds.static_c - (thresholds.lowered_by_k if self._is_rising(t) else 0.0)
        fire = self._judge_fire(latches[0], middle, point, t=t)
        lower = point - thresholds.prealarm_below_k
        calm = middle < lower - thresholds.restore_below_k
        begins = middle >= lower or value >= thresholds.static_c
        prealarm = latches[1].update(begins=begins, calm=calm, t=t)
        self._latches = latches if fire or prealarm else None
        if fire:
            return self._begun
        return _PREALARM if prealarm else NORMAL

    def _judge_fire(self, latch: Latch, middle: float, point: float, *, t: float) -> bool:
        begins = middle >= point and self._is_out_of_calm_air(t)
        calm = middle < point - self._thresholds.restore_below_k
        was_on = latch.on
        if latch.update(begins=begins, calm=calm, t=t) and not was_on:
            self._begun = _FIRE if middle >= self._thresholds.static_c else _RISING
        return latch.on

    def _is_out_of_calm_air(self, t: float) -> bool:
        """Return whether enough samples have been out of calm air."""
        return self._running > 2 or (self._running == 2 and t - self._calm_at >= _LEAP_S)

    def _set_mark(self, t: float) -> None:
        """Measure the rise from the previous mark, and set a new one."""
        if math.isfinite(self._marked_at):
            self._follow(t - self._marked_at)
            self._past_at, self._past = self._marked_at, self._mark
        self._marked_at, self._mark = t, self._smooth

    def _follow(self, dt: float) -> None:
        """Learn the usual temperature, once ``share`` has been asked for."""
        if not math.isnan(self._usual) and self.share < _USUAL_SHARE:
            self._usual += filter_gain(dt, _USUAL_S) * (self._smooth - self._usual)

    def _is_rising(self, t: float) -> bool:
        """Return whether the temperature rises fast, and by more than noise.

        Unknown before two thirds of a window.
        """
        if math.isnan(self._past_at):
            return False
        usual = self._thresholds.rise_k_per_min * (t - self._past_at) / 60.0
        return self._smooth - self._past > usual + self._scatter.scatter
