"""Burns and quiet rooms at the rhythms of real sensors, against a plain reference."""

import heapq
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contract.messages import Kind
from contract.recordings import RecordedReading
from registry.model.rules import RuleKind
from tocsin.evaluate.playing import Contents, Played, play
from tocsin.evaluate.score import percentile, row_of
from tocsin.evaluate.site import Site
from tocsin.evaluate.thinning import thinned

RHYTHMS_S = (1.0, 10.0, 30.0, 60.0)

CALM_S = 3 * 3_600.0
"""Seconds for which all points were calm before a recording begins."""

REFERENCE_C = 57.0
"""The reference: this, the nominal temperature of a listed heat detector, in two samples running."""

_CALM_NOISE_K = 0.1

Rows = Sequence[RecordedReading]


@dataclass(frozen=True, slots=True)
class _Compared:
    """One burn: its alarm, and those of its points, behind the reference; None where one never came."""

    played: Played
    behind: float | None
    points: dict[str, float | None]


def score_rhythms(
    burns: Mapping[str, Rows], rooms: Mapping[str, Rows], *, seed: str = "0"
) -> list[dict[str, Any]]:
    """For each rhythm: burns alarmed and how far behind the reference, and what quiet rooms raise."""
    return [
        {"every_s": every_s, **_burns(burns, every_s, seed), **_rooms(rooms, every_s, seed)}
        for every_s in RHYTHMS_S
    ]


def reference(rows: Rows) -> dict[str, float]:
    """Return the time when each point was at the reference for the first time."""
    hot: dict[str, bool] = {}
    reached: dict[str, float] = {}
    for each in rows:
        is_hot = each.value >= REFERENCE_C
        if is_hot and hot.get(each.point):
            reached.setdefault(each.point, each.t)
        hot[each.point] = is_hot
    return reached


def with_calm(rows: Rows, every_s: float, *, seed: str) -> Iterator[RecordedReading]:
    """*rows* after hours at the first value of each point, but for the noise of a thermometer."""
    first: dict[str, RecordedReading] = {}
    for each in rows:
        first.setdefault(each.point, each)
    chance = random.Random(seed)
    calm = [
        RecordedReading(
            each.t - number * every_s, point, each.quantity, each.value + chance.gauss(0, _CALM_NOISE_K)
        )
        for point, each in first.items()
        for number in range(int(CALM_S / every_s), 0, -1)
    ]
    return heapq.merge(sorted(calm, key=lambda each: each.t), rows, key=lambda each: each.t)


def _burns(burns: Mapping[str, Rows], every_s: float, seed: str) -> dict[str, Any]:
    compared = [_compared(name, rows, every_s, seed) for name, rows in burns.items()]
    rows = [row_of(each.played) for each in compared]
    behind = [each.behind for each in compared if each.behind is not None]
    points = [delay for each in compared for delay in each.points.values()]
    came = [delay for delay in points if delay is not None]
    return {
        "burns": len(compared),
        "alarmed": sum(row.alarm_s is not None for row in rows),
        "behind_p50_s": percentile(behind, 0.5),
        "behind_worst_s": max(behind, default=None),
        "points_in_fire": len(points),
        "points_never_alarmed": len(points) - len(came),
        "point_behind_p50_s": percentile(came, 0.5),
        "point_behind_worst_s": max(came, default=None),
        "false_alarms_before_ignition": sum(row.false_alarms for row in rows),
        "faults_before_alarm": sum(row.faults_before_alarm for row in rows),
        "faults_after_alarm": sum(row.faults_after_alarm for row in rows),
    }


def _compared(name: str, rows: Rows, every_s: float, seed: str) -> _Compared:
    calm = with_calm(rows, every_s, seed=f"{seed}/{name}")
    slow = list(thinned(calm, every_s, seed=f"{seed}/{name}"))
    played, reached = play(name, slow, Site()), reference(slow)
    alarms: dict[str, float] = {}
    for t, change in played.raised(Kind.FIRE):
        if t >= 0.0:
            alarms.setdefault(change.name, t)
    points = {point: _behind(alarms.get(point), at) for point, at in reached.items()}
    first = min(reached.values(), default=None)
    return _Compared(played, _behind(min(alarms.values(), default=None), first), points)


def _behind(alarm: float | None, at: float | None) -> float | None:
    return None if alarm is None or at is None else alarm - at


def _rooms(rooms: Mapping[str, Rows], every_s: float, seed: str) -> dict[str, Any]:
    played = [_quiet(name, rows, every_s, seed) for name, rows in rooms.items()]
    scored = [row_of(each) for each in played]
    faults = {c.name for each in played for _, c in each.raised(Kind.FAULT) if c.reason != "silent"}
    return {
        "rooms": len(played),
        "false_prealarms": sum(row.false_prealarms for row in scored),
        "false_alarms": sum(row.false_alarms for row in scored),
        "in_fault_but_for_gaps": sorted(faults),
    }


def _quiet(name: str, rows: Rows, every_s: float, seed: str) -> Played:
    slow = thinned(rows, every_s, seed=f"{seed}/{name}")
    return play(name, slow, Site(), rule=RuleKind.IMMEDIATE, contents=Contents.NOTHING)
