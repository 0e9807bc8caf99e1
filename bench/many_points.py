"""Measures a signal's cost while its incident has few points, and many: CPU and bytes a signal.

The real engine on a real SQLite file, one transaction a signal, without a broker or a receiver. With
``--tree FOLDER`` the same is measured of another tree by its own interpreter; a comparison takes turns.
"""

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from prometheus_client import CollectorRegistry

from alerting.engine.arrivals import ArrivedSignals
from alerting.engine.engine import open_engine
from alerting.metrics import Metrics
from alerting.settings import Confirmation
from contract.messages import Edge, Kind, Scope, Signal
from contract.times import to_micros

START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
SIZES = (10, 100, 1_000, 10_000)
SIGNALS = 100
AT_ONCE = 500


def cases(size: int) -> dict[str, tuple[str, Callable[[int], str]]]:
    """The kind of the signals that are measured, and the name of the point of each."""
    return {
        "fire, a further point": ("fire", lambda number: f"new-{number}"),
        "fire, a known point": ("fire", lambda number: f"p-{number % size}"),
        "fault, a further point": ("fault", lambda number: f"new-{number}"),
    }


async def measured(size: int, kind: str, name: Callable[[int], str]) -> dict[str, float]:
    """Milliseconds of CPU and bytes on disk for a signal of an incident of *size* points."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/center.db"
        async with open_engine(url, Confirmation(), Metrics(CollectorRegistry())) as engine:
            await engine.upkeep.resume(START)
            seq = 0
            for first in range(0, size, AT_ONCE):
                names = [f"p-{number}" for number in range(first, min(first + AT_ONCE, size))]
                await engine.intake.accept_arrivals([arrival(names, seq, kind)], START)
                seq += len(names)
            taken, before = [], stored(Path(folder))
            for number in range(SIGNALS):
                now = START + timedelta(seconds=number + 1)
                came = arrival([name(number)], seq + number, kind)
                began = time.process_time()
                await engine.intake.accept_arrivals([came], now)
                taken.append(time.process_time() - began)
            grown = stored(Path(folder)) - before
    return {
        "cpu_ms": round(statistics.median(taken) * 1e3, 3),
        "cpu_ms_p90": round(statistics.quantiles(taken, n=10)[-1] * 1e3, 3),
        "bytes": round(grown / SIGNALS),
    }


def arrival(names: list[str], seq: int, kind: str) -> ArrivedSignals:
    """Return signals of points called *names*, the first of them pressed by hand."""
    at = to_micros(START)
    signals = tuple(
        Signal(
            seq=seq + number,
            kind=Kind(kind),
            edge=Edge.RAISED,
            scope=Scope.POINT,
            name=name,
            reason="measured",
            quantity="manual" if seq + number == 1 else "smoke",
            changed_at=at,
            committed_at=at,
        )
        for number, name in enumerate(names, start=1)
    )
    return ArrivedSignals("cho", "gw-1", "e1", 1, signals, received_at=at)


def stored(folder: Path) -> int:
    """Return the bytes of the database and its journal."""
    return sum(each.stat().st_size for each in folder.iterdir())


def of_tree(tree: Path, case: str, size: int) -> dict[str, float]:
    """Measure *case* with the interpreter and the program of *tree*."""
    command = [str(tree / ".venv/bin/python"), __file__, "--one", case, "--size", str(size)]
    path = {**os.environ, "PYTHONPATH": str(tree)}
    done = subprocess.run(command, cwd=tree, env=path, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> None:
    """Measure what the command line asks for, and print it as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tree", type=Path, help="another tree to measure beside this one")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--one", help=argparse.SUPPRESS)
    parser.add_argument("--size", type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        print(json.dumps(asyncio.run(measured(asked.size, *cases(asked.size)[asked.one]))))
        return
    trees = {"here": Path(__file__).parents[1]} | ({"tree": asked.tree} if asked.tree else {})
    found = {
        case: {
            str(size): {name: of_tree(tree, case, size) for name, tree in trees.items()}
            for size in asked.sizes
        }
        for case in cases(1)
    }
    json.dump(found, sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    main()
