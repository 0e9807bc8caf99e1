"""Check values: an impossible one is a fault of its point, never an alarm; no fire is suppressed."""

import math
from dataclasses import dataclass, field, replace
from functools import lru_cache

from contract.quantities import QUANTITIES
from gateway.domain.model.reasons import SignalReason
from gateway.domain.plausibility.co_cell import CoCell
from gateway.domain.plausibility.first_samples import FirstSampleLimits, FirstSamples, SampleTrust
from gateway.domain.plausibility.oscillation import FallCounter, SpikeCounter
from gateway.domain.plausibility.stuck_values import NO_LEAP, LeapLimit, RailedValue, StillnessWatch

# One unusable sample is noise, two are a fault; three sound ones in a row end it.
_BAD_TO_RAISE = 2
_GOOD_TO_RESTORE = 3

# Noise is measured over about so many samples, ...
_NOISE_GAIN = 1 / 32
_NOISE_SAMPLES = 32
# ... and over fewer at first; from so many on it is known, if each adds no more than this many limits.
_FEWEST_SAMPLES = 6
_LARGEST_FIRST_ZIGZAG = 3.0
# ... and ends at this share of what began it.
_QUIET_SHARE = 0.5
# For so many samples after a wide zigzag no more is believed than the lowest of three.
_RESTLESS_SAMPLES = 8
# White noise never has two samples running so many zigzags above its mean: five standard deviations.
_CERTAIN_ZIGZAGS = 10.0
# After a spike, a leap must be borne out by so many samples with it.
_SUSPECTED_SAMPLES = 3
# What a cell falls short of its mean by on average, as zigzag.
_CELL_NOISE = 2.0
# Two values mean nothing by themselves within four standard deviations, and more while few are known.
_SCATTER_ZIGZAGS = 8.0
_UNKNOWN_SCATTER = 15.0
# So much of what is measured beyond calm air is no noise: flames flicker, smoke comes in clouds.
_FLICKER_SHARE = 0.15
# What one sample can add to the mean that a noisy sensor is judged by, in noise limits.
_LARGEST_STEP = 20.0
# What one sample can add to the noise, in noise limits.
_LARGEST_ZIGZAG = 8.0


@dataclass(frozen=True, slots=True)
class PlausibilityLimits:
    """Limits of one quantity, in its unit; shared by all points that measure it.

    *noise* is the zigzag, on the average of samples, from which a sensor is noisy (that of white noise
    is half its standard deviation); above *calm* it may flicker. After a single *zigzag* so wide it is
    restless. A larger step than *jump* that comes back is a spike. A *leap* from *home*, where no fire
    is, or a *drop* from there is an end of the scale if the sensor then stands still. The same value
    for *stuck_after_s* means a stuck one, unless that is 0. *beginning* is what its first samples can
    be; between *high_from* and *calm_below* an amplifier that oscillates is said to swing.
    """

    low: float
    high: float
    noise: float
    zigzag: float
    calm: float
    home: float
    jump: float
    leap: LeapLimit
    drop: LeapLimit
    stuck_after_s: float
    # None: it is not measured, so that nothing follows from how it stands still or begins.
    beginning: FirstSampleLimits | None
    high_from: float
    calm_below: float
    is_cell: bool
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
class _QuantityTraits:
    """The limits of the air and of any sensor in it, in the unit of the quantity."""

    noise: float
    zigzag: float
    calm: float
    home: float
    leap: LeapLimit
    drop: LeapLimit = NO_LEAP
    beginning: FirstSampleLimits | None = None
    swings: tuple[float, float] = (math.inf, -math.inf)  # to above, and back below


