"""A value that cannot be true puts its point in fault, and never in alarm; a fire is never held back."""

import math
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from contract.quantities import QUANTITIES
from gateway.domain.changes import Reason

# One unusable sample is noise, two are a fault; three sound ones in a row end it.
_BAD_TO_RAISE = 2
_GOOD_TO_RESTORE = 3

# Noise is measured over about so many samples, ...
_NOISE_GAIN = 1 / 32
# ... and ends at this share of what began it.
_QUIET_SHARE = 0.5
# So much of what is measured beyond calm air is no noise: flames flicker, smoke comes in clouds.
_FLICKER_SHARE = 0.15
# What one sample can add to the mean that a noisy sensor is judged by, in noise limits.
_LARGEST_STEP = 20.0
# What one sample can add to the noise, in noise limits.
_LARGEST_ZIGZAG = 8.0


class Trust(StrEnum):
    """What a sample is worth."""

    SOUND = "sound"
    PROVEN = "proven"  # the first one believed after a jump: what was before it says nothing
    ESTIMATED = "estimated"  # not itself, but the estimate that is certain in spite of it
    DOUBTFUL = "doubtful"
    UNUSABLE = "unusable"


class Steadiness:
    """Doubts a sample that jumped until those after it bear it out.

    Air does not change by *jump* between two samples, but a room may while no sample came, and a
    fire may begin beside the detector. So a jump is believed

    - at once when it returns to what was believed before: that was a spike;
    - after three samples, and 0.4 s, that agree with it; rising further agrees with a rise;
    - after six samples that stay away without agreeing, as far as the lowest of three: flames
      flicker, and what flickers above an alarm is one.

    A sensor that jumps away from calm air, or back there, three times within ten samples is broken,
    as no room cools like that. It is believed again after thirty samples that agree, or after 120
    that all stay away. So the first samples of all must agree as well, before any is believed.
    """

    __slots__ = (
        "_agreeing",
        "_away",
        "_believed",
        "_doubted",
        "_home",
        "_jump",
        "_jumps",
        "_last_two",
        "_since",
        "_up",
        "broken",
    )

    _WITHIN = 10
    _JUMPS_OF_A_BROKEN_ONE = 3
    _PROOF = 3
    _PROOF_S = 0.4
    _PROOF_AWAY = 6
    _PROOF_OF_A_BROKEN_ONE = 30
    _PROOF_AWAY_OF_A_BROKEN_ONE = 120

    def __init__(self, jump: float, calm: float) -> None:
        self._jump = jump
        self._home = calm + jump / 2  # calm air, or near it
        self._believed: float | None = None  # before it jumped
        self._jumps: tuple[int, ...] = ()
        self._last_two = (0.0, 0.0)
        self.broken = False
        self._begin(0.0, 0.0, up=False)

    @property
    def has_jumped(self) -> bool:
        """Whether it ever left calm air, or came back."""
        return bool(self._jumps)

    def first(self, value: float, t: float) -> None:
        """Doubt the first sample of all, which comes from nowhere."""
        self._begin(value, t, up=False)

    def doubt(self, value: float, step: float, t: float, number: int) -> None:
        """Begin to doubt: *value*, the *number*-th sample, came with a *step* from what was believed."""
        self._believed = value - step
        self._begin(value, t, up=step > 0)
        self._count_jump(value, step, number)

    def weigh(self, value: float, step: float, t: float, number: int) -> tuple[Trust, float]:
        """What *value* is worth while there is doubt, and what may be believed."""
        self._note(value, step, number)
        lowest = min(*self._last_two, value)
        self._last_two = (self._last_two[1], value)
        if not self.broken and self._has_returned(value):
            # After a spike all is as before; after long doubt what was before says nothing.
            return (Trust.SOUND if self._doubted <= self._PROOF else Trust.PROVEN), value
        if t - self._since < self._PROOF_S:
            return Trust.DOUBTFUL, value
        if self._agreeing >= (self._PROOF_OF_A_BROKEN_ONE if self.broken else self._PROOF):
            self.broken = False
            return Trust.PROVEN, value
        if self._away >= (self._PROOF_AWAY_OF_A_BROKEN_ONE if self.broken else self._PROOF_AWAY):
            self.broken = False
            return Trust.ESTIMATED, lowest
        return Trust.DOUBTFUL, value

    def _begin(self, value: float, t: float, *, up: bool) -> None:
        self._since = t
        self._agreeing = self._away = self._doubted = 0
        self._up = up
        self._last_two = (value, value)

    def _note(self, value: float, step: float, number: int) -> None:
        """Count what agrees with the sample before, what stays away, and jumps of a broken sensor."""
        self._agreeing += 1
        self._away += 1
        self._doubted += 1
        if abs(step) > self._jump and not (self._up and step > 0):
            self._agreeing = 0
            self._up = step > 0
            self._count_jump(value, step, number)

    def _has_returned(self, value: float) -> bool:
        return self._believed is not None and abs(value - self._believed) <= self._jump

    def _count_jump(self, value: float, step: float, number: int) -> None:
        """Count a jump that leaves calm air or returns there."""
        if min(value, value - step) > self._home:
            return
        self._away = 0
        self._jumps = (*self._jumps[1 - self._JUMPS_OF_A_BROKEN_ONE :], number)
        many = len(self._jumps) == self._JUMPS_OF_A_BROKEN_ONE
        if many and number - self._jumps[0] < self._WITHIN:
            self.broken = True
            self._agreeing = 0


