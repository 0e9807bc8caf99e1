"""The levels from which what a point sees is an alarm, for pictures: a gateway judges with more care."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Levels:
    """In the unit of a quantity; *above_clean* if they count from what is seen in clean air."""

    prealarm: float
    alarm: float
    above_clean: bool = False


# Smoke: one maker's detector alarms at clean air + 0.132 dB/m (3 %/m). Heat: the working point of an EN
# 54-5 class A1 detector, and 10 K below. Carbon monoxide: within the 25 to 60 ppm of EN 54-26.
LEVELS = {
    "smoke": Levels(0.066, 0.132, above_clean=True),
    "temperature": Levels(46.0, 56.0),
    "co": Levels(30.0, 50.0),
}

_AGREEING = 3
"""So many samples in a row make a crossing: one alone is a spike."""


def crossing(samples: Sequence[tuple[float, float]], level: float) -> float | None:
    """When *samples*, as pairs of seconds and value, first reach *level* for good; None if never."""
    run = 0
    for place, (_, value) in enumerate(samples):
        run = run + 1 if value >= level else 0
        if run == _AGREEING:
            return samples[place - _AGREEING + 1][0]
    return None
