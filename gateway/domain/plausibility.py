"""A value that cannot be true puts its point in fault, and never in alarm; a fire is never held back."""

import math
from dataclasses import dataclass, field, replace
from functools import lru_cache

from contract.quantities import QUANTITIES
from gateway.domain.cell import Cell
from gateway.domain.changes import Reason
from gateway.domain.first_samples import Beginning, FirstSamples, Trust
from gateway.domain.frozen import NO_LEAP, Leap, Rail, Stillness
from gateway.domain.swings import Falls, Spikes

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
class Limits:
    """What can be true of one quantity, in its unit; the same for all points that measure it.

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
    leap: Leap
    drop: Leap
    stuck_after_s: float
    # None: it is not measured, so that nothing follows from how it stands still or begins.
    beginning: Beginning | None
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
class _Nature:
    """What the air, and any sensor in it, can do; in the unit of the quantity."""

    noise: float
    zigzag: float
    calm: float
    home: float
    leap: Leap
    drop: Leap = NO_LEAP
    beginning: Beginning | None = None
    swings: tuple[float, float] = (math.inf, -math.inf)  # to above, and back below


# Leaps. Heat: an element of RTI 25 (m s)^(1/2) in a jet of 1.5 m/s follows it with 20 s (Heskestad and
# Smith): for 100 K in 4 s the jet would have to be 550 K hotter at once. Smoke: the test fires of
# EN 54-7 end at about 2 dB/m after minutes (recalled, not read). CO: a cell shows 90 % after 45 s. A
# dead thermometer drops to 0 degC or below; dead cells and chambers say 0 as clean air does.
# First samples. Heat: a fire moves by more than 2 K in 15 s; nothing that is worth a detector is below
# -35 degC. Smoke: darkness is beyond 20 dB/m, of which a fire that began below it is known long before.
# CO: the zero of a sound cell is within 20 ppm.
_NATURES = {
    "smoke": _Nature(
        0.05,
        0.1,
        0.0,
        0.5,
        Leap(5.0, 1.0),
        beginning=Beginning(0.132, 0.5, 0.001, 0.005, 20.0, -math.inf),
        swings=(0.5, 0.066),
    ),
    "temperature": _Nature(
        2.0,
        math.inf,
        40.0,
        55.0,
        Leap(100.0, 25.0),
        Leap(15.0, 3.0),
        beginning=Beginning(56.0, 56.0, 2.0, 0.002, math.inf, -35.0),
        swings=(56.0, 40.0),
    ),
    "co": _Nature(
        10.0,
        math.inf,
        0.0,
        50.0,
        Leap(500.0, 100.0),
        beginning=Beginning(
            20.0, 60.0, 0.0, 0.0005, math.inf, -math.inf, settle_s=60.0, settle_samples=60, rise=40.0
        ),
        swings=(60.0, 20.0),
    ),
}
_UNKNOWN = _Nature(math.inf, math.inf, 0.0, 0.0, NO_LEAP)


@lru_cache(maxsize=256)
def limits_of(
    quantity: str,
    *,
    jump: float | None = None,
    stuck_after_s: float = 0.0,
    alarm: float | None = None,
) -> Limits:
    """The limits of *quantity*, an *alarm* from there on; all that is unknown may have any value."""
    known = QUANTITIES.get(quantity)
    low, high = (known.low, known.high) if known else (-math.inf, math.inf)
    nature = _NATURES.get(quantity, _UNKNOWN)
    high_from, calm_below = nature.swings
    beginning = nature.beginning
    if beginning is not None and alarm is not None:
        beginning, high_from = replace(beginning, hot=alarm, swing=max(alarm, beginning.swing)), alarm
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
        beginning=beginning,
        high_from=high_from,
        calm_below=calm_below,
        is_cell=quantity == "co",
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

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._number = self._bad = self._good = self._restless_until = 0
        self._at = 0.0  # when the last usable sample came
        self._last = self._mean = self._noise = self._zero = self.believed = 0.0
        self._step = math.nan  # of which nothing follows
        self._first: FirstSamples | None = None  # until it is known
        self._spikes: Spikes | None = None  # only once it leapt
        self._suspected = 0  # samples since a leap that may be another spike
        self._falls: Falls | None = None  # only once it was high
        self._noisy = self._railed = self._known = False
        self._watched = False  # whether the next sample needs a closer look
        self._stillness: Stillness | None = None  # only once it said the same twice
        self._rail: Rail | None = None
        self._cell = Cell() if limits.is_cell else None
        self.fault: Reason | None = None

    @property
    def scatter(self) -> float:
        """By how much two values differ at most without meaning anything."""
        unknown = self._limits.noise * _UNKNOWN_SCATTER / max(1, self._number)
        return _SCATTER_ZIGZAGS * self._noise + unknown

    def was_railed(self) -> None:
        """Before a restart it stood at an end of its scale: it is doubted until it moves."""
        self._railed = self._limits.beginning is not None

    def is_known(self) -> None:
        """Before a restart it was believed: what it says now is not its first word."""
        self._known = True

    def take(self, value: float | None, t: float) -> Trust:
        """What *value* is worth; afterwards *fault* and *believed* are up to date."""
        limits = self._limits
        if value is None:
            return self._unusable(Reason.NO_VALUE)
        if not limits.low <= value <= limits.high:  # so written, it refuses NaN too
            return self._unusable(Reason.OUT_OF_RANGE)
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
        return Trust.SOUND

    def _begin(self, value: float, t: float) -> Trust:
        self._last = self._mean = value
        self._at = t
        self._bad = 0
        beginning = self._limits.beginning
        if beginning is None or (self._known and not self._railed):
            return Trust.SOUND
        if self._cell is not None:
            self._cell.take(value, t)
        self._first = FirstSamples(beginning, Reason.RAILED if self._railed else None)
        self._watched = True
        return self._weigh(value, 0.0, t, math.inf, lowest=value)

    def _learn(self, value: float, step: float, before: float, t: float) -> float:
        """Learn its mean and its noise, which is returned: of a cell, or of its first samples.

        No single one of those counts for much.
        """
        share = max(_NOISE_GAIN, 1.0 / max(_FEWEST_SAMPLES, self._number))
        self._mean += (value - self._mean) * share
        if self._cell is not None:
            self._cell.take(value, t)
            return self._cell.noise * _CELL_NOISE
        zigzag = self._zigzag(value, step, before) if step * before < 0.0 else 0.0
        zigzag = min(zigzag, self._limits.noise * _LARGEST_FIRST_ZIGZAG)
        return self._noise + (zigzag - self._noise) * share

    def _weigh(self, value: float, step: float, t: float, dt: float, *, lowest: float) -> Trust:
        """What a sample is worth that is not simply like the one before it."""
        self._bad = 0
        self._take_back(value)
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
        if trust is Trust.DOUBTFUL:
            return trust
        return self._certain(value, lowest, trust, noisy=noisy, restless=restless)

    def _certain(
        self, value: float, lowest: float, trust: Trust, *, noisy: bool, restless: bool
    ) -> Trust:
        """Believe as much as is certain in spite of noise and of a zero that is off."""
        if not (noisy or restless or self._zero):
            return trust
        certain = value
        if noisy and self._cell is not None:
            certain = self._cell.mean - 2.0 * self._cell.noise
        elif noisy:
            two = min(value, value - self._step)
            certain = max(self._mean - self._noise, two - _CERTAIN_ZIGZAGS * self._noise)
        self.believed = min(value, certain, lowest if restless else certain) - self._zero
        return Trust.PROVEN if trust is Trust.PROVEN else Trust.ESTIMATED

    def _error(self, t: float, *, noisy: bool) -> Reason | None:
        """What is wrong with the sensor now, the worst first."""
        if self._rail is not None and self._rail.is_certain(t):
            return Reason.RAILED
        if self._first is not None and self._first.fault is not None:
            return self._first.fault
        if self._zero:
            return Reason.OFFSET
        if noisy:
            return Reason.NOISY
        if self._falls is not None and self._falls.broken:
            return Reason.JUMPING
        return Reason.STUCK if self._is_stuck(t) else None

    def _doubt(self, value: float, step: float, t: float, dt: float) -> Trust:
        """Return the trust in a sample: those of few sensors are doubted first, and never for long."""
        self._follow_zero()
        self._note_fall(value, t)
        if self._first is None and self._swings(value, step):
            self._distrust()
        if self._first is not None:
            return self._weigh_first(self._first, value, t)
        if self._rail is not None:
            return self._weigh_rail(self._rail, value, t)
        if self._reaches_rail(value, step, t, dt):
            return Trust.SOUND
        if self._spikes is not None and step > self._limits.jump and not self._suspected:
            self._suspected = int(self._spikes.is_suspect(self._number))
            return Trust.DOUBTFUL if self._suspected else Trust.SOUND
        return self._weigh_suspect(step)

    def _swings(self, value: float, step: float) -> bool:
        """Return whether it comes back to calm air too often for air that ever was hot."""
        if math.isinf(self._limits.jump):
            return False
        if abs(step) > self._limits.jump:
            self._spikes = self._spikes or Spikes(self._limits.home)
            self._spikes.take_leap(value, step, self._number)
        spikes, falls = self._spikes, self._falls
        return (spikes is not None and spikes.broken) or (falls is not None and falls.broken)

    def _weigh_first(self, first: FirstSamples, value: float, t: float) -> Trust:
        trust = first.weigh(value, t)
        if first.settled:
            self._first = None
            if first.fault is Reason.OFFSET:
                self._zero = first.lowest
        return trust

    def _weigh_rail(self, rail: Rail, value: float, t: float) -> Trust:
        """While it stands where it leapt to, to the last digit; whatever differs ends that."""
        if rail.take(value):
            return Trust.DOUBTFUL if rail.is_up else Trust.SOUND
        self._rail = None
        return Trust.PROVEN if rail.is_up and value > self._limits.home else Trust.SOUND

    def _reaches_rail(self, value: float, step: float, t: float, dt: float) -> bool:
        """Return whether it just leapt to where an end of its scale may be: the next samples tell."""
        limits = self._limits
        if value - step > limits.home:
            return False
        if limits.leap.is_made_by(step, dt):
            self._rail = Rail(value, t, is_up=True)
        elif limits.drop.is_made_by(-step, dt):
            self._rail = Rail(value, t, is_up=False)
        return self._rail is not None

    def _distrust(self) -> None:
        """Have a sensor that swings prove itself again."""
        self._spikes = self._falls = self._rail = None
        self._suspected = 0
        if self._limits.beginning is not None:
            self._first = FirstSamples(self._limits.beginning, Reason.JUMPING)

    def _weigh_suspect(self, step: float) -> Trust:
        """A leap soon after a spike needs one sample more than any other."""
        if not self._suspected or step < -self._limits.jump:
            self._suspected = 0
            return Trust.SOUND
        self._suspected = (self._suspected + 1) % _SUSPECTED_SAMPLES
        return Trust.DOUBTFUL if self._suspected else Trust.PROVEN

    def _follow_zero(self) -> None:
        """A zero that was off is not above the lowest mean that was seen since."""
        if self._zero and self._cell is not None and self._limits.beginning is not None:
            zero = min(self._zero, self._cell.mean)
            self._zero = zero if zero >= self._limits.beginning.hot else 0.0

    def _note_fall(self, value: float, t: float) -> None:
        limits = self._limits
        high = value >= limits.high_from
        if self._falls is None:
            if not high:
                return
            self._falls = Falls()
        self._falls.take_sample(t, self._number, high=high, calm=value < limits.calm_below)

    def _take_back(self, value: float) -> None:
        """Let a single sample move the mean no further than it may."""
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
        """How far it went to and fro about the mean, a spike a little; what is high above flickers."""
        if min(value, value - step) > self._mean:
            return 0.0
        zigzag = min(abs(step), abs(before), self._limits.noise * _LARGEST_ZIGZAG)
        if zigzag >= self._limits.zigzag:
            self._restless_until, self._watched = self._number + _RESTLESS_SAMPLES, True
        return zigzag

    def _unusable(self, reason: Reason) -> Trust:
        self._bad += 1
        self._good = 0
        self._watched = True
        if self._bad >= _BAD_TO_RAISE:
            self.fault = reason
        return Trust.UNUSABLE

    def _settle_fault(self, error: Reason | None) -> None:
        if error is not None:
            self.fault, self._good = error, 0
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
        if self._limits.beginning is None:
            return False
        if not self._limits.beginning.frozen < self._last < self._limits.high_from:
            return still.is_in_alarm(t, self._number)
        return still.is_unlike_it(t, self._number) or still.is_from_the_first(
            t, self._number, self._last
        )
