"""What it costs to store one signal: commits a second, beside what the file system itself can do.

A commit is as slow as the disk's own sync, so it is shown as a ratio to a bare 4 kB write and fsync in
the same folder, taken in turns with it: a disk that is busy with something else slows both.
"""

import argparse
import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from contract.messages import Edge, Kind, Scope, Signal, encode
from contract.times import to_micros
from runtime.clock import utc_now
from runtime.spool import Spool, open_spool

ROUNDS = 10


async def commits(spool: Spool, count: int) -> list[float]:
    """Store *count* signals, one after the other; seconds of each."""
    taken = []
    for _ in range(count):
        began = time.perf_counter()
        await spool.append(_signal)
        taken.append(time.perf_counter() - began)
    return taken


def syncs(folder: Path, count: int) -> list[float]:
    """Write 4 kB and sync it, so many times; seconds of each."""
    page, taken = os.urandom(4_096), []
    with (folder / "bare").open("ab", buffering=0) as file:
        for _ in range(count):
            began = time.perf_counter()
            file.write(page)
            os.fsync(file.fileno())
            taken.append(time.perf_counter() - began)
    return taken


async def burst(spool: Spool, count: int) -> float:
    """Store *count* signals at once; signals a second."""
    began = time.perf_counter()
    await asyncio.gather(*(spool.append(_signal) for _ in range(count)))
    return count / (time.perf_counter() - began)


async def run(folder: Path, count: int) -> dict[str, Any]:
    """Both, in turns."""
    stored: list[float] = []
    bare: list[float] = []
    async with open_spool(folder / "alarm.db", utc_now) as spool:
        for _ in range(ROUNDS):
            stored += await commits(spool, count // ROUNDS)
            bare += await asyncio.to_thread(syncs, folder, count // ROUNDS)
            await spool.release(through=spool.last_seq)
        together = await burst(spool, 1_000)
    ours, disk = _figures(stored), _figures(bare)
    return {
        "commit": ours,
        "fsync_4k": disk,
        "commits_per_fsync": round(ours["per_s"] / disk["per_s"], 2),
        "burst_of_1000_per_s": round(together),
    }


def _figures(taken: list[float]) -> dict[str, float]:
    cuts = statistics.quantiles(taken, n=100, method="inclusive")
    return {
        "count": len(taken),
        "per_s": round(len(taken) / sum(taken)),
        "p50_ms": round(cuts[49] * 1e3, 3),
        "p99_ms": round(cuts[98] * 1e3, 3),
    }


def _signal(seq: int) -> bytes:
    now = to_micros(utc_now())
    return encode(
        Signal(
            seq=seq,
            kind=Kind.FIRE,
            edge=Edge.RAISED,
            scope=Scope.POINT,
            name="nut-01",
            reason="manual_call",
            changed_at=now,
            committed_at=now,
            quantity="manual",
            value=1.0,
        )
    )


def main() -> int:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--commits", type=int, default=2_000)
    parser.add_argument(
        "--folder", type=Path, help="on the disk to be measured; the system's own if absent"
    )
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=wanted.folder) as name:
        result = asyncio.run(run(Path(name), wanted.commits))
    print(json.dumps({"outbox": result}, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
