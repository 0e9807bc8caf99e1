"""How soon a restart goes on: 10,000 open incidents, each with a step that is overdue.

``python -m bench.resume [--open N]`` tells how long alerting takes to open its database, to look through
what is open, to decide the first overdue steps and all of them; and how long after the start of a
process, Python and all, the first overdue step is at a real HTTP receiver. No broker answers meanwhile.
"""

import argparse
import asyncio
import json
import shutil
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

import structlog
from prometheus_client import CollectorRegistry

from alerting.engine.commit_result import CommitResult
from alerting.engine.engine import open_engine
from alerting.metrics import Metrics
from alerting.settings import Confirmation
from bench._center import alerting, make_settings, settle
from bench.storm import arrivals, take
from firmware_sim.peers.command_center import CommandCenter, open_command_center
from runtime.clock import utc_now
from tests.support.servers import free_port
from tests.support.waiting import eventually

OVERDUE = timedelta(seconds=30)


async def prepare(url: str, number: int) -> None:
    """Let *number* confirmed fires be open, told once, each with a next step that is overdue."""
    async with open_engine(url, Confirmation(), Metrics(CollectorRegistry())) as engine:
        await take(engine, arrivals(number, number, prefix="p", quantity="manual"))
    settle(url, due=utc_now() - OVERDUE)


async def phases(url: str) -> dict[str, float]:
    """Return the duration of each part of a restart, in a process that runs already."""
    committed: list[float] = []

    def hear(what: CommitResult) -> None:
        if what.next_deadline is not None:
            committed.append(time.perf_counter())

    began = time.perf_counter()
    async with open_engine(url, Confirmation(), Metrics(CollectorRegistry())) as engine:
        opened = time.perf_counter()
        await engine.upkeep.resume(utc_now())
        resumed = time.perf_counter()
        engine.transactions.listeners.append(hear)
        await engine.deadlines.run_due(utc_now())
    return {
        "open_s": round(opened - began, 3),
        "resume_s": round(resumed - opened, 3),
        "first_steps_decided_s": round(committed[0] - resumed, 3),
        "all_steps_decided_s": round(committed[-1] - resumed, 3),
    }


async def first_relay(folder: Path) -> dict[str, float]:
    """Return the time from the start of a process to the notification of the first overdue step."""
    received = CommandCenter()
    async with open_command_center(center=received) as url:
        settings = make_settings(folder, broker=free_port(), webhook=url)
        began = time.perf_counter()
        async with alerting(settings) as one:
            await eventually(lambda: "escalated" in received.events(), within=120, every=0.005)
            seconds = time.perf_counter() - began
            return {"first_step_told_s": round(seconds, 2), "peak_memory_mb": one.peak_memory_mb()}


async def run(folder: Path, number: int) -> dict[str, object]:
    """All of the measurement."""
    await prepare(f"sqlite:///{folder / 'center.db'}", number)
    told = await first_relay(_copied(folder))
    return {"open": number, **await phases(f"sqlite:///{folder / 'center.db'}"), **told}


def _copied(folder: Path) -> Path:
    copy = folder / "copy"
    copy.mkdir()
    for file in folder.glob("center.db*"):
        shutil.copy(file, copy)
    return copy


def main() -> int:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--open", type=int, default=10_000, help="incidents that are open")
    wanted = parser.parse_args()
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    with tempfile.TemporaryDirectory() as name:
        result = asyncio.run(run(Path(name), wanted.open))
    print(json.dumps({"resume": result}, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
