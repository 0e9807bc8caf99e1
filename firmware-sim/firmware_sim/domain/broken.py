"""A library of broken sensors: seeded, each with the truth "fault", at any rhythm of samples."""

import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from contract.recordings import Reading
from firmware_sim.domain.flaws import (
    Dead,
    Drifting,
    Frozen,
    Intermittent,
    OffsetAndNoise,
    Rail,
    Shown,
    StuckBits,
    Swinging,
)

HOUR_S = 3_600.0

Flaw = Callable[[float, float], Shown]
"""Seconds since it broke, and what a sound sensor would show; what this one shows."""


@dataclass(frozen=True, slots=True)
class Air:
    """Air without a fire: a mean, what it moves by within hours, and the noise of a sound sensor."""

    mean: float
    moves: float
    noise: float
    digits: int

    def value(self, t: float, chance: random.Random) -> float:
        """Return what a sound sensor shows at *t*."""
        return self.mean + self.moves * math.sin(math.tau * t / 7_000.0) + chance.gauss(0.0, self.noise)


AIR = {
    "temperature": Air(22.0, 1.0, 0.08, 2),
    "smoke": Air(0.02, 0.004, 0.003, 4),
    "co": Air(2.0, 0.5, 0.4, 1),
}

WARM = Air(38.0, 1.0, 0.08, 2)
"""A room under a tin roof."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One way to be broken: what it measures, in which air, and a *error* with figures by chance.

    It breaks after *sound_s* (0: from its first sample on) and is played for *broken_s*. *neighbours*
    are the sound sensors of its room without which nobody could tell.
    """

    name: str
    quantity: str
    error: Callable[[random.Random], Flaw]
    sound_s: float = 0.0
    broken_s: float = 3 * HOUR_S
    neighbours: int = 0
    air: Air | None = None


@dataclass(frozen=True, slots=True)
class BrokenSensor:
    """One specimen of *kind*; the same *seed* makes the same one. What it is found to be is a fault."""

    kind: Kind
    seed: str

    @property
    def name(self) -> str:
        """Its name as a point."""
        return f"{self.kind.name}-{self.seed.rpartition('/')[2]}"

    @property
    def neighbours(self) -> tuple[str, ...]:
        """The sound points of its room."""
        return tuple(f"beside-{number}" for number in range(self.kind.neighbours))

    def readings(self, every_s: float) -> Iterator[Reading]:
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
                    yield Reading(t, name, kind.quantity, round(shown, air.digits))

    def _shown(self, error: Flaw, t: float, sound: float) -> Shown:
        return sound if t < self.kind.sound_s else error(t - self.kind.sound_s, sound)


def library(*, seed: int = 0, each: int = 4) -> tuple[BrokenSensor, ...]:
    """*each* specimens of every kind."""
    return tuple(BrokenSensor(kind, f"{seed}/{kind.name}/{n}") for kind in KINDS for n in range(each))


def _rail(*levels: float, tremble: float = 0.0) -> Callable[[random.Random], Flaw]:
    return lambda chance: Rail(chance.choice(levels), tremble, random.Random(chance.random()))


def _between(low: float, high: float, *, tremble: float = 0.0) -> Callable[[random.Random], Flaw]:
    return lambda chance: Rail(chance.uniform(low, high), tremble, random.Random(chance.random()))


def _swinging(
    low: tuple[float, float], high: tuple[float, float], noise: float
) -> Callable[[random.Random], Flaw]:
    def error(chance: random.Random) -> Flaw:
        levels = chance.uniform(*low), chance.uniform(*high)
        return Swinging(*levels, chance.uniform(17.0, 90.0), noise, random.Random(chance.random()))

    return error


def _off(offset: tuple[float, float], noise: tuple[float, float]) -> Callable[[random.Random], Flaw]:
    def error(chance: random.Random) -> Flaw:
        figures = chance.uniform(*offset), chance.uniform(*noise)
        return OffsetAndNoise(*figures, random.Random(chance.random()))

    return error


def _intermittent(*levels: float) -> Callable[[random.Random], Flaw]:
    def error(chance: random.Random) -> Flaw:
        level, good, bad = chance.choice(levels), chance.uniform(30.0, 180.0), chance.uniform(5.0, 60.0)
        return Intermittent(level, random.Random(chance.random()), good_s=good, bad_s=bad)

    return error


def _stuck_bits(low: float, high: float) -> Callable[[random.Random], Flaw]:
    return lambda chance: StuckBits(chance.uniform(low, high), random.Random(chance.random()))