# Leaps. Heat: an element of RTI 25 (m s)^(1/2) in a jet of 1.5 m/s follows it with 20 s (Heskestad and
# Smith): for 100 K in 4 s the jet would have to be 550 K hotter at once. Smoke: the test fires of
# EN 54-7 end at about 2 dB/m after minutes (recalled, not read). CO: a cell shows 90 % after 45 s. A
# dead thermometer drops to 0 degC or below; dead cells and chambers say 0 as clean air does.
# First samples. Heat: a fire moves by more than 2 K in 15 s; nothing that is worth a detector is below
# -35 degC. Smoke: darkness is beyond 20 dB/m, of which a fire that began below it is known long before.
# CO: the zero of a sound cell is within 20 ppm.
_NATURES = {
    "smoke": _QuantityTraits(
        0.05,
        0.1,
        0.0,
        0.5,
        LeapLimit(5.0, 1.0),
        beginning=FirstSampleLimits(0.132, 0.5, 0.001, 0.005, 20.0, -math.inf),
        swings=(0.5, 0.066),
    ),
    "temperature": _QuantityTraits(
        2.0,
        math.inf,
        40.0,
        55.0,
        LeapLimit(100.0, 25.0),
        LeapLimit(15.0, 3.0),
        beginning=FirstSampleLimits(56.0, 56.0, 2.0, 0.002, math.inf, -35.0),
        swings=(56.0, 40.0),
    ),
    "co": _QuantityTraits(
        10.0,
        math.inf,
        0.0,
        50.0,
        LeapLimit(500.0, 100.0),
        beginning=FirstSampleLimits(
            20.0, 60.0, 0.0, 0.0005, math.inf, -math.inf, settle_s=60.0, settle_samples=60, rise=40.0
        ),
        swings=(60.0, 20.0),
    ),
}
_UNKNOWN = _QuantityTraits(math.inf, math.inf, 0.0, 0.0, NO_LEAP)


@lru_cache(maxsize=256)
def plausibility_limits(
    quantity: str,
    *,
    jump: float | None = None,
    stuck_after_s: float = 0.0,
    alarm: float | None = None,
) -> PlausibilityLimits:
    """Return the limits of *quantity*, which is an *alarm* from there on."""
    known = QUANTITIES.get(quantity)
    low, high = (known.low, known.high) if known else (-math.inf, math.inf)
    nature = _NATURES.get(quantity, _UNKNOWN)
    high_from, calm_below = nature.swings
    beginning = nature.beginning
    if beginning is not None and alarm is not None:
        beginning, high_from = replace(beginning, hot=alarm, swing=max(alarm, beginning.swing)), alarm
    return PlausibilityLimits(
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
        beginning=beginning,
        high_from=high_from,
        calm_below=calm_below,
        is_cell=quantity == "co",
    )


