"""The thresholds of a gateway with default settings, which pictures show (tests compare the two)."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Levels:
    """Levels in the unit of a quantity; *above_clean* if they count from the value in clean air."""

    prealarm: float
    alarm: float
    above_clean: bool = False


# Smoke: one maker's detector alarms at clean air + 0.132 dB/m (3 %/m). Heat: the working point of an EN
# 54-5 class A1 detector, and 10 K below. Carbon monoxide: above what the room always has.
LEVELS = {
    "smoke": Levels(0.066, 0.132, above_clean=True),
    "temperature": Levels(46.0, 56.0),
    "co": Levels(30.0, 60.0, above_clean=True),
}

_AGREEING = 3
"""Samples in a row that make a crossing: a single one is a spike."""


def crossing(samples: Sequence[tuple[float, float]], level: float) -> float | None:
    """Return the second at which *samples*, pairs of seconds and value, reach *level* for good; None if
    never.
    """
    run = 0
    for place, (_, value) in enumerate(samples):
        run = run + 1 if value >= level else 0
        if run == _AGREEING:
            return samples[place - _AGREEING + 1][0]
    return None
