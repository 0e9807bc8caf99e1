"""Measure time and memory to rehearse a changed rule on the signals that a center has stored.

``python -m bench.rehearse [--signals N]`` fills a database of SQLite with the signals of 50 premises in
30 days, lets half of their zones change from type B to immediate, and prints JSON.
"""

import argparse
import asyncio
import json
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import structlog
from prometheus_client import CollectorRegistry
from sqlalchemy import Connection, insert

import registry.store
from alerting.domain.rehearsal.replay import ReplaySettings
from alerting.engine.engine import open_engine
from alerting.metrics import Metrics
from alerting.settings import Confirmation
from alerting.store.history import Compared, Period, rehearse
from alerting.store.tables import signals
from contract.times import SECOND, to_micros
from registry.model.registry import Registry
from runtime.database import open_database

PREMISES, POINTS = 50, 4
END = to_micros(datetime(2026, 11, 23, tzinfo=UTC))
PERIOD = 30 * 86_400 * SECOND
AT_ONCE = 10_000
SAID = {
    "gateway": "gw",
    "epoch": "e",
    "kind": "fire",
    "scope": "point",
    "reason": "smoke_above_alarm",
    "quantity": "smoke",
    "value": 0.3,
    "clock": "gateway",
}
TIMES = ("changed_at", "committed_at", "received_at", "stored_at", "happened_at")


def content(rule: str) -> Registry:
    """Premises with a zone each; every second zone has *rule*."""
    names = [f"p-{number}" for number in range(PREMISES)]
    point = {"zone": "z", "gateway": "gw", "kind": "smoke"}
    return Registry.model_validate(
        {
            "premises": [{"id": name, "name": name} for name in names],
            "zones": [
                {"id": "z", "premises": name, "name": "Z", "rule": rule if turn % 2 else "type_b"}
                for turn, name in enumerate(names)
            ],
            "gateways": [{"id": "gw", "premises": name, "name": "GW"} for name in names],
            "points": [
                {"id": f"smoke-{number}", "premises": name, **point}
                for name in names
                for number in range(POINTS)
            ],
        }
    )


def rows(count: int) -> Iterator[dict[str, Any]]:
    """Points that raise fire and are restored, one after the other, evenly over the time."""
    for number in range(count):
        at = END - PERIOD + number * PERIOD // count
        turn = number // PREMISES
        yield {
            "premises": f"p-{number % PREMISES}",
            "seq": turn + 1,
            "edge": "restored" if turn % 2 else "raised",
            "name": f"smoke-{turn // 2 % POINTS}",
            **SAID,
            **dict.fromkeys(TIMES, at),
        }


async def fill(url: str, count: int) -> None:
    """A database as a center leaves it behind."""
    async with open_engine(url, Confirmation(), Metrics(CollectorRegistry())):
        pass
    async with registry.store.open_store(url) as store:
        await store.store_registry(content("type_b"), who="bench", now=datetime.now(UTC))
    async with open_database(url) as database:
        made = rows(count)
        while some := list(islice(made, AT_ONCE)):
            await database.write(partial(store_rows, some=some))


def store_rows(connection: Connection, some: list[dict[str, Any]]) -> None:
    """Store *some* rows."""
    connection.execute(insert(signals), some)


async def measured(count: int, url: str) -> tuple[Compared, float]:
    """Return the findings, and the duration in seconds."""
    await fill(url, count)
    began = time.perf_counter()
    found = await rehearse(
        url,
        content("immediate"),
        period=Period(END - PERIOD, END),
        waits=ReplaySettings(),
        progress=lambda done, total: None,
    )
    return found, time.perf_counter() - began


def main() -> None:
    """Measure it once."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--signals", type=int, default=100_000)
    count = parser.parse_args().signals
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'center.db'}"
        found, seconds = asyncio.run(measured(count, url))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    told = {
        "stored": count,
        "replayed": found.signals,
        "differences": len(found.found.differences),
        "seconds": round(seconds, 2),
        "replayed_per_s": round(found.signals / seconds),
        "peak_mib": round(peak),
    }
    print(json.dumps({"rehearse": told}, indent=2))


if __name__ == "__main__":
    main()
