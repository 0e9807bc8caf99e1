"""What every point of a scenario would see, and when it would cross its alarm levels."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, takewhile

from firmware_sim.domain.detectors import Plan, Wired
from firmware_sim.domain.levels import LEVELS, crossing
from firmware_sim.scenario import Scenario
from firmware_sim.staging import sensors

Samples = list[tuple[float, float]]
"""Pairs of seconds and value."""

UNENDING_S = 1800.0
"""How much is shown of a scenario that has no end."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What one sensor shows, and when that first crosses its levels, in seconds; None if never."""

    address: str
    quantity: str
    samples: Samples
    prealarm_s: float | None
    alarm_s: float | None


def observe(scenario: Scenario) -> Iterator[Seen]:
    """What each sensor of *scenario* shows until its end; call points see nothing and are left out."""
    ends = scenario.duration_s or UNENDING_S
    for plan, sensor in sensors(scenario):
        if plan.quantity in LEVELS:
            yield _seen(plan, list(_samples(sensor, scenario.sample_every_s, ends)))


def _samples(sensor: Wired, every_s: float, ends_s: float) -> Iterator[tuple[float, float]]:
    for t in takewhile(lambda t: t < ends_s, (step * every_s for step in count())):
        sentence = sensor.sample(t)
        if sentence is not None and sentence.value is not None:
            yield t, sentence.value


def _seen(plan: Plan, samples: Samples) -> Seen:
    levels = LEVELS[plan.quantity]
    clean = plan.ambient if levels.above_clean else 0.0
    return Seen(
        plan.address,
        plan.quantity,
        samples,
        crossing(samples, clean + levels.prealarm),
        crossing(samples, clean + levels.alarm),
    )


def thin(samples: Samples, most: int) -> Samples:
    """At most *most* of *samples*: of each stretch the lowest and the highest, so no spike is lost."""
    if len(samples) <= most:
        return samples
    stretch = math.ceil(len(samples) / max(1, most // 2))
    kept: Samples = []
    for begins in range(0, len(samples), stretch):
        part = samples[begins : begins + stretch]
        ends = {min(part, key=lambda each: each[1]), max(part, key=lambda each: each[1])}
        kept += sorted(ends)
    return kept