@dataclass(frozen=True, slots=True)
class Limits:
    """What can be true of one quantity, in its unit; the same for all points that measure it.

    *noise* is the zigzag, on the average of samples, from which a sensor is noisy (that of white noise
    is half its standard deviation); above *calm* it may flicker. A larger step than *jump* is
    doubted. The same value for *stuck_after_s* means a stuck sensor, unless that is 0.
    """

    low: float
    high: float
    noise: float
    calm: float
    jump: float
    stuck_after_s: float

    @property
    def largest(self) -> float:
        """How far one sample may move the mean."""
        return self.noise * _LARGEST_STEP


_NOISE = {"smoke": (0.05, 0.0), "temperature": (2.0, 40.0), "co": (10.0, 0.0)}


@lru_cache(maxsize=256)
def limits_of(quantity: str, *, jump: float | None = None, stuck_after_s: float = 0.0) -> Limits:
    """The limits of *quantity*; all that is unknown may have any value."""
    known = QUANTITIES.get(quantity)
    low, high = (known.low, known.high) if known else (-math.inf, math.inf)
    noise, calm = _NOISE.get(quantity, (math.inf, 0.0))
    return Limits(low, high, noise, calm, math.inf if jump is None else jump, stuck_after_s)


class Plausibility:
    """Watches the values of one quantity of one point.

    *fault* is why they cannot be believed, None while they can; *believed* is what may be taken for
    true after a sample that is PROVEN or ESTIMATED. It says nothing on alarms that stand already: a
    fire that destroys its detector remains a fire.
    """

    __slots__ = (
        "_bad",
        "_doubt",
        "_good",
        "_last",
        "_limits",
        "_mean",
        "_noise",
        "_noisy",
        "_number",
        "_same_since",
        "_steadiness",
        "_step",
        "_watched",
        "believed",
        "fault",
    )

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._number = self._bad = self._good = 0
        self._last = self._step = self._mean = self._noise = self.believed = 0.0
        self._steadiness: Steadiness | None = None  # only once there was doubt
        self._doubt = self._noisy = False
        self._watched = False  # whether the next sample needs a closer look
        self._same_since: tuple[float, float] | None = None
        self.fault: Reason | None = None

    def take(self, value: float | None, t: float) -> Trust:
        """What *value* is worth; afterwards *fault* and *believed* are up to date."""
        limits = self._limits
        if value is None:
            return self._unusable(Reason.NO_VALUE)
        if not limits.low <= value <= limits.high:  # so written, it refuses NaN too
            return self._unusable(Reason.OUT_OF_RANGE)
        self._number = number = self._number + 1
        if number == 1:
            return self._first(value, t)
        step, before = value - self._last, self._step
        self._last, self._step = value, step
        noise = self._noise
        if step * before < 0.0:
            noise += self._zigzag(value, step, before) * _NOISE_GAIN
        self._noise = noise = noise - noise * _NOISE_GAIN
        self._mean += (value - self._mean) * _NOISE_GAIN
        if self._watched or noise >= limits.noise or not -limits.jump <= step <= limits.jump:
            return self._weigh(value, step, t)
        return Trust.SOUND

    def _first(self, value: float, t: float) -> Trust:
        self._last = self._mean = value
        self._bad = 0
        self._watched = self._limits.stuck_after_s > 0.0
        if math.isinf(self._limits.jump):
            return Trust.SOUND
        self._steadiness = Steadiness(self._limits.jump, self._limits.calm)
        self._steadiness.first(value, t)
        self._doubt = self._watched = True
        return Trust.DOUBTFUL

    def _weigh(self, value: float, step: float, t: float) -> Trust:
        """What a sample is worth that is not simply like the one before it."""
        self._bad = 0
        self._take_back(value)
        self.believed = value
        trust = self._steady(value, step, t)
        noisy = self._is_noisy()
        if self._steadiness is not None and self._steadiness.broken:
            self.fault, self._good = Reason.JUMPING, 0
        elif self._is_stuck(value, t):
            self.fault, self._good = Reason.STUCK, 0
        elif noisy:
            self.fault, self._good = Reason.NOISY, 0
        elif self.fault is not None:
            self._recover()
        self._watched = self._doubt or self.fault is not None or self._limits.stuck_after_s > 0.0
        if noisy and trust is not Trust.DOUBTFUL:
            self.believed = min(self.believed, self._mean - self._noise)
            return Trust.PROVEN if trust is Trust.PROVEN else Trust.ESTIMATED
        return trust

    def _steady(self, value: float, step: float, t: float) -> Trust:
        steadiness = self._steadiness
        if self._doubt and steadiness is not None:
            trust, self.believed = steadiness.weigh(value, step, t, self._number)
            self._doubt = trust not in {Trust.SOUND, Trust.PROVEN}
            if not (self._doubt or steadiness.has_jumped):
                self._steadiness = None
            return trust
        if abs(step) <= self._limits.jump:
            return Trust.SOUND
        self._doubt = True
        self._steadiness = steadiness = steadiness or Steadiness(self._limits.jump, self._limits.calm)
        steadiness.doubt(value, step, t, self._number)
        return Trust.DOUBTFUL

    def _take_back(self, value: float) -> None:
        """Let a single sample move the mean no further than it may."""
        off = (value - self._mean) / (1.0 - _NOISE_GAIN)
        largest = self._limits.largest
        if abs(off) > largest:
            self._mean -= (off - math.copysign(largest, off)) * _NOISE_GAIN

    def _is_noisy(self) -> bool:
        limits = self._limits
        limit = limits.noise + _FLICKER_SHARE * max(0.0, self._mean - limits.calm)
        self._noisy = self._noise >= limit * (_QUIET_SHARE if self._noisy else 1.0)
        return self._noisy

    def _zigzag(self, value: float, step: float, before: float) -> float:
        """How far it went to and fro about the mean, a spike a little; what is high above flickers."""
        if min(value, value - step) > self._mean:
            return 0.0
        return min(abs(step), abs(before), self._limits.noise * _LARGEST_ZIGZAG)

    def _unusable(self, reason: Reason) -> Trust:
        self._bad += 1
        self._good = 0
        self._watched = True
        if self._bad >= _BAD_TO_RAISE:
            self.fault = reason
        return Trust.UNUSABLE

    def _recover(self) -> None:
        self._good += 1
        if self._good >= _GOOD_TO_RESTORE:
            self.fault = None

    def _is_stuck(self, value: float, t: float) -> bool:
        patience = self._limits.stuck_after_s
        if patience <= 0.0:
            return False
        if self._same_since is None or self._same_since[0] != value:
            self._same_since = (value, t)
        return t - self._same_since[1] >= patience
