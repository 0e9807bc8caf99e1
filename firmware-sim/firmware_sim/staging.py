"""Turns a scenario into detectors, and these into everything that they will say."""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass

from firmware_sim.domain.curves import Change, Course, Pressed
from firmware_sim.domain.detectors import (
    Condition,
    Detector,
    Due,
    Plan,
    Radio,
    Trouble,
    Wired,
    schedule,
)
from firmware_sim.scenario import (
    Cooking,
    Fault,
    Fire,
    Point,
    PointKind,
    Press,
    Restore,
    Scenario,
    Tamper,
)


@dataclass(frozen=True, slots=True)
class _Profile:
    """What detectors of one kind have in common; *ambient* and *spread* in the unit of *quantity*."""

    quantity: str
    ambient: float
    spread: float
    decimals: int


_PROFILES = {
    PointKind.SMOKE: _Profile("smoke", 0.02, 0.01, 4),
    PointKind.ZIGBEE: _Profile("smoke", 0.02, 0.01, 4),
    PointKind.HEAT: _Profile("temperature", 24.0, 0.3, 2),
    PointKind.MANUAL: _Profile("manual", 0.0, 0.0, 0),
}


def everything_said(scenario: Scenario) -> Iterator[Due]:
    """All that the detectors of *scenario* ever say, in order of time and without end."""
    return schedule(
        [_detector(scenario, each) for each in scenario.points], every_s=scenario.sample_every_s
    )


def _detector(scenario: Scenario, point: Point) -> Detector:
    noise = random.Random(f"{scenario.seed}/{point.address}")
    plan = _plan(scenario, point)
    if point.kind is not PointKind.ZIGBEE:
        return Wired(plan, noise)
    report_s = next(each.report_every_s for each in scenario.sources if each.name == point.source)
    return Radio(plan, noise, report_s=report_s)


def _plan(scenario: Scenario, point: Point) -> Plan:
    profile = _PROFILES[point.kind]
    ambient = profile.ambient if point.ambient is None else point.ambient
    return Plan(
        address=point.address,
        quantity=profile.quantity,
        ambient=ambient,
        spread=profile.spread if point.spread is None else point.spread,
        decimals=profile.decimals,
        changes=tuple(_changes(scenario, point.address, profile.quantity, ambient)),
        conditions=tuple(_conditions(scenario, point.address)),
    )


def _changes(scenario: Scenario, address: str, quantity: str, ambient: float) -> Iterator[Change]:
    for event in scenario.events:
        if address not in event.points:
            continue
        match event:
            case Fire():
                begins = event.at_s + event.reach_s * event.points.index(address)
                ends = math.inf if event.until_s is None else event.until_s
                yield Course(
                    begins, event.growth_s, _rise(event, quantity, ambient), ends, event.decay_s
                )
            case Cooking():
                ends = event.at_s + event.lasts_s
                rise = _rise(event, quantity, ambient)
                yield Course(event.at_s, event.rise_s, rise, ends, event.decay_s)
            case Press():
                yield Pressed(event.at_s, _end(scenario, event, address))


def _rise(event: Fire | Cooking, quantity: str, ambient: float) -> float:
    peak = event.peak_temperature if quantity == "temperature" else event.peak_smoke
    return max(0.0, peak - ambient)


def _conditions(scenario: Scenario, address: str) -> Iterator[Condition]:
    for event in scenario.events:
        if address not in event.points:
            continue
        match event:
            case Fault():
                yield Condition(event.how, event.at_s, _end(scenario, event, address))
            case Tamper():
                yield Condition(Trouble.TAMPER, event.at_s, _end(scenario, event, address))


def _end(scenario: Scenario, event: Press | Fault | Tamper, address: str) -> float:
    """When *event* is over at *address*: by itself, or by the first restore after it."""
    restores = [
        each.at_s
        for each in scenario.events
        if isinstance(each, Restore) and address in each.points and each.at_s > event.at_s
    ]
    return min([math.inf if event.until_s is None else event.until_s, *restores])
