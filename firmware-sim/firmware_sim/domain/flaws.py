"""How a sensor goes wrong while its detector still speaks: dirt, spikes, noise."""

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
        """What the dirt adds at *t*, in the unit of the sensor."""
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
        """How far the sample at *t* is off."""
        if not self._begins_s <= t < self._ends_s:
            return 0.0
        return self._chance.gauss(0.0, self._size)
