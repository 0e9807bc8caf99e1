"""Thresholds of a gateway, and the points that reached one without an alarm."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from firmware_sim.domain.levels import Levels
from gateway.settings import DetectionSettings


def levels_of(detection: DetectionSettings) -> dict[str, Levels]:
    """Return the thresholds of a gateway with *detection*, by quantity; heat is of class A1."""
    figures = detection.thresholds(silent_after_s=1.0, stuck_after_s=0.0)
    heat = figures.heat
    levels = {
        "smoke": Levels(figures.smoke.prealarm_above, figures.smoke.alarm_above, above_clean=True),
        "temperature": Levels(heat.static_c - heat.prealarm_below_k, heat.static_c),
    }
    if figures.co is not None:
        levels["co"] = Levels(figures.co.prealarm_above, figures.co.alarm_above, above_clean=True)
    return levels


@dataclass(frozen=True, slots=True)
class Reached:
    """A point that reached the alarm level of *quantity*, first at *t*, in so many *samples*."""

    point: str
    quantity: str
    t: float
    samples: int


class LevelWatch:
    """Notes the points whose values reach an alarm level."""

    def __init__(self, levels: Mapping[str, Levels]) -> None:
        self._levels = levels
        self._clean: dict[tuple[str, str], float] = {}
        self._first: dict[tuple[str, str], float] = {}
        self._samples: Counter[tuple[str, str]] = Counter()

    def observe(self, point: str, quantity: str, t: float, value: float) -> None:
        """Process the next value of a point."""
        levels = self._levels.get(quantity)
        if levels is None:
            return
        key = point, quantity
        clean = 0.0
        if levels.above_clean:
            clean = self._clean[key] = min(value, self._clean.get(key, value))
        if value >= clean + levels.alarm:
            self._first.setdefault(key, t)
            self._samples[key] += 1

    def reached(self) -> Iterator[Reached]:
        """Yield each point and quantity that reached its alarm level, in the order of time."""
        for (point, quantity), t in sorted(self._first.items(), key=lambda each: each[1]):
            yield Reached(point, quantity, t, self._samples[point, quantity])
