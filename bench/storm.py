"""Measures how soon people are told in a storm: 10,000 fire signals of 500 premises within one second.

``python -m bench.storm [--signals N] [--premises N] [--open N ...] [--database NAME ...]
[--process-only] [--tree FOLDER ...] [--rounds N]`` measures it with an empty database and with 10,000
incidents open at other premises, on SQLite, and on PostgreSQL too with ``--database sqlite postgresql``.
First alerting's engine alone, which is given the signals in groups of the size in which they would
arrive: how long until all are committed and decided. Then alerting as a process, with a real broker and
a receiver that is a process too: from the first publish to the first notice of so many percent of the
fires, as it arrived at the receiver, and to the last receipt; the late steps that the auditor found; its
processor time and memory. ``--tree`` names the trees whose programs are measured, in turns. A storm
takes about 15 s, and the preparing of 10,000 open incidents as long.
"""

import argparse
import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice, product
from math import ceil
from pathlib import Path
from typing import Any

import aiohttp
import structlog
from prometheus_client import CollectorRegistry

import registry.store
from alerting.engine.arrivals import ArrivedSignals
from alerting.engine.engine import Engine, open_engine
from alerting.metrics import Metrics
from alerting.settings import Confirmation, IntakeLimits
from bench._center import Alerting, alerting, make_settings, settle, until_healthy
from bench._frame import make_parser, print_figures, print_progress
from bench._storming import packets, publish, receipts
from bench._tree import in_tree
from contract.messages import Edge, Kind, Scope, Signal
from contract.times import to_micros
from registry.model.registry import Registry
from runtime.clock import utc_now
from tests.support.servers import Server, empty_database, free_port, mosquitto, postgresql
from tests.support.waiting import eventually

POINTS = 20
"""Points of one premises that its registry knows."""

GROUP = IntakeLimits().group

PERCENT = (0, 10, 50, 90, 99, 100)

HERE = Path(__file__).parent.parent


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


def arrivals(
    signals: int, premises: int, *, prefix: str, quantity: str = "smoke"
) -> Iterator[ArrivedSignals]:
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
        yield ArrivedSignals(f"{prefix}-{number % premises}", "gw", "e1", 1, (signal,), at)


async def take(engine: Engine, waiting: Iterator[ArrivedSignals]) -> list[float]:
    """Take all of *waiting*, group after group; the seconds that each group took."""
    taken = []
    while group := list(islice(waiting, GROUP)):
        began = time.perf_counter()
        await engine.intake.accept_arrivals(group, utc_now())
        taken.append(time.perf_counter() - began)
    return taken


async def prepare(url: str, *, premises: int, already_open: int) -> None:
    """The registry of the storm's premises, and *already_open* incidents at others, told long ago."""
    async with registry.store.open_store(url) as store:
        await store.store_registry(content(premises), who="bench", now=utc_now())
    async with open_engine(url, Confirmation(), Metrics(CollectorRegistry())) as engine:
        await take(engine, arrivals(already_open, already_open, prefix="old", quantity="manual"))
    settle(url, due=utc_now() + timedelta(hours=1))


async def decided(url: str, *, signals: int, premises: int) -> dict[str, float]:
    """One storm that is given to the engine over the database at *url*."""
    async with open_engine(url, Confirmation(), Metrics(CollectorRegistry())) as engine:
        began = time.perf_counter()
        groups = await take(engine, arrivals(signals, premises, prefix="p"))
        seconds = time.perf_counter() - began
        stored = await engine.transactions.read(
            lambda of: len(of.list_incidents(which="open", limit=2 * premises))
        )
    assert stored >= min(premises, signals)
    return {
        "seconds": round(seconds, 2),
        "signals_per_s": round(signals / seconds),
        "slowest_group_s": round(max(groups), 3),
    }


PREPARE = """
import asyncio, sys
from bench.storm import prepare
url, premises, already_open = sys.argv[1:]
asyncio.run(prepare(url, premises=int(premises), already_open=int(already_open)))
"""

DECIDE = """
import asyncio, json, sys
from bench.storm import decided
url, signals, premises = sys.argv[1:]
found = asyncio.run(decided(url, signals=int(signals), premises=int(premises)))
print("\\n" + json.dumps(found))
"""


