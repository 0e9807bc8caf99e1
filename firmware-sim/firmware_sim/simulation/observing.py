"""Curves of all sensors of a scenario, and the seconds at which they cross the alarm levels."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, takewhile

from firmware_sim.domain.detectors import SensorPlan, SerialDetector
from firmware_sim.domain.levels import LEVELS, crossing
from firmware_sim.scenario.scenario import Scenario
from firmware_sim.simulation.build import sensors_with_plans

Samples = list[tuple[float, float]]
"""Pairs of seconds and value."""

DEFAULT_DURATION_S = 1800.0
"""Seconds computed of a scenario without an end."""


@dataclass(frozen=True, slots=True)
class SensorCurve:
    """The curve of one sensor, its *clean* value, and when it crosses its levels in seconds; None if
    never.
    """

    address: str
    quantity: str
    samples: Samples
    clean: float
    crosses_prealarm_s: float | None
    crosses_alarm_s: float | None


def sensor_curves(scenario: Scenario) -> Iterator[SensorCurve]:
    """Yield the curve of each sensor of *scenario* until its end; call points are left out."""
    ends = scenario.duration_s or DEFAULT_DURATION_S
    for plan, sensor in sensors_with_plans(scenario):
        if plan.quantity in LEVELS:
            yield _curve(plan, list(_samples(sensor, scenario.sample_every_s, ends)))


def _samples(sensor: SerialDetector, every_s: float, ends_s: float) -> Iterator[tuple[float, float]]:
    for t in takewhile(lambda t: t < ends_s, (step * every_s for step in count())):
        sentence = sensor.sample(t)
        if sentence is not None and sentence.value is not None:
            yield t, sentence.value


def _curve(plan: SensorPlan, samples: Samples) -> SensorCurve:
    levels = LEVELS[plan.quantity]
    clean = plan.ambient if levels.above_clean else 0.0
    return SensorCurve(
        plan.address,
        plan.quantity,
        samples,
        plan.ambient,
        crossing(samples, clean + levels.prealarm),
        crossing(samples, clean + levels.alarm),
    )


def downsample(samples: Samples, most: int) -> Samples:
    """Return at most *most* of *samples*: of each stretch the lowest and the highest, so no spike is
    lost.
    """
    if len(samples) <= most:
        return samples
    stretch = math.ceil(len(samples) / max(1, most // 2))
    kept: Samples = []
    for begins in range(0, len(samples), stretch):
        part = samples[begins : begins + stretch]
        ends = {min(part, key=lambda each: each[1]), max(part, key=lambda each: each[1])}
        kept += sorted(ends)
    return kept