class PlausibilityCheck:
    """Checks the values of one quantity of one point.

    *fault* is why they cannot be believed, None while they can; *believed* is what may be taken for
    true after a sample that is PROVEN or ESTIMATED. It says nothing on alarms that stand already: a
    fire that destroys its detector remains a fire.
    """

    __slots__ = (
        "_at",
        "_bad",
        "_cell",
        "_falls",
        "_first",
        "_good",
        "_known",
        "_last",
        "_limits",
        "_mean",
        "_noise",
        "_noisy",
        "_number",
        "_rail",
        "_railed",
        "_restless_until",
        "_spikes",
        "_step",
        "_stillness",
        "_suspected",
        "_watched",
        "_zero",
        "believed",
        "fault",
    )

    def __init__(self, limits: PlausibilityLimits) -> None:
        self._limits = limits
        self._number = self._bad = self._good = self._restless_until = 0
        self._at = 0.0  # when the last usable sample came
        self._last = self._mean = self._noise = self._zero = self.believed = 0.0
        self._step = math.nan  # of which nothing follows
        self._first: FirstSamples | None = None  # until it is known
        self._spikes: SpikeCounter | None = None  # only once it leapt
        self._suspected = 0  # samples since a leap that may be another spike
        self._falls: FallCounter | None = None  # only once it was high
        self._noisy = self._railed = self._known = False
        self._watched = False  # whether the next sample needs a closer look
        self._stillness: StillnessWatch | None = None  # only once it said the same twice
        self._rail: RailedValue | None = None
        self._cell = CoCell() if limits.is_cell else None
        self.fault: SignalReason | None = None

    @property
    def scatter(self) -> float:
        """The largest difference of two values that means nothing."""
        unknown = self._limits.noise * _UNKNOWN_SCATTER / max(1, self._number)
        return _SCATTER_ZIGZAGS * self._noise + unknown

    def restore_railed(self) -> None:
        """Continue with a sensor that was railed before a restart: doubt it until it moves."""
        self._railed = self._limits.beginning is not None

    def restore_known(self) -> None:
        """Continue after a restart with a sensor that was believed."""
        self._known = True

    def check_sample(self, value: float | None, t: float) -> SampleTrust:
        """Return the trust in *value*; update *fault* and *believed*."""
        limits = self._limits
        if value is None:
            return self._unusable(SignalReason.NO_VALUE)
        if not limits.low <= value <= limits.high:  # so written, it refuses NaN too
            return self._unusable(SignalReason.OUT_OF_RANGE)
        self._number = number = self._number + 1
        if number == 1:
            return self._begin(value, t)
        step, before, at = value - self._last, self._step, self._at
        self._last, self._step, self._at = value, step, t
        if number < _NOISE_SAMPLES or self._cell is not None:
            noise = self._learn(value, step, before, t)
        else:
            noise = self._noise
            if step * before < 0.0:
                noise += self._zigzag(value, step, before) * _NOISE_GAIN
            noise -= noise * _NOISE_GAIN
            self._mean += (value - self._mean) * _NOISE_GAIN
        self._noise = noise
        if step == 0.0 or before == 0.0:
            self._stand_still(step, t, at)
        if (
            self._watched
            or noise >= limits.noise
            or not limits.lowest_step <= step <= limits.highest_step
            or value >= limits.high_from
        ):
            lowest = min(value, value - step, value - step - before)
            return self._weigh(value, step, t, t - at, lowest=lowest)
        return SampleTrust.SOUND

    def _begin(self, value: float, t: float) -> SampleTrust:
        self._last = self._mean = value
        self._at = t
        self._bad = 0
        beginning = self._limits.beginning
        if beginning is None or (self._known and not self._railed):
            return SampleTrust.SOUND
        if self._cell is not None:
            self._cell.learn_sample(value, t)
        self._first = FirstSamples(beginning, SignalReason.RAILED if self._railed else None)
        self._watched = True
        return self._weigh(value, 0.0, t, math.inf, lowest=value)

    def _learn(self, value: float, step: float, before: float, t: float) -> float:
        """Learn the mean and the noise of a cell, or of first samples; return the noise.

        No single one of those counts for much.
        """
        share = max(_NOISE_GAIN, 1.0 / max(_FEWEST_SAMPLES, self._number))
        self._mean += (value - self._mean) * share
        if self._cell is not None:
            self._cell.learn_sample(value, t)
            return self._cell.noise * _CELL_NOISE
        zigzag = self._zigzag(value, step, before) if step * before < 0.0 else 0.0
        zigzag = min(zigzag, self._limits.noise * _LARGEST_FIRST_ZIGZAG)
        return self._noise + (zigzag - self._noise) * share

    def _weigh(self, value: float, step: float, t: float, dt: float, *, lowest: float) -> SampleTrust:
        """Return the trust in a sample that differs from the one before it."""
        self._bad = 0
        self._limit_mean_step(value)
        self.believed = value
        trust = self._doubt(value, step, t, dt)
        noisy, restless = self._is_noisy(), self._number <= self._restless_until
        self._settle_fault(self._error(t, noisy=noisy))
        self._watched = (
            restless
            or self.fault is not None
            or any(each is not None for each in (self._first, self._rail))
            or bool(self._suspected or self._zero)
            or (self._falls is not None and self._falls.is_high)
        )
        if trust is SampleTrust.DOUBTFUL:
            return trust
        return self._certain(value, lowest, trust, noisy=noisy, restless=restless)

    def _certain(
        self, value: float, lowest: float, trust: SampleTrust, *, noisy: bool, restless: bool
    ) -> SampleTrust:
        """Limit *believed* to what is certain despite noise and a wrong zero."""
        if not (noisy or restless or self._zero):
            return trust
        certain = value
        if noisy and self._cell is not None:
            certain = self._cell.mean - 2.0 * self._cell.noise
        elif noisy:
            two = min(value, value - self._step)
            certain = max(self._mean - self._noise, two - _CERTAIN_ZIGZAGS * self._noise)
        self.believed = min(value, certain, lowest if restless else certain) - self._zero
        return SampleTrust.PROVEN if trust is SampleTrust.PROVEN else SampleTrust.ESTIMATED

    def _error(self, t: float, *, noisy: bool) -> SignalReason | None:
        """Return what is wrong with the sensor now, the worst first."""
        if self._rail is not None and self._rail.is_certain(t):
            return SignalReason.RAILED
        if self._first is not None and self._first.fault is not None:
            return self._first.fault
        if self._zero:
            return SignalReason.ZERO_OFFSET
        if noisy:
            return SignalReason.NOISY
        if self._falls is not None and self._falls.broken:
            return SignalReason.JUMPING
        return SignalReason.STUCK if self._is_stuck(t) else None

    def _doubt(self, value: float, step: float, t: float, dt: float) -> SampleTrust:
        """Return the trust in a sample; few sensors are doubted, and never for long."""
        self._follow_zero()
        self._note_fall(value, t)
        if self._first is None and self._swings(value, step):
            self._distrust()
        if self._first is not None:
            return self._weigh_first(self._first, value, t)
        if self._rail is not None:
            return self._weigh_rail(self._rail, value, t)
        if self._reaches_rail(value, step, t, dt):
            return SampleTrust.SOUND
        if self._spikes is not None and step > self._limits.jump and not self._suspected:
            self._suspected = int(self._spikes.is_suspect(self._number))
            return SampleTrust.DOUBTFUL if self._suspected else SampleTrust.SOUND
        return self._weigh_suspect(step)

    def _swings(self, value: float, step: float) -> bool:
        """Return whether the value returns to calm air more often than hot air can."""
        if math.isinf(self._limits.jump):
            return False
        if abs(step) > self._limits.jump:
            self._spikes = self._spikes or SpikeCounter(self._limits.home)
            self._spikes.count_leap(value, step, self._number)
        spikes, falls = self._spikes, self._falls
        return (spikes is not None and spikes.broken) or (falls is not None and falls.broken)

    def _weigh_first(self, first: FirstSamples, value: float, t: float) -> SampleTrust:
        trust = first.weigh_sample(value, t)
        if first.settled:
            self._first = None
            if first.fault is SignalReason.ZERO_OFFSET:
                self._zero = first.lowest
        return trust

    def _weigh_rail(self, rail: RailedValue, value: float, t: float) -> SampleTrust:
        """Weigh a sample while the value stands where it leapt to, to the last digit."""
        if rail.is_unchanged(value):
            return SampleTrust.DOUBTFUL if rail.is_up else SampleTrust.SOUND
        self._rail = None
        return SampleTrust.PROVEN if rail.is_up and value > self._limits.home else SampleTrust.SOUND

    def _reaches_rail(self, value: float, step: float, t: float, dt: float) -> bool:
        """Return whether the value just leapt to where an end of its scale may be."""
        limits = self._limits
        if value - step > limits.home:
            return False
        if limits.leap.is_made_by(step, dt):
            self._rail = RailedValue(value, t, is_up=True)
        elif limits.drop.is_made_by(-step, dt):
            self._rail = RailedValue(value, t, is_up=False)
        return self._rail is not None

    def _distrust(self) -> None:
        """Have an oscillating sensor prove itself again."""
        self._spikes = self._falls = self._rail = None
        self._suspected = 0
        if self._limits.beginning is not None:
            self._first = FirstSamples(self._limits.beginning, SignalReason.JUMPING)

    def _weigh_suspect(self, step: float) -> SampleTrust:
        """Weigh a leap soon after a spike: it needs one sample more than others."""
        if not self._suspected or step < -self._limits.jump:
            self._suspected = 0
            return SampleTrust.SOUND
        self._suspected = (self._suspected + 1) % _SUSPECTED_SAMPLES
        return SampleTrust.DOUBTFUL if self._suspected else SampleTrust.PROVEN

    def _follow_zero(self) -> None:
        """Lower a wrong zero to the lowest mean that was seen since."""
        if self._zero and self._cell is not None and self._limits.beginning is not None:
            zero = min(self._zero, self._cell.mean)
            self._zero = zero if zero >= self._limits.beginning.hot else 0.0

    def _note_fall(self, value: float, t: float) -> None:
        limits = self._limits
        high = value >= limits.high_from
        if self._falls is None:
            if not high:
                return
            self._falls = FallCounter()
        self._falls.count_sample(t, self._number, high=high, calm=value < limits.calm_below)

    def _limit_mean_step(self, value: float) -> None:
        """Limit how far a single sample moves the mean."""
        gain = max(_NOISE_GAIN, 1.0 / max(_FEWEST_SAMPLES, self._number))
        off = (value - self._mean) / (1.0 - gain)
        largest = self._limits.largest
        if abs(off) > largest:
            self._mean -= (off - math.copysign(largest, off)) * gain

    def _is_noisy(self) -> bool:
        limits = self._limits
        limit = limits.noise + _FLICKER_SHARE * max(0.0, self._mean - limits.calm)
        is_known = self._number >= _FEWEST_SAMPLES
        self._noisy = is_known and self._noise >= limit * (_QUIET_SHARE if self._noisy else 1.0)
        return self._noisy

    def _zigzag(self, value: float, step: float, before: float) -> float:
        """Return how far the value went to and fro about the mean, without flicker high above it."""
        if min(value, value - step) > self._mean:
            return 0.0
        zigzag = min(abs(step), abs(before), self._limits.noise * _LARGEST_ZIGZAG)
        if zigzag >= self._limits.zigzag:
            self._restless_until, self._watched = self._number + _RESTLESS_SAMPLES, True
        return zigzag

    def _unusable(self, reason: SignalReason) -> SampleTrust:
        self._bad += 1
        self._good = 0
        self._watched = True
        if self._bad >= _BAD_TO_RAISE:
            self.fault = reason
        return SampleTrust.UNUSABLE

    def _settle_fault(self, error: SignalReason | None) -> None:
        if error is not None:
            self.fault, self._good = error, 0
        elif self.fault is not None:
            self._good += 1
            if self._good >= _GOOD_TO_RESTORE:
                self.fault = None

    def _stand_still(self, step: float, t: float, before: float) -> None:
        """Note whether the value is the same as the one at *before*."""
        still = self._stillness = self._stillness or StillnessWatch()
        if step != 0.0:
            still.end_still(before)
            return
        still.continue_still(before, self._number)
        self._watched = self._watched or self._is_stuck(t)

    def _is_stuck(self, t: float) -> bool:
        still, patience = self._stillness, self._limits.stuck_after_s
        if still is None:
            return False
        if patience > 0.0 and still.still_for_s(t) >= patience:
            return True
        if self._limits.beginning is None:
            return False
        if not self._limits.beginning.frozen < self._last < self._limits.high_from:
            return still.is_in_alarm(t, self._number)
        return still.is_unusually_long(t, self._number) or still.is_from_the_first(
            t, self._number, self._last
        )
