"""Faults of a sensor: a function that is added to its samples, or that replaces them."""

import math
import random
from dataclasses import dataclass

DAY_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Dirt:
    """A chamber that gets dirty sees a little more each day, until somebody cleans it at *ends_s*."""

    begins_s: float
    ends_s: float
    per_day: float

    def __call__(self, t: float) -> float:
        """Return the increase by dirt at *t*, in the unit of the sensor."""
        if not self.begins_s <= t < self.ends_s:
            return 0.0
        return self.per_day * (t - self.begins_s) / DAY_S


class Spikes:
    """Single samples that are wrong by *size*, one in each *every_s*; a sample comes each *sample_s*."""

    def __init__(
        self,
        span: tuple[float, float],
        seed: str,
        *,
        every_s: float,
        sample_s: float,
        size: float,
    ) -> None:
        self._begins_s, self._ends_s = span
        self._seed = seed
        self._every_s = max(every_s, 2 * sample_s)
        self._sample_s = sample_s
        self._size = size
        self._slot = -1
        self._at = 0.0

    def __call__(self, t: float) -> float:
        """The spike at *t*, 0 for most."""
        if not self._begins_s <= t < self._ends_s:
            return 0.0
        slot = int((t - self._begins_s) // self._every_s)
        if slot != self._slot:
            self._slot = slot
            offset = random.Random(f"{self._seed}/{slot}").uniform(0.0, self._every_s - self._sample_s)
            self._at = self._begins_s + slot * self._every_s + offset
        return self._size if self._at <= t < self._at + self._sample_s else 0.0


class Noise:
    """A failing amplifier: every sample is off by a normal deviate of *size*."""

    def __init__(self, span: tuple[float, float], seed: str, *, size: float) -> None:
        self._begins_s, self._ends_s = span
        self._chance = random.Random(seed)
        self._size = size

    def __call__(self, t: float) -> float:
        """Return the error of the sample at *t*."""
        if not self._begins_s <= t < self._ends_s:
            return 0.0
        return self._chance.gauss(0.0, self._size)


SensorOutput = float | None
"""Value that a faulty sensor shows; None where it sends nothing."""


@dataclass(frozen=True, slots=True)
class Rail:
    """An open or shorted circuit: the end of the scale. *tremble* is hum on an open lead."""

    level: float
    tremble: float
    chance: random.Random

    def __call__(self, t: float, sound: float) -> SensorOutput:
        """The rail, whatever the air is."""
        return self.level + self.chance.gauss(0.0, self.tremble) if self.tremble else self.level


class Frozen:
    """A hung converter: its last value for ever, the same to the last digit."""

    def __init__(self) -> None:
        self._held: float | None = None

    def __call__(self, t: float, sound: float) -> SensorOutput:
        """The first value that it was asked for."""
        if self._held is None:
            self._held = sound
        return self._held


@dataclass(frozen=True, slots=True)
class Swinging:
    """An oscillating amplifier or analyser: to and fro between two levels, never quite alike."""

    low: float
    high: float
    period_s: float
    noise: float
    chance: random.Random

    def __call__(self, t: float, sound: float) -> SensorOutput:
        """A sine about the middle, with noise."""
        middle, half = (self.low + self.high) / 2.0, (self.high - self.low) / 2.0
        return (
            middle + half * math.sin(math.tau * t / self.period_s) + self.chance.gauss(0.0, self.noise)
        )


@dataclass(frozen=True, slots=True)
class OffsetAndNoise:
    """A zero that is lost, or a shield that is loose: all samples are off by *offset*, and by noise."""

    offset: float
    noise: float
    chance: random.Random

    def __call__(self, t: float, sound: float) -> SensorOutput:
        """The air, shifted and shaken."""
        return sound + self.offset + self.chance.gauss(0.0, self.noise)


class Intermittent:
    """A bad contact: at random it shows *level* instead of the air, for a while each time."""

    def __init__(self, level: float, chance: random.Random, *, good_s: float, bad_s: float) -> None:
        self._level = level
        self._chance = chance
        self._means = {True: good_s, False: bad_s}
        self._good = False
        self._until = 0.0

    def __call__(self, t: float, sound: float) -> SensorOutput:
        """The air or *level*, by how the contact is at *t*; times never fall."""
        while t >= self._until:
            self._good = not self._good
            self._until += self._chance.expovariate(1.0 / self._means[self._good])
        return sound if self._good else self._level


@dataclass(frozen=True, slots=True)
class StuckBits:
    """Two samples in three are *step* or a multiple of it too high: bits of the converter stick."""

    step: float
    chance: random.Random

    def __call__(self, t: float, sound: float) -> SensorOutput:
        """The air, or one to three steps above it."""
        return sound + self.step * self.chance.choice((0, 0, 1, 1, 2, 3))


@dataclass(frozen=True, slots=True)
class Drifting:
    """A sensor that loses its calibration by *per_hour*."""

    per_hour: float

    def __call__(self, t: float, sound: float) -> SensorOutput:
        """The air, and further from it each hour."""
        return sound + self.per_hour * t / 3_600.0


@dataclass(frozen=True, slots=True)
class Dead:
    """A sensor that sends nothing any more."""

    def __call__(self, t: float, sound: float) -> SensorOutput:
        """Nothing."""
        return None