def _drifting(low: float, high: float) -> Callable[[random.Random], Flaw]:
    return lambda chance: Drifting(chance.uniform(low, high))


# The rails: MAX31855 and other thermocouple converters (2047.75, 1372, 850), thermistor circuits (150,
# 125), DS18B20 at power-on and unplugged (85, -127), a PT100 amplifier (-200).
_OPEN = (2047.75, 1372.0, 850.0, 400.0, 150.0, 125.0, 85.0)
_SHORT = (-127.0, -200.0, -50.0, -40.0)

KINDS = (
    Kind("open-thermocouple", "temperature", _rail(*_OPEN)),
    Kind("open-thermocouple-trembling", "temperature", _rail(*_OPEN, tremble=0.3)),
    Kind("open-thermocouple-later", "temperature", _rail(*_OPEN), sound_s=HOUR_S),
    Kind("shorted-thermistor", "temperature", _rail(*_SHORT)),
    Kind("shorted-thermistor-later", "temperature", _rail(*_SHORT), sound_s=HOUR_S),
    Kind("frozen-thermometer", "temperature", lambda _: Frozen()),
    Kind("frozen-thermometer-hot", "temperature", _between(58.0, 120.0)),
    Kind("frozen-thermometer-later", "temperature", lambda _: Frozen(), 6 * HOUR_S, 6 * HOUR_S),
    Kind("swinging-thermometer", "temperature", _swinging((10.0, 30.0), (55.0, 140.0), 0.5)),
    Kind(
        "swinging-thermometer-later", "temperature", _swinging((10.0, 30.0), (55.0, 140.0), 0.5), HOUR_S
    ),
    Kind("loose-in-a-warm-room", "temperature", _off((0.0, 0.0), (5.0, 5.0)), air=WARM),
    Kind("loose-thermometer", "temperature", _off((0.0, 0.0), (6.0, 15.0))),
    Kind("loose-thermometer-later", "temperature", _off((0.0, 0.0), (6.0, 15.0)), sound_s=HOUR_S),
    Kind("intermittent-thermometer", "temperature", _intermittent(*_OPEN, 0.0, -40.0)),
    Kind("intermittent-thermometer-later", "temperature", _intermittent(*_OPEN, 0.0), sound_s=HOUR_S),
    Kind("stuck-bits", "temperature", _stuck_bits(32.0, 64.0)),
    Kind("stuck-bits-later", "temperature", _stuck_bits(32.0, 64.0), sound_s=HOUR_S),
    Kind("drifting-thermometer", "temperature", _drifting(2.0, 6.0), broken_s=12 * HOUR_S, neighbours=2),
    Kind("dead-thermometer", "temperature", lambda _: Dead(), HOUR_S, HOUR_S, neighbours=1),
    Kind("lamp-off", "smoke", _between(24.0, 50.0)),
    Kind("lamp-off-beyond-the-scale", "smoke", _between(50.0, 209.0)),
    Kind("lamp-off-trembling", "smoke", _between(24.0, 209.0, tremble=0.4)),
    Kind("lamp-off-later", "smoke", _between(24.0, 50.0), sound_s=HOUR_S),
    Kind("frozen-chamber-in-alarm", "smoke", _between(0.2, 4.0)),
    Kind("swinging-chamber", "smoke", _swinging((0.0, 0.05), (0.6, 6.0), 0.02)),
    Kind("noisy-chamber", "smoke", _off((0.0, 0.0), (0.15, 0.6))),
    Kind("intermittent-chamber", "smoke", _intermittent(30.0, 12.0, 49.9)),
    Kind("drifting-chamber", "smoke", _drifting(0.003, 0.005), broken_s=24 * HOUR_S, neighbours=2),
    Kind("dead-chamber", "smoke", lambda _: Dead(), HOUR_S, HOUR_S, neighbours=1),
    Kind("analyser-offset", "co", _off((80.0, 400.0), (1.0, 15.0))),
    Kind("noisy-analyser", "co", _off((0.0, 20.0), (25.0, 120.0))),
    Kind("swinging-analyser", "co", _swinging((0.0, 10.0), (150.0, 600.0), 2.0)),
    Kind("negative-analyser", "co", _off((-90.0, -25.0), (0.5, 3.0))),
    Kind("railed-analyser", "co", _rail(1_000.0, 2_000.0, 5_000.0)),
    Kind("railed-analyser-later", "co", _rail(1_000.0, 2_000.0, 5_000.0), sound_s=HOUR_S),
)
"""All ways, heat, smoke and CO. An analyser that gains an offset later is not among them: it shows what
carbon monoxide in the room would show, and is an alarm by right."""
