"""Measure samples judged a second on one core, and the memory of the state of a point.

``python -m bench.detect [--samples N] [--points N]`` lets points of each kind hear calm air, at about
1 Hz, and prints JSON. Time is that of the processor. Where it goes is measured in the same run: in
the loop around it, in plausibility, in the judgement itself; the rest is finding and passing on.
"""

import argparse
import gc
import json
import random
import time
import tracemalloc
from collections.abc import Callable, Sequence
from typing import Any

from contract.sentences import Status
from gateway.domain.detection.smoke import smoke_judge
from gateway.domain.model.moment import Moment
from gateway.domain.model.point_kinds import PointKind
from gateway.domain.plausibility.plausibility import PlausibilityCheck, plausibility_limits
from gateway.domain.points.point import MonitoredPoint
from gateway.domain.points.site_points import ConfiguredPoint, SitePoints
from gateway.domain.points.thresholds import PointThresholds
from gateway.settings import DetectionSettings

CALM = {"smoke": (0.02, 0.004), "temperature": (22.0, 0.2), "co": (3.0, 1.0)}
"""The value of each quantity in calm air, and its noise."""

KINDS = {
    PointKind.SMOKE: ("smoke",),
    PointKind.HEAT: ("temperature",),
    PointKind.CO: ("co",),
    PointKind.MULTI: ("smoke", "temperature", "co"),
}

ROUNDS = 5
"""The best of so many counts: what else the machine does only ever slows a round."""

THRESHOLDS = DetectionSettings().thresholds(silent_after_s=300.0, stuck_after_s=0.0)

Row = tuple[str, float, Moment]


def rows(kind: PointKind, count: int) -> list[Row]:
    """So many samples of calm air at 1 Hz."""
    source = random.Random(1)
    quantities = KINDS[kind]
    return [
        (quantity, source.gauss(*CALM[quantity]), moment(n + source.uniform(0.0, 0.1)))
        for n in range(count // len(quantities))
        for quantity in quantities
    ]


def moment(t: float) -> Moment:
    """No sample comes exactly a second after the one before it."""
    return Moment(1_795_464_785_000_000 + round(t * 1e6), t)


def rate(hear: Callable[[str, float, Status, Moment], Sequence[Any]], samples: list[Row]) -> float:
    """Samples a second that *hear* takes."""
    normal = Status.NORMAL
    began = time.process_time()
    for quantity, value, when in samples:
        hear(quantity, value, normal, when)
    return len(samples) / (time.process_time() - began)


def parts(samples: list[Row]) -> dict[str, int]:
    """Nanoseconds a sample in each part of a smoke point's judgement, alone in the same loop."""

    def deaf(quantity: str, value: float, status: Status, when: Moment) -> tuple[()]:
        return ()

    def doubting(quantity: str, value: float, status: Status, when: Moment) -> tuple[()]:
        take(value, when.t)
        return ()

    found = {"loop": max(rate(deaf, samples) for _ in range(ROUNDS))}
    for name, made in (
        ("plausibility", lambda: PlausibilityCheck(plausibility_limits("smoke")).check_sample),
        ("judgement", lambda: smoke_judge(THRESHOLDS.smoke).judge_sample),
    ):
        best = 0.0
        for _ in range(ROUNDS):
            take: Callable[[float, float], Any] = made()
            best = max(best, rate(doubting, samples))
        found[name] = best
    loop = 1e9 / found["loop"]
    taken = {name: round(1e9 / each - loop) for name, each in found.items() if name != "loop"}
    return {"loop": round(loop), **taken}


def point(kind: PointKind, thresholds: PointThresholds = THRESHOLDS) -> MonitoredPoint:
    """A point that has heard nothing yet."""
    return MonitoredPoint("p-1", kind=kind, thresholds=thresholds, since=Moment(0, 0.0))


def site_rate(count: int, samples: int) -> float:
    """Samples a second that a whole site takes, found by their addresses, with its ticks."""
    names = [f"p-{n}" for n in range(count)]
    made = (ConfiguredPoint(name, ("line", name), PointKind.SMOKE, THRESHOLDS) for name in names)
    site = SitePoints(made, unknown=THRESHOLDS, most_unknown=0, since=Moment(0, 0.0))
    source = random.Random(1)
    values = [source.gauss(*CALM["smoke"]) for _ in range(997)]
    addresses = [("line", name) for name in names]
    began = time.process_time()
    for second in range(samples // count):
        now = moment(float(second))
        for number, address in enumerate(addresses):
            site.accept_sample(address, "smoke", values[(number + second) % 997], Status.NORMAL, now)
        site.tick(now)
    return samples // count * count / (time.process_time() - began)


def bytes_a_point(kind: PointKind, count: int) -> int:
    """Memory of the state of one of *count* points that have heard five minutes of calm air."""
    heard = rows(kind, 300 * len(KINDS[kind]))
    gc.collect()
    tracemalloc.start()
    points = [
        MonitoredPoint("p-1", kind=kind, thresholds=THRESHOLDS, since=Moment(0, 0.0))
        for _ in range(count)
    ]
    for each in points:
        for quantity, value, when in heard:  # numbers of its own, as the line brings them
            each.accept_sample(quantity, value + 0.0, Status.NORMAL, moment(when.t + 0.0))
    gc.collect()
    used, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return used // len(points)


def main() -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=300_000)
    parser.add_argument("--points", type=int, default=1_000)
    wanted = parser.parse_args()
    kinds: dict[str, Any] = {}
    for kind in KINDS:
        samples = rows(kind, wanted.samples)
        best = max(rate(point(kind).accept_sample, samples) for _ in range(ROUNDS))
        kinds[kind.value] = {
            "samples_per_s": round(best),
            "ns_a_sample": round(1e9 / best),
            "bytes_a_point": bytes_a_point(kind, wanted.points),
        }
    site = max(site_rate(wanted.points, wanted.samples) for _ in range(ROUNDS))
    result = {
        "points": wanted.points,
        "site_samples_per_s": round(site),
        "kinds": kinds,
        "smoke_ns_a_sample_in": parts(rows(PointKind.SMOKE, wanted.samples)),
    }
    print(json.dumps({"detect": result}, indent=2))


if __name__ == "__main__":
    main()
