"""Judge smoke and carbon monoxide by how far they rise above the detector's own clean air."""

import math
from dataclasses import dataclass

from gateway.domain.detection.filters import NORMAL, AlarmVerdict, Latch, filter_gain, median_of_three

# A gap in the samples is no evidence of clean air: drift counts no more of it than this.
_LONGEST_STEP_S = 60.0

# The pace of the drift is the difference between the baseline and what it was about so long ago.
_PACE_S = 14 * 86_400.0

_DAY_S = 86_400.0

Verdicts = tuple[AlarmVerdict, AlarmVerdict]
"""What is said of an alarm, and of a pre-alarm."""


@dataclass(frozen=True, slots=True)
class CleanAirThresholds:
    """Deviations in the unit of the quantity; see gateway/settings.py for meanings and sources."""

    alarm_above: float
    prealarm_above: float
    filter_s: float
    baseline_s: float
    drift_limit: float
    lowest_alarm: float
    restore_share: float
    restore_s: float


class CleanAirJudge:
    """Judges one detector's smoke or carbon monoxide.

    The median of three removes a single wild sample whatever its size, the low pass what is brief.
    Clean air begins at 0 and follows the detector slowly, never while there is smoke and never beyond
    the drift limit. So no fire is too slow: whatever rises for long enough is an alarm at the drift
    limit plus the alarm level at the latest, and what rises by an alarm level within a few time
    constants of the baseline is one much sooner.
    """

    __slots__ = (
        "_clean",
        "_latches",
        "_level",
        "_newer",
        "_older",
        "_paced",
        "_seen_at",
        "_thresholds",
        "_verdicts",
    )

    def __init__(self, thresholds: CleanAirThresholds, verdicts: Verdicts) -> None:
        self._thresholds = thresholds
        self._verdicts = verdicts
        self._older: float | None = None
        self._newer: float | None = None
        self._level = self._clean = 0.0
        self._latches: tuple[Latch, Latch] | None = None  # only while something holds
        self._seen_at: float | None = None
        self._paced: tuple[float, float] | None = None  # when it was looked at last, and its past

    @property
    def baseline(self) -> float:
        """The value of clean air, as learned."""
        return self._clean

    @property
    def share(self) -> float:
        """Share of the way from clean air to an alarm; 1 is an alarm."""
        return (self._level - self._clean) / self._thresholds.alarm_above

    def restore_baseline(self, baseline: float) -> None:
        """Continue from the clean air that was learned before a restart."""
        limit = self._thresholds.drift_limit
        self._clean = self._level = max(-limit, min(limit, baseline))

    def judge_sample(self, value: float, t: float) -> AlarmVerdict:
        """Return the verdict on *value*, measured at *t* seconds."""
        thresholds = self._thresholds
        middle = median_of_three(self._older, self._newer, value)
        self._older, self._newer = self._newer, value
        seen_at, self._seen_at = self._seen_at, t
        if middle is None or seen_at is None:
            return NORMAL
        dt = t - seen_at if t > seen_at else 0.0
        level = self._level = self._level - math.expm1(-dt / thresholds.filter_s) * (
            middle - self._level
        )
        above = level - self._clean
        if above < thresholds.prealarm_above:
            self._follow(middle, dt)
            if self._latches is None:
                return NORMAL
        return self._verdict(above, min(middle, value), t)

    def judge_confirmed_sample(self, value: float, t: float) -> AlarmVerdict:
        """Return the verdict on *value* after a doubt that proved unfounded: it lasted meanwhile."""
        self._older = self._newer = value
        self._seen_at = t
        self._level = max(self._level, value)
        return self.judge_sample(value, t)

    def judge_doubtful_sample(self, value: float, t: float) -> AlarmVerdict:
        """Return the verdict on a doubtful *value*: a pre-alarm in place of an alarm."""
        thresholds = self._thresholds
        is_high = value - self._clean >= thresholds.alarm_above and value >= thresholds.lowest_alarm
        if self._latches is None and not is_high:
            return NORMAL
        latches = self._latches or (Latch(thresholds.restore_s), Latch(thresholds.restore_s))
        is_prealarm = latches[1].update(begins=is_high, calm=not is_high, t=t)
        self._latches = latches if latches[0].on or is_prealarm else None
        if latches[0].on:
            return self._verdicts[0]
        return self._verdicts[1] if is_prealarm else NORMAL

    def drop_doubt(self) -> AlarmVerdict:
        """Return the verdict after a doubt that proved right: only an earlier alarm stays."""
        if self._latches is not None and self._latches[0].on:
            return self._verdicts[0]
        self._latches = None
        return NORMAL

    def days_to_limit(self, t: float) -> float:
        """Return the days until the drift reaches its limit at its present pace; inf if it never does.

        To be asked from time to time: between two questions it learns how fast the drift goes.
        """
        clean = self._clean
        paced_at, past = self._paced or (t, clean)
        past += filter_gain(t - paced_at, _PACE_S) * (clean - past)
        self._paced = t, past
        a_day = (clean - past) / (_PACE_S / _DAY_S)
        left = self._thresholds.drift_limit - clean
        if left <= 0.0:
            return 0.0
        return left / a_day if a_day > 0.0 else math.inf

    def _follow(self, middle: float, dt: float) -> None:
        thresholds = self._thresholds
        # So short a step of so long a filter that its gain is their ratio.
        share = (dt if dt < _LONGEST_STEP_S else _LONGEST_STEP_S) / thresholds.baseline_s
        clean = self._clean + share * (middle - self._clean)
        limit = thresholds.drift_limit
        self._clean = clean if -limit <= clean <= limit else math.copysign(limit, clean)

    def _verdict(self, above: float, now: float, t: float) -> AlarmVerdict:
        """Return the verdict on *above*, the excess by the low pass, while the air measures *now*.

        The low pass begins an alarm, the air itself ends it: the low pass falls for a minute after thick
        smoke has gone, and a puff of half a minute would outlast a verification.
        """
        thresholds, now_above = self._thresholds, min(above, now - self._clean)
        fire, prealarm = self._latches or (Latch(thresholds.restore_s), Latch(thresholds.restore_s))
        was_fire = fire.on
        is_fire = fire.update(
            begins=above >= thresholds.alarm_above and self._level >= thresholds.lowest_alarm,
            calm=now_above < thresholds.alarm_above * thresholds.restore_share,
            t=t,
        )
        if was_fire and not is_fire:
            above, self._level = now_above, min(self._level, now)
        is_prealarm = prealarm.update(
            begins=above >= thresholds.prealarm_above,
            calm=now_above < thresholds.prealarm_above * thresholds.restore_share,
            t=t,
        )
        latches = fire, prealarm
        self._latches = latches if is_fire or is_prealarm else None
        if is_fire:
            return self._verdicts[0]
        return self._verdicts[1] if is_prealarm else NORMAL
