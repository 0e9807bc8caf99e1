"""Heat release of a fire over time: growth, a steady phase, and decay."""

import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

HeatRelease = Callable[[float], float]
"""Heat in kW, *t* seconds after ignition; never negative."""


class Growth(StrEnum):
    """Growth rate of a fire."""

    SLOW = "slow"
    MEDIUM = "medium"
    FAST = "fast"
    ULTRA_FAST = "ultra-fast"


# kW/s2: 1055 kW (1000 BTU/s) after 600, 300, 150 and 75 s. NFPA 72, annex B; NFPA 92, annex; the slow,
# medium, fast and ultra-fast t-squared fires of the SFPE Handbook.
ALPHA = {
    Growth.SLOW: 1055.0 / 600.0**2,
    Growth.MEDIUM: 1055.0 / 300.0**2,
    Growth.FAST: 1055.0 / 150.0**2,
    Growth.ULTRA_FAST: 1055.0 / 75.0**2,
}


@dataclass(frozen=True, slots=True)
class TSquared:
    """``Q = alpha t2`` up to *peak_kw* (NFPA 72, annex B); *alpha* in kW/s2."""

    alpha: float
    peak_kw: float

    def __call__(self, t: float) -> float:
        """KW at *t* seconds after ignition."""
        return min(self.peak_kw, self.alpha * max(0.0, t) ** 2)


@dataclass(frozen=True, slots=True)
class Smolder:
    """A smoldering fire: the mass that it burns rises with time to *peak_g_s*, in *rise_s* seconds.

    A smolder front spreads at a steady pace, so its burning rate grows with time (Ohlemiller,
    "Smoldering Combustion", SFPE Handbook). *heat_kj_g* is what each gram gives.
    """

    peak_g_s: float
    rise_s: float
    heat_kj_g: float

    def __call__(self, t: float) -> float:
        """KW at *t* seconds after ignition."""
        return self.peak_g_s * self.heat_kj_g * min(1.0, max(0.0, t) / self.rise_s)


class Given:
    """A heat-release curve that somebody measured: straight lines between (seconds, kW)."""

    def __init__(self, curve: Sequence[tuple[float, float]]) -> None:
        if any(b <= a for (a, _), (b, _) in pairwise(curve)) or not curve:
            raise ValueError("give a curve as pairs of seconds and kW, with seconds that rise")
        self._times = [t for t, _ in curve]
        self._heat = [kw for _, kw in curve]

    def __call__(self, t: float) -> float:
        """KW at *t* seconds after ignition; 0 before the curve, its last value after it."""
        place = bisect_right(self._times, t)
        if place == 0:
            return 0.0
        if place == len(self._times):
            return self._heat[-1]
        begins, ends = self._times[place - 1], self._times[place]
        share = (t - begins) / (ends - begins)
        return self._heat[place - 1] + share * (self._heat[place] - self._heat[place - 1])


class WindingDown:
    """Another fire that runs out of fuel, or is put out: from *ends_s* it decays exponentially.

    *energy_mj* is all the heat that its fuel holds; when 70 % of it is released, the decline begins, as
    in EN 1991-1-2, annex E (where it is linear); here it is exponential, and releases exactly the rest.
    *decay_s* is the time constant of what is put out: wet fuel and hot walls go on for a while.
    """

    _STEP_S = 1.0
    _LONGEST_S = 86_400.0

    def __init__(
        self, fire: HeatRelease, *, ends_s: float, decay_s: float, energy_mj: float | None = None
    ) -> None:
        self._fire = fire
        burnt_out = self._burnt_out(energy_mj) if energy_mj is not None else math.inf
        self._ends_s = min(ends_s, burnt_out)
        self._decay_s = decay_s
        self._last_kw = fire(self._ends_s) if self._ends_s < math.inf else 0.0
        if energy_mj is not None and burnt_out <= ends_s and self._last_kw > 0:
            self._decay_s = 0.3 * energy_mj * 1000.0 / self._last_kw

    def __call__(self, t: float) -> float:
        """KW at *t* seconds after ignition."""
        if t <= self._ends_s:
            return self._fire(t)
        return self._last_kw * math.exp((self._ends_s - t) / self._decay_s)

    def _burnt_out(self, energy_mj: float) -> float:
        """Return the second after ignition at which 70 % of *energy_mj* is released."""
        left, t = 0.7 * energy_mj * 1000.0, 0.0
        while left > 0 and t < self._LONGEST_S:
            left -= self._fire(t + self._STEP_S / 2) * self._STEP_S
            t += self._STEP_S
        return t if left <= 0 else math.inf
