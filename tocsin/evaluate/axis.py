"""Axes of a picture: round ticks, and the unit of time that suits a span."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

_STEPS = (1.0, 2.0, 5.0, 10.0)
_SIXTIETHS = (1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0)


@dataclass(frozen=True, slots=True)
class TimeUnit:
    """A unit of time: its symbol, its name and its seconds."""

    symbol: str
    name: str
    seconds: float


SECONDS = TimeUnit("s", "seconds", 1.0)
_UNITS = (
    (2 * 86_400.0, TimeUnit("d", "days", 86_400.0)),
    (3 * 3600.0, TimeUnit("h", "hours", 3600.0)),
    (1800.0, TimeUnit("min", "minutes", 60.0)),
)


def unit_of(span_s: float) -> TimeUnit:
    """Return the unit of a time axis over *span_s* seconds."""
    return next((unit for least, unit in _UNITS if span_s >= least), SECONDS)


def ticks(low: float, high: float, *, most: int) -> list[float]:
    """Return at most *most* round values within *low* and *high*."""
    step = _round_up((high - low) / max(1, most - 1))
    return list(_multiples(low, high, step))


def time_ticks(low_s: float, high_s: float, *, most: int) -> list[float]:
    """Return at most *most* round times within *low_s* and *high_s*, in seconds."""
    unit = unit_of(high_s - low_s)
    wanted = (high_s - low_s) / unit.seconds / max(1, most - 1)
    sixtieths = unit.seconds in {1.0, 60.0} and wanted <= _SIXTIETHS[-1]
    step = next(each for each in _SIXTIETHS if each >= wanted) if sixtieths else _round_up(wanted)
    return list(_multiples(low_s, high_s, step * unit.seconds))


def _round_up(step: float) -> float:
    """Return the smallest 1, 2 or 5 times a power of ten that is at least *step*."""
    if step <= 0.0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(step))
    return next(each * power for each in _STEPS if each * power >= step * (1.0 - 1e-9))


def _multiples(low: float, high: float, step: float) -> Iterator[float]:
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    for number in range(first, last + 1):
        yield number * step
