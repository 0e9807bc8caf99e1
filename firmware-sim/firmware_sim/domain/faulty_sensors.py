"""A library of faulty sensors: seeded, each with the ground truth "fault", at any sampling interval."""

import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from contract.recordings import RecordedReading
from firmware_sim.domain.sensor_faults import (
    Dead,
    Drifting,
    Frozen,
    Intermittent,
    OffsetAndNoise,
    Rail,
    SensorOutput,
    StuckBits,
    Swinging,
)

HOUR_S = 3_600.0

FaultFunction = Callable[[float, float], SensorOutput]
"""From the seconds since the fault began and the value of a sound sensor, the value that this sensor
shows.
"""


@dataclass(frozen=True, slots=True)
class CalmAir:
    """Air without a fire: a mean, what it moves by within hours, and the noise of a sound sensor."""

    mean: float
    moves: float
    noise: float
    digits: int

    def value(self, t: float, chance: random.Random) -> float:
        """Return what a sound sensor shows at *t*."""
        return self.mean + self.moves * math.sin(math.tau * t / 7_000.0) + chance.gauss(0.0, self.noise)


AIR = {
    "temperature": CalmAir(22.0, 1.0, 0.08, 2),
    "smoke": CalmAir(0.02, 0.004, 0.003, 4),
    "co": CalmAir(2.0, 0.5, 0.4, 1),
}

WARM = CalmAir(38.0, 1.0, 0.08, 2)
"""A room under a tin roof."""


@dataclass(frozen=True, slots=True)
class FaultKind:
    """One kind of fault: its quantity, the air around, and a *fault* with figures by chance.

    The fault begins after *sound_s* (0: with the first sample) and is played for *broken_s*.
    *neighbours* are the sound sensors of its room without which the fault could not be found.
    """

    name: str
    quantity: str
    error: Callable[[random.Random], FaultFunction]
    sound_s: float = 0.0
    broken_s: float = 3 * HOUR_S
    neighbours: int = 0
    air: CalmAir | None = None


@dataclass(frozen=True, slots=True)
class FaultySensor:
    """One specimen of *kind*; the same *seed* makes the same one. A gateway should find it in fault."""

    kind: FaultKind
    seed: str

    @property
    def name(self) -> str:
        """Its name as a point."""
        return f"{self.kind.name}-{self.seed.rpartition('/')[2]}"

    @property
    def neighbours(self) -> tuple[str, ...]:
        """The sound points of its room."""
        return tuple(f"beside-{number}" for number in range(self.kind.neighbours))

    def readings(self, every_s: float) -> Iterator[RecordedReading]:
        """Yield what it and its neighbours show, a sample in *every_s* each; sorted by time."""
        kind, air = self.kind, self.kind.air or AIR[self.kind.quantity]
        chance = random.Random(f"{self.seed}/{every_s:g}")
        error = kind.error(random.Random(self.seed))
        names = (self.name, *self.neighbours)
        phases = sorted((chance.uniform(0.0, every_s), name) for name in names)
        for number in range(int((kind.sound_s + kind.broken_s) / every_s)):
            for phase, name in phases:
                t = number * every_s + phase
                sound = round(air.value(t, chance), air.digits)
                shown = self._shown(error, t, sound) if name == self.name else sound
                if shown is not None:
                    yield RecordedReading(t, name, kind.quantity, round(shown, air.digits))

    def _shown(self, error: FaultFunction, t: float, sound: float) -> SensorOutput:
        return sound if t < self.kind.sound_s else error(t - self.kind.sound_s, sound)


def library(*, seed: int = 0, each: int = 4) -> tuple[FaultySensor, ...]:
    """*each* specimens of every kind."""
    return tuple(FaultySensor(kind, f"{seed}/{kind.name}/{n}") for kind in KINDS for n in range(each))


def _rail(*levels: float, tremble: float = 0.0) -> Callable[[random.Random], FaultFunction]:
    return lambda chance: Rail(chance.choice(levels), tremble, random.Random(chance.random()))


def _between(
    low: float, high: float, *, tremble: float = 0.0
) -> Callable[[random.Random], FaultFunction]:
    return lambda chance: Rail(chance.uniform(low, high), tremble, random.Random(chance.random()))


def _swinging(
    low: tuple[float, float], high: tuple[float, float], noise: float
) -> Callable[[random.Random], FaultFunction]:
    def error(chance: random.Random) -> FaultFunction:
        levels = chance.uniform(*low), chance.uniform(*high)
        return Swinging(*levels, chance.uniform(17.0, 90.0), noise, random.Random(chance.random()))

    return error


def _off(
    offset: tuple[float, float], noise: tuple[float, float]
) -> Callable[[random.Random], FaultFunction]:
    def error(chance: random.Random) -> FaultFunction:
        figures = chance.uniform(*offset), chance.uniform(*noise)
        return OffsetAndNoise(*figures, random.Random(chance.random()))

    return error


def _intermittent(*levels: float) -> Callable[[random.Random], FaultFunction]:
    def error(chance: random.Random) -> FaultFunction:
        level, good, bad = chance.choice(levels), chance.uniform(30.0, 180.0), chance.uniform(5.0, 60.0)
        return Intermittent(level, random.Random(chance.random()), good_s=good, bad_s=bad)

    return error


