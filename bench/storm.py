"""How long a storm takes: 10,000 fire signals of 500 premises within one second.

``python -m bench.storm [--signals N] [--premises N] [--open N]`` measures it twice, once with an empty
database and once with 10,000 incidents open at other premises. First alerting's engine alone, which is
given the signals in groups of the size in which they would arrive: how long until all are committed
and decided. Then alerting as a process, with a real broker and a real HTTP receiver: how long after the
first signal was published the last receipt came, and the first relay of the last incident; and its
memory.
"""

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from pathlib import Path

import aiomqtt
import paho.mqtt.client as mqtt
import structlog
from paho.mqtt.enums import CallbackAPIVersion
from prometheus_client import CollectorRegistry

import registry.store
from alerting.engine.arrivals import ArrivedSignals
from alerting.engine.engine import Engine, open_engine
from alerting.metrics import Metrics
from alerting.settings import Confirmation, IntakeLimits
from bench._center import alerting, make_settings, settle, until_healthy
from contract.messages import Edge, Kind, Scope, Signal, decode_receipt, encode, encode_alarm
from contract.times import to_micros
from firmware_sim.peers.command_center import CommandCenter, open_command_center
from registry.model.registry import Registry
from runtime.clock import utc_now
from tests.support.servers import mosquitto
from tests.support.waiting import eventually

POINTS = 20
"""Points of one premises that its registry knows."""

GROUP = IntakeLimits().group

PACE = 100
"""Messages that are published between two looks at the clock."""


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


def publish(port: int, root: str, messages: Iterator[ArrivedSignals], *, per_second: int) -> None:
    """Publish *messages* at an even pace, as so many gateways would; blocks until all are out."""
    client = mqtt.Client(CallbackAPIVersion.VERSION2)
    client.max_inflight_messages_set(0)
    client.connect("127.0.0.1", port)
    client.loop_start()
    began, sent = time.perf_counter(), []
    for number, each in enumerate(messages):
        if number % PACE == 0:
            time.sleep(max(0.0, began + number / per_second - time.perf_counter()))
        payload = encode_alarm(each.epoch, each.floor, [encode(one) for one in each.signals])
        sent.append(client.publish(f"{root}/{each.premises}/{each.gateway}/alarm", payload, qos=1))
    for each_sent in sent:
        each_sent.wait_for_publish(60)
    client.disconnect()
    client.loop_stop()


async def receipts(broker: int, root: str, through: dict[str, int]) -> None:
    """Keep in *through* what is receipted of each premises, until cancelled."""
    async with aiomqtt.Client("127.0.0.1", broker) as client:
        await client.subscribe(f"{root}/+/+/receipt/alarm", qos=1)
        async for message in client.messages:
            premises = str(message.topic).removeprefix(f"{root}/").split("/")[0]
            receipt = decode_receipt(bytes(message.payload or b""))
            through[premises] = through.get(premises, 0) + len(receipt.stored)


async def whole(folder: Path, broker: int, *, signals: int, premises: int) -> dict[str, float]:
    """One storm that is published to a process of alerting over the database in *folder*."""
    received, through = CommandCenter(), dict[str, int]()
    async with open_command_center(center=received) as url, asyncio.TaskGroup() as tasks:
        settings = make_settings(folder, broker=broker, webhook=url)
        root = settings.broker.root
        async with alerting(settings) as one:
            await until_healthy(one)
            listening = tasks.create_task(receipts(broker, root, through))
            await asyncio.sleep(0.5)
            began, at = time.perf_counter(), to_micros(utc_now())
            messages = arrivals(signals, premises, prefix="p")
            await asyncio.to_thread(publish, broker, root, messages, per_second=signals)
            published = time.perf_counter() - began
            await eventually(lambda: sum(through.values()) >= signals, within=300, every=0.005)
            stored = time.perf_counter() - began
            told = await eventually(lambda: _first_told(received, premises), within=300)
            listening.cancel()
            return {
                "published_s": round(published, 2),
                "all_receipted_s": round(stored, 2),
                "every_incident_told_s": round((told - at) / 1_000_000, 2),
                "peak_memory_mb": one.peak_memory_mb(),
            }


def _first_told(received: CommandCenter, premises: int) -> int | None:
    """Return the time at which the last of so many premises was notified first."""
    first: dict[str, int] = {}
    for relay in received.relays:
        first.setdefault(relay.body.premises.id, relay.arrived_at)
    return max(first.values()) if len(first) >= premises else None


async def run(folder: Path, broker: int, wanted: argparse.Namespace) -> dict[str, object]:
    """Both storms."""
    result: dict[str, object] = {"signals": wanted.signals, "premises": wanted.premises}
    size = {"signals": wanted.signals, "premises": wanted.premises}
    for name, already_open in (("empty", 0), (f"with_{wanted.open}_open", wanted.open)):
        for part in ("engine", "process"):
            (folder / name / part).mkdir(parents=True)
            url = f"sqlite:///{folder / name / part / 'center.db'}"
            await prepare(url, premises=wanted.premises, already_open=already_open)
        engine = await decided(f"sqlite:///{folder / name / 'engine' / 'center.db'}", **size)
        process = await whole(folder / name / "process", broker, **size)
        result[name] = {"engine": engine, "process": process}
    return result


def main() -> int:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--signals", type=int, default=10_000)
    parser.add_argument("--premises", type=int, default=500)
    parser.add_argument("--open", type=int, default=10_000, help="incidents that are open before")
    wanted = parser.parse_args()
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    with tempfile.TemporaryDirectory() as name, mosquitto(Path(name) / "broker") as broker:
        result = asyncio.run(run(Path(name), broker.port, wanted))
    print(json.dumps({"storm": result}, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
