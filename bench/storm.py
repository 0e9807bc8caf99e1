"""How long a storm takes: 10,000 fire signals of 500 premises, until all are committed and decided.

``python -m bench.storm [--signals N] [--premises N] [--open N]`` gives them to alerting's engine in
groups of the size in which they would arrive: once with an empty database, once with 10,000 incidents
open at other premises. Relays are made and begun, but not sent.
"""

import argparse
import asyncio
import json
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import structlog
from prometheus_client import CollectorRegistry

import registry.store
from alerting.adapters.arrivals import Arrival
from alerting.adapters.engine import Engine, open_engine
from alerting.adapters.metrics import Metrics
from alerting.settings import Confirmation, Intake
from contract.messages import Edge, Kind, Scope, Signal
from contract.times import to_micros
from registry.model import Registry
from runtime.clock import utc_now

POINTS = 20
"""Points of one premises that its registry knows."""

GROUP = Intake().group


def content(premises: int) -> Registry:
    """*premises* with one zone each, whose points confirm one another."""
    names = [f"p-{number}" for number in range(premises)]
    points = [(name, f"smoke-{number}") for name in names for number in range(POINTS)]
    return Registry.model_validate(
        {
            "premises": [{"id": name, "name": name} for name in names],
            "zones": [{"id": "all", "premises": name, "name": "all"} for name in names],
            "gateways": [{"id": "gw", "premises": name, "name": "gw"} for name in names],
            "points": [
                {"id": point, "premises": name, "zone": "all", "gateway": "gw", "kind": "smoke"}
                for name, point in points
            ],
        }
    )


def arrivals(signals: int, premises: int, *, prefix: str, quantity: str = "smoke") -> Iterator[Arrival]:
    """*signals* messages of one fire signal each, every premises in its turn."""
    for number in range(signals):
        turn, at = number // premises, to_micros(utc_now())
        signal = Signal(
            seq=turn + 1,
            kind=Kind.FIRE,
            edge=Edge.RAISED,
            scope=Scope.POINT,
            name=f"{quantity}-{turn % POINTS}",
            reason=f"{quantity}_above_alarm",
            changed_at=at,
            committed_at=at,
            quantity=quantity,
            value=1.0,
        )
        yield Arrival(f"{prefix}-{number % premises}", "gw", "e1", 1, (signal,), at)


async def take(engine: Engine, waiting: Iterator[Arrival]) -> list[float]:
    """Take all of *waiting*, group after group; the seconds that each group took."""
    taken = []
    while group := list(islice(waiting, GROUP)):
        began = time.perf_counter()
        await engine.take(group, utc_now())
        taken.append(time.perf_counter() - began)
    return taken


async def storm(url: str, *, signals: int, premises: int, already_open: int) -> dict[str, float]:
    """One storm over the database at *url*, with *already_open* incidents at other premises."""
    async with registry.store.open_store(url) as store:
        await store.put(content(premises), who="bench", now=utc_now())
    async with open_engine(url, Confirmation(), Metrics(CollectorRegistry())) as engine:
        if already_open:
            await take(engine, arrivals(already_open, already_open, prefix="old", quantity="manual"))
        began = time.perf_counter()
        groups = await take(engine, arrivals(signals, premises, prefix="p"))
        seconds = time.perf_counter() - began
        stored = await engine.read(lambda of: len(of.list_incidents(which="open", limit=2 * premises)))
    assert stored >= min(premises, signals)
    return {
        "seconds": round(seconds, 2),
        "signals_per_s": round(signals / seconds),
        "slowest_group_s": round(max(groups), 3),
        "peak_memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024),
    }


async def run(folder: Path, wanted: argparse.Namespace) -> dict[str, object]:
    """Both storms."""
    result: dict[str, object] = {"signals": wanted.signals, "premises": wanted.premises}
    for name, already_open in (("empty", 0), (f"with_{wanted.open}_open", wanted.open)):
        result[name] = await storm(
            f"sqlite:///{folder / name}.db",
            signals=wanted.signals,
            premises=wanted.premises,
            already_open=already_open,
        )
    return result


def main() -> int:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--signals", type=int, default=10_000)
    parser.add_argument("--premises", type=int, default=500)
    parser.add_argument("--open", type=int, default=10_000, help="incidents that are open before")
    wanted = parser.parse_args()
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    with tempfile.TemporaryDirectory() as name:
        result = asyncio.run(run(Path(name), wanted))
    print(json.dumps({"storm": result}, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
