"""Nuisances: steam, dust, insects, sun and the rest, which look like a fire to a detector.

Each is a curve over time for each quantity that it disturbs, seeded where it is irregular.
Their figures are chosen, of the order that a gateway must tolerate, and not measured: cooking and steam
well above the alarm level of a smoke detector, a cigarette around it, an insect far above it.
"""

import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from firmware_sim.domain.curves import Change


class Nuisance(StrEnum):
    """A source of nuisance alarms."""

    STEAM = "steam"
    CIGARETTE = "cigarette"
    WELDING = "welding"
    DUST = "dust"
    INSECTS = "insects"
    SUN = "sun"
    HEATER = "heater"


@dataclass(frozen=True, slots=True)
class Span:
    """A period, in seconds of the scenario."""

    begins_s: float
    ends_s: float


@dataclass(frozen=True, slots=True)
class Swell:
    """Comes up to *peak* with the time constant *rise_s* and goes with *fall_s*, over *span*."""

    span: Span
    peak: float
    rise_s: float
    fall_s: float

    def __call__(self, t: float) -> float:
        """The change at *t*."""
        if t <= self.span.begins_s:
            return 0.0
        risen = -math.expm1((self.span.begins_s - min(t, self.span.ends_s)) / self.rise_s)
        return self.peak * risen * math.exp(min(0.0, self.span.ends_s - t) / self.fall_s)


class Flicker:
    """Another change, now stronger, now weaker: each *every_s* a factor between *low* and *high*."""

    def __init__(self, change: Change, seed: str, *, every_s: float, low: float, high: float) -> None:
        self._change = change
        self._seed = seed
        self._every_s = every_s
        self._low = low
        self._high = high
        self._slot = -1
        self._factor = low

    def __call__(self, t: float) -> float:
        """The change at *t*."""
        level = self._change(t)
        if level == 0.0:
            return 0.0
        slot = int(t // self._every_s)
        if slot != self._slot:
            self._slot = slot
            self._factor = random.Random(f"{self._seed}/{slot}").uniform(self._low, self._high)
        return level * self._factor


class Bursts:
    """Of each *every_s* a short time, *least_s* to *most_s*, at a height between *low* and *high*."""

    def __init__(
        self,
        span: Span,
        seed: str,
        *,
        every_s: float,
        lasts_s: tuple[float, float],
        height: tuple[float, float],
    ) -> None:
        self._span = span
        self._seed = seed
        self._every_s = every_s
        self._lasts_s = lasts_s
        self._height = height
        self._slot = -1
        self._burst = (0.0, 0.0, 0.0)

    def __call__(self, t: float) -> float:
        """The change at *t*."""
        if not self._span.begins_s <= t < self._span.ends_s:
            return 0.0
        slot = int((t - self._span.begins_s) // self._every_s)
        if slot != self._slot:
            self._slot, self._burst = slot, self._draw(slot)
        begins, ends, height = self._burst
        return height if begins <= t < ends else 0.0

    def _draw(self, slot: int) -> tuple[float, float, float]:
        chance = random.Random(f"{self._seed}/{slot}")
        lasts = min(self._every_s, chance.uniform(*self._lasts_s))
        begins = self._span.begins_s + slot * self._every_s + chance.uniform(0, self._every_s - lasts)
        return begins, begins + lasts, chance.uniform(*self._height)


Maker = Callable[[Span, float, str], Change]
"""Makes a curve from a period, a strength (1 is usual) and a seed."""


def _steam_smoke(span: Span, strength: float, seed: str) -> Change:
    # A shower's steam drifts in thick clouds.
    return Flicker(Swell(span, 0.8 * strength, 20.0, 40.0), seed, every_s=4.0, low=0.5, high=1.2)


def _steam_heat(span: Span, strength: float, _: str) -> Change:
    return Swell(span, 6.0 * strength, 90.0, 180.0)


def _cigarette_smoke(span: Span, strength: float, seed: str) -> Change:
    return Bursts(
        span, seed, every_s=45.0, lasts_s=(3.0, 10.0), height=(0.04 * strength, 0.18 * strength)
    )


def _cigarette_co(span: Span, strength: float, _: str) -> Change:
    return Swell(span, 3.0 * strength, 120.0, 600.0)


def _welding_smoke(span: Span, strength: float, seed: str) -> Change:
    return Flicker(Swell(span, 0.5 * strength, 30.0, 60.0), seed, every_s=2.0, low=0.1, high=1.0)


def _welding_heat(span: Span, strength: float, _: str) -> Change:
    return Swell(span, 4.0 * strength, 120.0, 120.0)


def _welding_co(span: Span, strength: float, _: str) -> Change:
    return Swell(span, 15.0 * strength, 180.0, 300.0)


def _dust_smoke(span: Span, strength: float, seed: str) -> Change:
    # Drilling and sweeping: clouds that come and settle within minutes.
    return Flicker(Swell(span, 0.4 * strength, 15.0, 150.0), seed, every_s=7.0, low=0.1, high=1.0)


def _insects_smoke(span: Span, strength: float, seed: str) -> Change:
    # A spider or a fly in the chamber scatters as much light as dense smoke while it sits there.
    return Bursts(
        span, seed, every_s=600.0, lasts_s=(1.0, 12.0), height=(0.5 * strength, 5.0 * strength)
    )


def _sun_heat(span: Span, strength: float, seed: str) -> Change:
    # A dark housing below a skylight: 20 K above the air within the hour; clouds pass.
    return Flicker(Swell(span, 20.0 * strength, 2400.0, 900.0), seed, every_s=900.0, low=0.9, high=1.0)


def _heater_heat(span: Span, strength: float, _: str) -> Change:
    # A fan heater blows up at the sensor: up to 5 K/min at first.
    return Swell(span, 18.0 * strength, 220.0, 400.0)


DISTURBED: dict[Nuisance, dict[str, Maker]] = {
    Nuisance.STEAM: {"smoke": _steam_smoke, "temperature": _steam_heat},
    Nuisance.CIGARETTE: {"smoke": _cigarette_smoke, "co": _cigarette_co},
    Nuisance.WELDING: {"smoke": _welding_smoke, "temperature": _welding_heat, "co": _welding_co},
    Nuisance.DUST: {"smoke": _dust_smoke},
    Nuisance.INSECTS: {"smoke": _insects_smoke},
    Nuisance.SUN: {"temperature": _sun_heat},
    Nuisance.HEATER: {"temperature": _heater_heat},
}
"""The curves of each nuisance, by quantity."""