def _stuck_bits(low: float, high: float) -> Callable[[random.Random], FaultFunction]:
    return lambda chance: StuckBits(chance.uniform(low, high), random.Random(chance.random()))


def _drifting(low: float, high: float) -> Callable[[random.Random], FaultFunction]:
    return lambda chance: Drifting(chance.uniform(low, high))


# The rails: MAX31855 and other thermocouple converters (2047.75, 1372, 850), thermistor circuits (150,
# 125), DS18B20 at power-on and unplugged (85, -127), a PT100 amplifier (-200).
_OPEN = (2047.75, 1372.0, 850.0, 400.0, 150.0, 125.0, 85.0)
_SHORT = (-127.0, -200.0, -50.0, -40.0)

KINDS = (
    FaultKind("open-thermocouple", "temperature", _rail(*_OPEN)),
    FaultKind("open-thermocouple-trembling", "temperature", _rail(*_OPEN, tremble=0.3)),
    FaultKind("open-thermocouple-later", "temperature", _rail(*_OPEN), sound_s=HOUR_S),
    FaultKind("shorted-thermistor", "temperature", _rail(*_SHORT)),
    FaultKind("shorted-thermistor-later", "temperature", _rail(*_SHORT), sound_s=HOUR_S),
    FaultKind("frozen-thermometer", "temperature", lambda _: Frozen()),
    FaultKind("frozen-thermometer-hot", "temperature", _between(58.0, 120.0)),
    FaultKind("frozen-thermometer-later", "temperature", lambda _: Frozen(), 6 * HOUR_S, 6 * HOUR_S),
    FaultKind("swinging-thermometer", "temperature", _swinging((10.0, 30.0), (55.0, 140.0), 0.5)),
    FaultKind(
        "swinging-thermometer-later", "temperature", _swinging((10.0, 30.0), (55.0, 140.0), 0.5), HOUR_S
    ),
    FaultKind("loose-in-a-warm-room", "temperature", _off((0.0, 0.0), (5.0, 5.0)), air=WARM),
    FaultKind("loose-thermometer", "temperature", _off((0.0, 0.0), (6.0, 15.0))),
    FaultKind("loose-thermometer-later", "temperature", _off((0.0, 0.0), (6.0, 15.0)), sound_s=HOUR_S),
    FaultKind("intermittent-thermometer", "temperature", _intermittent(*_OPEN, 0.0, -40.0)),
    FaultKind(
        "intermittent-thermometer-later", "temperature", _intermittent(*_OPEN, 0.0), sound_s=HOUR_S
    ),
    FaultKind("stuck-bits", "temperature", _stuck_bits(32.0, 64.0)),
    FaultKind("stuck-bits-later", "temperature", _stuck_bits(32.0, 64.0), sound_s=HOUR_S),
    FaultKind(
        "drifting-thermometer", "temperature", _drifting(2.0, 6.0), broken_s=12 * HOUR_S, neighbours=2
    ),
    FaultKind("dead-thermometer", "temperature", lambda _: Dead(), HOUR_S, HOUR_S, neighbours=1),
    FaultKind("lamp-off", "smoke", _between(24.0, 50.0)),
    FaultKind("lamp-off-beyond-the-scale", "smoke", _between(50.0, 209.0)),
    FaultKind("lamp-off-trembling", "smoke", _between(24.0, 209.0, tremble=0.4)),
    FaultKind("lamp-off-later", "smoke", _between(24.0, 50.0), sound_s=HOUR_S),
    FaultKind("frozen-chamber-in-alarm", "smoke", _between(0.2, 4.0)),
    FaultKind("swinging-chamber", "smoke", _swinging((0.0, 0.05), (0.6, 6.0), 0.02)),
    FaultKind("noisy-chamber", "smoke", _off((0.0, 0.0), (0.15, 0.6))),
    FaultKind("intermittent-chamber", "smoke", _intermittent(30.0, 12.0, 49.9)),
    FaultKind("drifting-chamber", "smoke", _drifting(0.003, 0.005), broken_s=24 * HOUR_S, neighbours=2),
    FaultKind("dead-chamber", "smoke", lambda _: Dead(), HOUR_S, HOUR_S, neighbours=1),
    FaultKind("analyser-offset", "co", _off((80.0, 400.0), (1.0, 15.0))),
    FaultKind("noisy-analyser", "co", _off((0.0, 20.0), (25.0, 120.0))),
    FaultKind("swinging-analyser", "co", _swinging((0.0, 10.0), (150.0, 600.0), 2.0)),
    FaultKind("negative-analyser", "co", _off((-90.0, -25.0), (0.5, 3.0))),
    FaultKind("railed-analyser", "co", _rail(1_000.0, 2_000.0, 5_000.0)),
    FaultKind("railed-analyser-later", "co", _rail(1_000.0, 2_000.0, 5_000.0), sound_s=HOUR_S),
)
"""All kinds of fault of heat, smoke and CO sensors. An analyser that gains an offset later is not among
them: it shows the values of real carbon monoxide, and its alarm is right."""
