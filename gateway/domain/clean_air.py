"""What clean air hardly holds is a fire when it stands clear of what the detector sees in clean air."""

import math
from dataclasses import dataclass

from gateway.domain.changes import Reason
from gateway.domain.filters import NORMAL, Latch, Level, MedianOfThree, Smoother, Verdict

# A gap in the samples is no evidence of clean air: drift counts no more of it than this.
_LONGEST_STEP_S = 60.0

# The pace of the drift is the difference between the baseline and what it was about so long ago.
_PACE_S = 14 * 86_400.0

_DAY_S = 86_400.0


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
        "_fire",
        "_last_t",
        "_level",
        "_median",
        "_paced",
        "_prealarm",
        "_verdicts",
        "above",
    )

    def __init__(self, figures: CleanAirFigures, *, fire: Reason, prealarm: Reason) -> None:
        self._figures = figures
        self._verdicts = Verdict(Level.FIRE, fire), Verdict(Level.PREALARM, prealarm)
        self._median = MedianOfThree()
        self._level = Smoother(figures.filter_s)
        self._clean = Smoother(figures.baseline_s)
        self._fire = Latch(figures.restore_s)
        self._prealarm = Latch(figures.restore_s)
        self._last_t: float | None = None
        self._paced: tuple[float, float] | None = None  # when it was looked at last, and its past
        self.above = 0.0

    @property
    def baseline(self) -> float:
        """What the detector sees in clean air."""
        return self._clean.value

    @property
    def share(self) -> float:
        """How far it is on the way from clean air to an alarm; 1 is an alarm."""
        return self.above / self._figures.alarm_above

    def take(self, value: float, t: float) -> Verdict:
        """The verdict after *value*, seen at *t* seconds."""
        figures = self._figures
        last_t, self._last_t = self._last_t, t
        middle = self._median.take(value)
        if middle is None or last_t is None:
            return NORMAL
        dt = t - last_t if t > last_t else 0.0
        level = self._level.take(middle, dt)
        self.above = above = level - self._clean.value
        if above < figures.prealarm_above:
            self._follow(middle, dt)
            if not (self._fire.on or self._prealarm.on):
                return NORMAL
        return self._verdict(level, above, t)

    def days_to_limit(self, t: float) -> float:
        """In how many days the drift will be at its limit at its present pace; inf if it does not rise.

        To be asked from time to time: between two questions it learns how fast the drift goes.
        """
        clean = self._clean.value
        last_t, past = self._paced or (t, clean)
        past += -math.expm1(-(t - last_t) / _PACE_S) * (clean - past)
        self._paced = t, past
        a_day = (clean - past) / (_PACE_S / _DAY_S)
        left = self._figures.drift_limit - clean
        if left <= 0.0:
            return 0.0
        return left / a_day if a_day > 0.0 else math.inf

    def _follow(self, middle: float, dt: float) -> None:
        clean = self._clean.take(middle, dt if dt < _LONGEST_STEP_S else _LONGEST_STEP_S)
        limit = self._figures.drift_limit
        if not -limit <= clean <= limit:
            self._clean.value = math.copysign(limit, clean)

    def _verdict(self, level: float, above: float, t: float) -> Verdict:
        figures = self._figures
        fire = self._fire.take(
            begins=above >= figures.alarm_above and level >= figures.lowest_alarm,
            calm=above < figures.alarm_above * figures.restore_share,
            t=t,
        )
        prealarm = self._prealarm.take(
            begins=above >= figures.prealarm_above,
            calm=above < figures.prealarm_above * figures.restore_share,
            t=t,
        )
        if fire:
            return self._verdicts[0]
        return self._verdicts[1] if prealarm else NORMAL