@dataclass(frozen=True)
class Storm:
    """So many *signals* of *premises* within a second, for the program of *tree*."""

    tree: Path
    broker: int
    signals: int
    premises: int
    settle_s: float
    postgresql: Server | None = None

    def prepare(self, folder: Path, *, already_open: int) -> str:
        """Make a database, in *folder* if it is a file; return its URL."""
        folder.mkdir(parents=True)
        url = f"sqlite:///{folder / 'center.db'}"
        if self.postgresql is not None:
            url = empty_database(self.postgresql)
        in_tree(self.tree, PREPARE, url, str(self.premises), str(already_open))
        return url

    def decided(self, url: str) -> object:
        """The storm, given to the engine over the database at *url*."""
        printed = in_tree(self.tree, DECIDE, url, str(self.signals), str(self.premises))
        return json.loads(printed.splitlines()[-1])

    async def told(self, folder: Path, url: str | None = None) -> dict[str, object]:
        """The storm, published to a process of alerting over the database at *url* or in *folder*."""
        async with receiver() as port:
            webhook = f"http://127.0.0.1:{port}/relay"
            settings = make_settings(folder, broker=self.broker, webhook=webhook, database=url)
            async with alerting(settings, tree=self.tree) as one:
                await until_healthy(one)
                return await self._told(one, port)

    async def _told(self, one: Alerting, receiver_port: int) -> dict[str, object]:
        root = one.settings.broker.root
        made = packets(root, arrivals(self.signals, self.premises, prefix="p"))
        with receipts(self.broker, root) as kept:
            await asyncio.sleep(1.0)
            cpu, began = one.cpu_s(), time.time()
            await publish(self.broker, made, per_second=self.signals)
            published = time.time() - began
            first = await eventually(lambda: _first(receiver_port, self.premises), within=300, every=0.2)
            await eventually(lambda: kept.stored() >= self.signals, within=300, every=0.5)
            cpu = one.cpu_s() - cpu
            await asyncio.sleep(self.settle_s)
            return {
                "published_s": round(published, 2),
                "first_notices": len(first),
                "first_notice_s": _quantiles([each / 1_000_000 - began for each in first.values()]),
                "all_receipted_s": round(max(at for at, _ in kept.came) - began, 2),
                "messages": (await _asked(receiver_port))["messages"],
                "late_steps": await one.counted("tocsin_alerting_audit_findings_total"),
                "cpu_s": round(cpu, 2),
                "peak_memory_mb": one.peak_memory_mb(),
            }


def _quantiles(seconds: Sequence[float]) -> dict[str, float]:
    """Return when so many percent of the first notices had come."""
    found = sorted(seconds)
    return {f"{each}%": round(found[max(0, ceil(each / 100 * len(found)) - 1)], 3) for each in PERCENT}


async def _asked(port: int) -> dict[str, Any]:
    async with aiohttp.ClientSession() as http, http.get(f"http://127.0.0.1:{port}/told") as answer:
        told: dict[str, Any] = await answer.json()
        return told


async def _first(port: int, premises: int) -> dict[str, int] | None:
    """Return the time of the first notice of each of so many *premises*, once there are all."""
    first: dict[str, int] = (await _asked(port))["first"]
    return first if len(first) >= premises else None


@asynccontextmanager
async def receiver() -> AsyncIterator[int]:
    """Run a receiver within the block; yields its port."""
    port = free_port()
    command = [sys.executable, "-m", "bench._receiver", str(port)]
    process = await asyncio.create_subprocess_exec(*command, cwd=HERE)
    try:
        await eventually(lambda: _is_open(port))
        yield port
    finally:
        process.terminate()
        await process.wait()


async def _is_open(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True


async def measure(storm: Storm, folder: Path, *, already_open: int, engine: bool) -> dict[str, object]:
    """One storm, at the engine alone if wanted, and at the whole process."""
    found: dict[str, object] = {"tree": str(storm.tree)}
    if engine:
        found["engine"] = storm.decided(storm.prepare(folder / "engine", already_open=already_open))
    url = storm.prepare(folder / "process", already_open=already_open)
    return found | {"process": await storm.told(folder / "process", url)}


def cases(wanted: argparse.Namespace) -> Iterator[tuple[str, str, int]]:
    """Yield the name, the database and the incidents already open of each storm."""
    for database in wanted.database:
        for already_open in wanted.open:
            name = f"with_{already_open}_open" if already_open else "empty"
            yield name if database == "sqlite" else f"{name}_{database}", database, already_open


async def run(
    folder: Path, broker: int, wanted: argparse.Namespace, *, server: Server | None
) -> dict[str, object]:
    """The storms, each in turns over the trees."""
    result: dict[str, object] = {"signals": wanted.signals, "premises": wanted.premises}
    for name, database, already_open in cases(wanted):
        rows, used = list[dict[str, object]](), server if database == "postgresql" else None
        for turn, (number, tree) in product(range(wanted.rounds), enumerate(wanted.tree)):
            storm = Storm(
                tree.resolve(), broker, wanted.signals, wanted.premises, wanted.settle, postgresql=used
            )
            home, engine = folder / f"{name}-{turn}-{number}", not wanted.process_only
            rows.append(await measure(storm, home, already_open=already_open, engine=engine))
            print_progress(f"{name}: {rows[-1]}")
        result[name] = rows
    return result


def measured(folder: Path, wanted: argparse.Namespace) -> dict[str, object]:
    """Measure all storms over one broker, and one PostgreSQL if it is asked for."""
    with ExitStack() as servers:
        broker = servers.enter_context(mosquitto(folder / "broker"))
        server = servers.enter_context(postgresql(folder)) if "postgresql" in wanted.database else None
        return asyncio.run(run(folder, broker.port, wanted, server=server))


def main() -> int:
    """Print the figures as JSON."""
    parser = make_parser(__doc__)
    parser.add_argument("--signals", type=int, default=10_000)
    parser.add_argument("--premises", type=int, default=500)
    parser.add_argument("--open", type=int, nargs="+", default=[0, 10_000], help="incidents open before")
    parser.add_argument("--database", nargs="+", choices=("sqlite", "postgresql"), default=["sqlite"])
    parser.add_argument("--settle", type=float, default=12.0, help="s that the auditor has afterwards")
    parser.add_argument("--process-only", action="store_true", help="leave the engine alone out")
    wanted = parser.parse_args()
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    return print_figures("storm", lambda folder: measured(folder, wanted))


if __name__ == "__main__":
    sys.exit(main())
