"""A value that cannot be true puts its point in fault, and never in alarm; a fire is never held back."""

import math
from dataclasses import dataclass, field
from functools import lru_cache

from contract.quantities import QUANTITIES
from gateway.domain.changes import Reason
from gateway.domain.frozen import NO_LEAP, Leap, Rail, Stillness
from gateway.domain.steadiness import Steadiness, Trust

# One unusable sample is noise, two are a fault; three sound ones in a row end it.
_BAD_TO_RAISE = 2
_GOOD_TO_RESTORE = 3

# Noise is measured over about so many samples, ...
_NOISE_GAIN = 1 / 32
# ... and ends at this share of what began it.
_QUIET_SHARE = 0.5
# For so many samples after a wide zigzag no more is believed than the lowest of three.
_RESTLESS_SAMPLES = 8
# So much of what is measured beyond calm air is no noise: flames flicker, smoke comes in clouds.
_FLICKER_SHARE = 0.15
# What one sample can add to the mean that a noisy sensor is judged by, in noise limits.
_LARGEST_STEP = 20.0
# What one sample can add to the noise, in noise limits.
_LARGEST_ZIGZAG = 8.0


@dataclass(frozen=True, slots=True)
class Limits:
    """What can be true of one quantity, in its unit; the same for all points that measure it.

    *noise* is the zigzag, on the average of samples, from which a sensor is noisy (that of white noise
    is half its standard deviation); above *calm* it may flicker. After a single *zigzag* so wide it is
    restless. A larger step than *jump* is doubted. A *leap* from *home*, where no fire is, or a *drop*
    from there is an end of the scale if the sensor then stands still. The same value for
    *stuck_after_s* means a stuck one, unless that is 0.
    """

    low: float
    high: float
    noise: float
    zigzag: float
    calm: float
    home: float
    jump: float
    leap: Leap
    drop: Leap
    stuck_after_s: float
    # Whether it is measured, so that it may be held against how it stood still before.
    analog: bool
    # Steps beyond these need a closer look.
    highest_step: float = field(init=False)
    lowest_step: float = field(init=False)
    # How far one sample may move the mean.
    largest: float = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "highest_step", min(self.jump, self.leap.step))
        object.__setattr__(self, "lowest_step", -min(self.jump, self.drop.step))
        object.__setattr__(self, "largest", self.noise * _LARGEST_STEP)


@dataclass(frozen=True, slots=True)
class _Nature:
    """What the air, and any sensor in it, can do; in the unit of the quantity."""

    noise: float
    zigzag: float
    calm: float
    home: float
    leap: Leap
    drop: Leap = NO_LEAP


# Leaps. Heat: an element of RTI 25 (m s)^(1/2) in a jet of 1.5 m/s follows it with 20 s (Heskestad and
# Smith): for 100 K in 4 s the jet would have to be 550 K hotter at once. Smoke: the test fires of
# EN 54-7 end at about 2 dB/m after minutes (recalled, not read). CO: a cell shows 90 % after 45 s. A
# dead thermometer drops to 0 degC or below; dead cells and chambers say 0 as clean air does.
_NATURES = {
    "smoke": _Nature(0.05, 0.1, 0.0, 0.5, Leap(5.0, 1.0)),
    "temperature": _Nature(2.0, math.inf, 40.0, 55.0, Leap(100.0, 25.0), Leap(15.0, 3.0)),
    "co": _Nature(10.0, math.inf, 0.0, 50.0, Leap(500.0, 100.0)),
}
_UNKNOWN = _Nature(math.inf, math.inf, 0.0, 0.0, NO_LEAP)


@lru_cache(maxsize=256)
def limits_of(quantity: str, *, jump: float | None = None, stuck_after_s: float = 0.0) -> Limits:
    """The limits of *quantity*; all that is unknown may have any value."""
    known = QUANTITIES.get(quantity)
    low, high = (known.low, known.high) if known else (-math.inf, math.inf)
    nature = _NATURES.get(quantity, _UNKNOWN)
    return Limits(
        low=low,
        high=high,
        noise=nature.noise,
        zigzag=nature.zigzag,
        calm=nature.calm,
        home=nature.home,
        jump=math.inf if jump is None else jump,
        leap=nature.leap,
        drop=nature.drop,
        stuck_after_s=stuck_after_s,
        analog=nature is not _UNKNOWN,
    )


