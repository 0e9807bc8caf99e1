"""Fault recall over the library of faulty sensors, at the sampling intervals of real ones."""

from collections import Counter
from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from contract.messages import Kind
from firmware_sim.domain.faulty_sensors import FaultySensor, library
from registry.model.rules import RuleKind
from tocsin.evaluate.playing import Contents, Played, play
from tocsin.evaluate.site import Site

SPECIMENS = 4

_POINT_KINDS = {"temperature": "heat", "smoke": "smoke", "co": "co"}


class SensorOutcome(StrEnum):
    """The outcome of a faulty sensor."""

    FAULT = "fault"
    FAULT_AFTER_ALARM = "alarm, then fault"
    ALARM = "alarm, no fault"
    PREALARM = "pre-alarm, no fault"
    NOTHING = "nothing"


FOUND = frozenset({SensorOutcome.FAULT, SensorOutcome.FAULT_AFTER_ALARM})


def outcome(sensor: FaultySensor, played: Played) -> SensorOutcome:
    """Return the outcome of *sensor*: was it a fault, and was it an alarm before."""
    first: dict[Kind, float] = {}
    for t, change in played.changes:
        if change.name == sensor.name:
            first.setdefault(change.kind, t)
    fault, alarm = first.get(Kind.FAULT), first.get(Kind.FIRE)
    if fault is not None:
        return (
            SensorOutcome.FAULT_AFTER_ALARM
            if alarm is not None and alarm <= fault
            else SensorOutcome.FAULT
        )
    if alarm is not None:
        return SensorOutcome.ALARM
    return SensorOutcome.PREALARM if Kind.PREALARM in first else SensorOutcome.NOTHING


def play_faulty_sensor(sensor: FaultySensor, every_s: float) -> Played:
    """Play *sensor* and its neighbours with a sample in *every_s* seconds."""
    site = _room(sensor) if sensor.neighbours else Site()
    rows = sensor.readings(every_s)
    return play(sensor.name, rows, site, rule=RuleKind.IMMEDIATE, contents=Contents.NOTHING)


def score_faulty_sensors(
    rhythms: Sequence[float], *, seed: int = 0, each: int = SPECIMENS
) -> list[dict[str, Any]]:
    """Return for each interval the counts of found sensors and of alarms, and the missed ones."""
    return [_at(every_s, library(seed=seed, each=each)) for every_s in rhythms]


def _at(every_s: float, sensors: Sequence[FaultySensor]) -> dict[str, Any]:
    played = [play_faulty_sensor(sensor, every_s) for sensor in sensors]
    outcomes = [outcome(sensor, one) for sensor, one in zip(sensors, played, strict=True)]
    found = sum(each in FOUND for each in outcomes)
    missed = [(s.name, o) for s, o in zip(sensors, outcomes, strict=True) if o not in FOUND]
    return {
        "every_s": every_s,
        "sensors": len(sensors),
        "found": found,
        "fault_recall": round(found / len(sensors), 4),
        "outcomes": {each.value: Counter(outcomes)[each] for each in SensorOutcome},
        "found_by_kind": _by_kind(sensors, outcomes),
        "sound_neighbours_in_fault": sum(
            _blamed(s, one) for s, one in zip(sensors, played, strict=True)
        ),
        "missed": {name: what.value for name, what in missed},
    }


def _by_kind(sensors: Sequence[FaultySensor], outcomes: Sequence[SensorOutcome]) -> dict[str, int]:
    found = Counter(s.kind.name for s, o in zip(sensors, outcomes, strict=True) if o in FOUND)
    return {name: found[name] for name in dict.fromkeys(each.kind.name for each in sensors)}


def _blamed(sensor: FaultySensor, played: Played) -> int:
    return len({change.name for _, change in played.raised(Kind.FAULT)} & set(sensor.neighbours))


def _room(sensor: FaultySensor) -> Site:
    kind = _POINT_KINDS[sensor.kind.quantity]
    names = (sensor.name, *sensor.neighbours)
    return Site.model_validate({"points": [{"name": n, "kind": kind, "room": "room"} for n in names]})
