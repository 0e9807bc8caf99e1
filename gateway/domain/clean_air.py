"""What clean air hardly holds is a fire when it stands clear of what the detector sees in clean air."""

import math
from dataclasses import dataclass

from gateway.domain.filters import NORMAL, Latch, Verdict, gain, median_of_three

# A gap in the samples is no evidence of clean air: drift counts no more of it than this.
_LONGEST_STEP_S = 60.0

# The pace of the drift is the difference between the baseline and what it was about so long ago.
_PACE_S = 14 * 86_400.0

_DAY_S = 86_400.0

Verdicts = tuple[Verdict, Verdict]
"""What is said of an alarm, and of a pre-alarm."""


@dataclass(frozen=True, slots=True)
class CleanAirFigures:
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
        "_figures",
        "_latches",
        "_level",
        "_newer",
        "_older",
        "_paced",
        "_seen_at",
        "_verdicts",
    )

    def __init__(self, figures: CleanAirFigures, verdicts: Verdicts) -> None:
        self._figures = figures
        self._verdicts = verdicts
        self._older: float | None = None
        self._newer: float | None = None
        self._level = self._clean = 0.0
        self._latches: tuple[Latch, Latch] | None = None  # only while something holds
        self._seen_at: float | None = None
        self._paced: tuple[float, float] | None = None  # when it was looked at last, and its past

    @property
    def baseline(self) -> float:
        """What the detector sees in clean air."""
        return self._clean

    @property
    def share(self) -> float:
        """How far it is on the way from clean air to an alarm; 1 is an alarm."""
        return (self._level - self._clean) / self._figures.alarm_above

    def resume(self, baseline: float) -> None:
        """Go on from the clean air that was learned before a restart."""
        limit = self._figures.drift_limit
        self._clean = self._level = max(-limit, min(limit, baseline))

    def take(self, value: float, t: float) -> Verdict:
        """The verdict after *value*, seen at *t* seconds."""
        figures = self._figures
        middle = median_of_three(self._older, self._newer, value)
        self._older, self._newer = self._newer, value
        seen_at, self._seen_at = self._seen_at, t
        if middle is None or seen_at is None:
            return NORMAL
        dt = t - seen_at if t > seen_at else 0.0
        level = self._level = self._level - math.expm1(-dt / figures.filter_s) * (middle - self._level)
        above = level - self._clean
        if above < figures.prealarm_above:
            self._follow(middle, dt)
            if self._latches is None:
                return NORMAL
        return self._verdict(above, min(middle, value), t)

    def restart(self, value: float, t: float) -> Verdict:
        """As ``take``, after doubt of *value* that has proved true: it lasted meanwhile."""
        self._older = self._newer = value
        self._seen_at = t
        self._level = max(self._level, value)
        return self.take(value, t)

    def suspect(self, value: float, t: float) -> Verdict:
        """The verdict after a *value* that is in doubt: a pre-alarm where it would be an alarm."""
        figures = self._figures
        is_high = value - self._clean >= figures.alarm_above and value >= figures.lowest_alarm
        if self._latches is None and not is_high:
            return NORMAL
        latches = self._latches or (Latch(figures.restore_s), Latch(figures.restore_s))
        is_prealarm = latches[1].take(begins=is_high, calm=not is_high, t=t)
        self._latches = latches if latches[0].on or is_prealarm else None
        if latches[0].on:
            return self._verdicts[0]
        return self._verdicts[1] if is_prealarm else NORMAL

    def dismiss(self) -> Verdict:
        """The verdict after what was suspected proved false: only an alarm stands."""
        if self._latches is not None and self._latches[0].on:
            return self._verdicts[0]
        self._latches = None
        return NORMAL

    def days_to_limit(self, t: float) -> float:
        """In how many days the drift will be at its limit at its present pace; inf if it does not rise.

        To be asked from time to time: between two questions it learns how fast the drift goes.
        """
        clean = self._clean
        paced_at, past = self._paced or (t, clean)
        past += gain(t - paced_at, _PACE_S) * (clean - past)
        self._paced = t, past
        a_day = (clean - past) / (_PACE_S / _DAY_S)
        left = self._figures.drift_limit - clean
        if left <= 0.0:
            return 0.0
        return left / a_day if a_day > 0.0 else math.inf

    def _follow(self, middle: float, dt: float) -> None:
        figures = self._figures
        # So short a step of so long a filter that its gain is their ratio.
        share = (dt if dt < _LONGEST_STEP_S else _LONGEST_STEP_S) / figures.baseline_s
        clean = self._clean + share * (middle - self._clean)
        limit = figures.drift_limit
        self._clean = clean if -limit <= clean <= limit else math.copysign(limit, clean)

    def _verdict(self, above: float, now: float, t: float) -> Verdict:
        """The verdict on what is *above* clean air by the low pass, while the air shows *now*.

        The low pass begins an alarm, the air itself ends it: the low pass falls for a minute after thick
        smoke has gone, and a puff of half a minute would outlast a verification.
        """
        figures, now_above = self._figures, min(above, now - self._clean)
        fire, prealarm = self._latches or (Latch(figures.restore_s), Latch(figures.restore_s))
        was_fire = fire.on
        is_fire = fire.take(
            begins=above >= figures.alarm_above and self._level >= figures.lowest_alarm,
            calm=now_above < figures.alarm_above * figures.restore_share,
            t=t,
        )
        if was_fire and not is_fire:
            above, self._level = now_above, min(self._level, now)
        is_prealarm = prealarm.take(
            begins=above >= figures.prealarm_above,
            calm=now_above < figures.prealarm_above * figures.restore_share,
            t=t,
        )
        latches = fire, prealarm
        self._latches = latches if is_fire or is_prealarm else None
        if is_fire:
            return self._verdicts[0]
        return self._verdicts[1] if is_prealarm else NORMAL