class Plausibility:
    """Watches the values of one quantity of one point.

    *fault* is why they cannot be believed, None while they can; *believed* is what may be taken for
    true after a sample that is PROVEN or ESTIMATED. It says nothing on alarms that stand already: a
    fire that destroys its detector remains a fire.
    """

    __slots__ = (
        "_at",
        "_bad",
        "_doubt",
        "_good",
        "_last",
        "_limits",
        "_mean",
        "_noise",
        "_noisy",
        "_number",
        "_rail",
        "_restless_until",
        "_steadiness",
        "_step",
        "_stillness",
        "_watched",
        "believed",
        "fault",
    )

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._number = self._bad = self._good = self._restless_until = 0
        self._at = 0.0  # when the last usable sample came
        self._last = self._mean = self._noise = self.believed = 0.0
        self._step = math.nan  # of which nothing follows
        self._steadiness: Steadiness | None = None  # only once there was doubt
        self._doubt = self._noisy = False
        self._watched = False  # whether the next sample needs a closer look
        self._stillness: Stillness | None = None  # only once it said the same twice
        self._rail: Rail | None = None
        self.fault: Reason | None = None

    def was_railed(self) -> None:
        """Before a restart it stood at an end of its scale: it is doubted until it moves."""
        if self._limits.analog:
            self._rail = Rail(math.nan, is_up=True)

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
        step, before, at = value - self._last, self._step, self._at
        self._last, self._step, self._at = value, step, t
        noise = self._noise
        if step * before < 0.0:
            zigzag = self._zigzag(value, step, before)
            noise += zigzag * _NOISE_GAIN
            if zigzag >= limits.zigzag:
                self._restless_until, self._watched = number + _RESTLESS_SAMPLES, True
        self._noise = noise = noise - noise * _NOISE_GAIN
        self._mean += (value - self._mean) * _NOISE_GAIN
        if step == 0.0 or before == 0.0:
            self._stand_still(step, t, at)
        if (
            self._watched
            or noise >= limits.noise
            or not limits.lowest_step <= step <= limits.highest_step
        ):
            lowest = min(value, value - step, value - step - before)
            return self._weigh(value, step, t, t - at, lowest=lowest)
        return Trust.SOUND

    def _first(self, value: float, t: float) -> Trust:
        self._last = self._mean = value
        self._at = t
        self._bad = 0
        if self._rail is not None:
            self._rail, self._watched = Rail(value, is_up=value > self._limits.home), True
        if math.isinf(self._limits.jump):
            return Trust.SOUND
        self._steadiness = Steadiness(self._limits.jump, self._limits.calm)
        self._steadiness.first(value, t)
        self._doubt = self._watched = True
        return Trust.DOUBTFUL

    def _weigh(self, value: float, step: float, t: float, dt: float, *, lowest: float) -> Trust:
        """What a sample is worth that is not simply like the one before it."""
        self._bad = 0
        self._take_back(value)
        self.believed = value
        trust = Trust.DOUBTFUL if self._stands_at_rail(value) else self._steady(value, step, t)
        if self._reaches_rail(value, step, dt) and trust is Trust.SOUND:
            trust = Trust.DOUBTFUL
        noisy, restless = self._is_noisy(), self._number <= self._restless_until
        self._settle_fault(self._flaw(t, noisy=noisy))
        frozen = self._rail is not None
        self._watched = self._doubt or restless or frozen or self.fault is not None
        if trust is Trust.DOUBTFUL or not (noisy or restless):
            return trust
        certain = self._mean - self._noise if noisy else value
        self.believed = min(self.believed, certain, lowest if restless else certain)
        return Trust.PROVEN if trust is Trust.PROVEN else Trust.ESTIMATED

    def _flaw(self, t: float, *, noisy: bool) -> Reason | None:
        """What is wrong with the sensor now, the worst first."""
        if self._rail is not None and self._rail.is_certain:
            return Reason.RAILED
        if self._steadiness is not None and self._steadiness.broken:
            return Reason.JUMPING
        if self._is_stuck(t):
            return Reason.STUCK
        return Reason.NOISY if noisy else None

    def _stands_at_rail(self, value: float) -> bool:
        """Whether it stands where a fire would be, to the last digit; what differs ends any rail."""
        rail = self._rail
        if rail is None or rail.take(value):
            return rail is not None and rail.is_up
        self._rail = None
        return False

    def _reaches_rail(self, value: float, step: float, dt: float) -> bool:
        """Whether it just leapt to where the upper end of its scale may be; notes the lower one too."""
        limits = self._limits
        if value - step > limits.home:
            return False
        if limits.leap.is_made_by(step, dt):
            self._rail = Rail(value, is_up=True)
            return True
        if limits.drop.is_made_by(-step, dt):
            self._rail = Rail(value, is_up=False)
        return False

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

    def _settle_fault(self, flaw: Reason | None) -> None:
        if flaw is not None:
            self.fault, self._good = flaw, 0
        elif self.fault is not None:
            self._good += 1
            if self._good >= _GOOD_TO_RESTORE:
                self.fault = None

    def _stand_still(self, step: float, t: float, before: float) -> None:
        """Note that the value is the same as that at *before*, or no longer."""
        still = self._stillness = self._stillness or Stillness()
        if step != 0.0:
            still.ends(before)
            return
        still.goes_on(before, self._number)
        self._watched = self._watched or self._is_stuck(t)

    def _is_stuck(self, t: float) -> bool:
        still, patience = self._stillness, self._limits.stuck_after_s
        if still is None:
            return False
        if patience > 0.0 and still.lasts(t) >= patience:
            return True
        return self._limits.analog and still.is_unlike_it(t, self._number)
