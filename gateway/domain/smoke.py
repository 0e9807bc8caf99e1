"""Smoke is a fire when the filtered obscuration stands clear of what the detector sees in clean air."""

from dataclasses import dataclass

from gateway.domain.changes import Reason
from gateway.domain.filters import NORMAL, Latch, Level, MedianOfThree, Smoother, Verdict

# A gap in the samples is no evidence of clean air: drift counts no more of it than this.
_LONGEST_STEP_S = 60.0

_FIRE = Verdict(Level.FIRE, Reason.SMOKE_ABOVE_ALARM)
_PREALARM = Verdict(Level.PREALARM, Reason.SMOKE_ABOVE_PREALARM)


@dataclass(frozen=True, slots=True)
class SmokeFigures:
    """Deviations in dB/m; see gateway/settings.py for what each means and where it comes from."""

    alarm_above_db_m: float
    prealarm_above_db_m: float
    filter_s: float
    baseline_hours: float
    drift_limit_db_m: float
    lowest_alarm_db_m: float
    restore_share: float
    restore_s: float


class SmokeJudge:
    """Judges one detector's obscuration.

    The median of three removes a single wild sample whatever its size, the low pass what is brief.
    Clean air begins at 0 dB/m and follows the detector slowly, never while there is smoke and never
    beyond the drift limit: neither a smouldering fire nor a dirty chamber moves it far.
    """

    def __init__(self, figures: SmokeFigures) -> None:
        self._figures = figures
        self._median = MedianOfThree()
        self._level = Smoother(figures.filter_s)
        self._clean = Smoother(figures.baseline_hours * 3600.0)
        self._fire = Latch(figures.restore_s)
        self._prealarm = Latch(figures.restore_s)
        self._last_t: float | None = None

    @property
    def baseline(self) -> float:
        """What the detector sees in clean air, in dB/m."""
        return self._clean.value

    def take(self, value: float, t: float) -> Verdict:
        """The verdict after *value* dB/m, seen at *t*."""
        figures = self._figures
        dt = 0.0 if self._last_t is None else max(0.0, t - self._last_t)
        self._last_t = t
        middle = self._median.take(value)
        if middle is None:
            return NORMAL
        level = self._level.take(middle, dt)
        above = level - self._clean.value
        if above < figures.prealarm_above_db_m:
            self._follow(middle, min(dt, _LONGEST_STEP_S))
        return self._verdict(level, above, t)

    def _follow(self, middle: float, dt: float) -> None:
        limit = self._figures.drift_limit_db_m
        clean = self._clean.take(middle, dt)
        self._clean.value = max(-limit, min(limit, clean))

    def _verdict(self, level: float, above: float, t: float) -> Verdict:
        figures = self._figures
        fire = self._fire.take(
            begins=above >= figures.alarm_above_db_m and level >= figures.lowest_alarm_db_m,
            calm=above < figures.alarm_above_db_m * figures.restore_share,
            t=t,
        )
        prealarm = self._prealarm.take(
            begins=above >= figures.prealarm_above_db_m,
            calm=above < figures.prealarm_above_db_m * figures.restore_share,
            t=t,
        )
        if fire:
            return _FIRE
        return _PREALARM if prealarm else NORMAL
