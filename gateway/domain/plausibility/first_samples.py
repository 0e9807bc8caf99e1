"""Doubt a sensor that was never seen calm until its samples move as a fire's do."""

from dataclasses import dataclass
from enum import StrEnum

from gateway.domain.model.reasons import SignalReason

# A doubt lasts so long, or for one sample more than the two that any alarm takes, whichever is longer.
DOUBT_S = 15.0
_DOUBT_SAMPLES = 3
# What was seen swinging is believed again after so many samples that agree, or that all stay away.
_PROOF_SAMPLES = 30
_PROOF_AWAY = 120
# ... and like any other only after so many in calm air.
_PROBATION_SAMPLES = 1_000
# What flickers down to this share of an alarm is not calm.
_WARM_SHARE = 0.8
# A fall by this share of the excess, between two samples, is no fire's.
_SWING_SHARE = 0.4


class SampleTrust(StrEnum):
    """The trust in a sample."""

    SOUND = "sound"
    PROVEN = "proven"  # the first one believed after doubt: what was before it says nothing
    ESTIMATED = "estimated"  # not itself, but the estimate that is certain in spite of it
    DOUBTFUL = "doubtful"
    UNUSABLE = "unusable"


@dataclass(frozen=True, slots=True)
class FirstSampleLimits:
    """Limits of what the first samples of one quantity can be, in its unit.

    From *hot* on they would be an alarm. A peak of *swing* that is gone at once is no fire's. Whatever
    stays within *still*, or within *still_share* of itself, stands at an end of its scale; so does all
    that is *dark*, or still below *frozen*. Calm air must be seen for *settle_s*, or so many samples.
    Where a zero can be off, a rise by *rise* is what tells a fire from it; 0 where it cannot.
    """

    hot: float
    swing: float
    still: float
    still_share: float
    dark: float
    frozen: float
    settle_s: float = 15.0
    settle_samples: int = 8
    rise: float = 0.0


class _Spell:
    """Samples without calm air between them."""

    __slots__ = ("_fell", "away", "count", "first", "high", "last", "low", "moved", "since")

    def __init__(self, value: float, t: float, *, away: int = 0, moved: bool = False) -> None:
        self.since = t
        self.moved = moved  # from the rail where it stood
        self.count, self.away = 1, away + 1
        self.first = self.last = self.low = self.high = value
        self._fell = 0.0  # the largest fall between two samples, as a share of the excess

    def add(self, value: float, hot: float) -> None:
        """Add one sample."""
        self.count += 1
        self.away += 1
        if value < self.last:
            excess = max(self.last - hot / 2, 1e-9)
            self._fell = max(self._fell, (self.last - value) / excess)
        self.last = value
        self.low, self.high = min(self.low, value), max(self.high, value)

    def error(self, limits: FirstSampleLimits) -> SignalReason | None:
        """Return the reason why no fire moves like this; None if one could."""
        if self.low >= limits.dark or self.stands_still(limits):
            return SignalReason.RAILED
        if self.high < limits.hot:
            return None
        if self._fell >= _SWING_SHARE:
            return SignalReason.JUMPING
        if limits.rise and self.last - self.first < limits.rise:
            return SignalReason.ZERO_OFFSET
        return None

    def stands_still(self, limits: FirstSampleLimits) -> bool:
        """Return whether the samples are more constant than those of any fire."""
        most = max(limits.still, limits.still_share * abs(self.high))
        return self.high - self.low <= most


class FirstSamples:
    """Doubts an alarm until it has moved like a fire, or the air was seen calm.

    A detector that is switched on into a fire is believed after 15 s, or with its third sample; one
    at its rail, in the dark, or swinging is in fault by then. *fault* is why it is not believed;
    *settled* ends it all.
    """

    __slots__ = (
        "_began_calm",
        "_calm",
        "_calm_since",
        "_limits",
        "_spell",
        "_swings",
        "_was_broken",
        "fault",
        "settled",
    )

    def __init__(self, limits: FirstSampleLimits, fault: SignalReason | None = None) -> None:
        self._limits = limits
        self._was_broken = fault is SignalReason.JUMPING
        self._swings = 0
        self._began_calm = False
        self._spell: _Spell | None = None
        self._calm_since: float | None = None
        self._calm = 0
        self.fault = fault
        self.settled = False

    @property
    def lowest(self) -> float:
        """The lowest value of the current spell."""
        return self._spell.low if self._spell else 0.0

    def weigh_sample(self, value: float, t: float) -> SampleTrust:
        """Return the trust in *value*."""
        hot = self._limits.hot
        if self._limits.frozen < value < (hot if self._spell is None else hot * _WARM_SHARE):
            return self._weigh_calm(value, t)
        return self._weigh_hot(value, t)

    def _weigh_calm(self, value: float, t: float) -> SampleTrust:
        spell, self._spell = self._spell, None
        if spell is not None and self._is_swing(spell, t):
            self._swings += 1
            # One that was hot with its first sample, and calm with its next, needs no second.
            if self._swings > 1 or self._was_broken or not self._began_calm:
                self.fault, self._was_broken = SignalReason.JUMPING, True
        self._began_calm = self._began_calm or spell is None
        if self._calm_since is None:
            self._calm_since, self._calm = t, 0
        self._calm += 1
        calm_s, limits = t - self._calm_since, self._limits
        if self._calm >= self._samples_needed() and (
            calm_s >= limits.settle_s or self._calm >= limits.settle_samples
        ):
            self.fault = None
            self.settled = not self._was_broken or self._calm >= _PROBATION_SAMPLES
        return SampleTrust.SOUND

    def _weigh_hot(self, value: float, t: float) -> SampleTrust:
        self._calm_since = None
        spell = self._spell
        if spell is None:
            self._spell = _Spell(value, t)
            return self._unproven(value)
        if self.fault is SignalReason.RAILED and not (spell.moved or spell.stands_still(self._limits)):
            self._spell = _Spell(value, t, away=spell.away, moved=True)
            return self._unproven(value)
        spell.add(value, self._limits.hot)
        if t - spell.since < DOUBT_S or spell.count < self._samples_needed():
            return self._unproven(value)
        error = spell.error(self._limits)
        if error is not None and spell.away < _PROOF_AWAY:
            self._note_fault(error, value, t)
            return self._unproven(value)
        return self._proven(error)

    def _samples_needed(self) -> int:
        return _PROOF_SAMPLES if self.fault is SignalReason.JUMPING else _DOUBT_SAMPLES

    def _note_fault(self, error: SignalReason, value: float, t: float) -> None:
        self.fault = error
        if error is SignalReason.JUMPING and self._spell is not None:
            self._was_broken = True
            self._spell = _Spell(value, t, away=self._spell.away)
        elif self._spell is not None:
            self._spell.moved = False
        self.settled = error is SignalReason.ZERO_OFFSET

    def _proven(self, error: SignalReason | None) -> SampleTrust:
        if error is SignalReason.RAILED:
            self.fault = error
            return SampleTrust.DOUBTFUL
        self.fault, self.settled = None, True
        return SampleTrust.PROVEN

    def _unproven(self, value: float) -> SampleTrust:
        return SampleTrust.SOUND if value < self._limits.hot else SampleTrust.DOUBTFUL

    def _is_swing(self, spell: _Spell, t: float) -> bool:
        return spell.high >= self._limits.swing and (spell.count == 1 or t - spell.since < DOUBT_S)
