"""Measures the time of a fire signal to its webhook: from the broker, and from the sentence on the wire.

``python -m bench.alarm_latency [--presses N] [--readings N] [--reimport [PREMISES]] [--part NAME ...]
[--tree FOLDER ...] [--rounds N]``. *engine* is the engine in its process, without broker and receiver:
from the arrival of a first fire to the end of its commit. *broker* is alerting alone: from the publish
of an alarm message to the webhook, and for comparison the way of such a message through the broker to a
bare socket. *wire* is everything as processes of their own: a manual call point
is pressed on a TCP line of a gateway, and the command center writes down when the webhook came. The last
two are measured at rest and, with ``--reimport``, while so many other premises are imported again and
again; the wire also while other gateways send ``--readings`` a second to the store. Trees are measured
in turns.
"""

import argparse
import asyncio
import json
import random
import sys
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count, islice
from pathlib import Path
from typing import Any

from bench._desk_center import desk_center
from bench._frame import in_turns, make_parser, print_figures
from bench._load import OTHERS, Imports, readings
from bench._probe import figures
from bench._tree import in_tree, program, registry_of
from contract.ids import GatewayKey
from contract.sentences import SEQUENCE_MODULUS, Sentence, Status, encode
from contract.times import to_micros
from runtime.clock import utc_now
from tests.support.house import House, house
from tests.support.servers import mosquitto
from tests.support.waiting import eventually
from tocsin.demo.processes import child

CALL_POINT = "nut-an-01"

WARM = 3
"""Alarms before the first one that counts: they open every connection."""

SETTLE_S = 3.0
"""Seconds in which a load gets going before it is measured under."""

PARTS = ("engine", "broker", "wire")

Figures = dict[str, Any]

ENGINE = """
import asyncio, json, sys, time
from prometheus_client import CollectorRegistry
from alerting.engine.engine import open_engine
from alerting.metrics import Metrics
from alerting.settings import Confirmation
from bench.storm import arrivals, prepare
from runtime.clock import utc_now

async def measured(url, count):
    await prepare(url, premises=count, already_open=0)
    taken = []
    async with open_engine(url, Confirmation(), Metrics(CollectorRegistry())) as engine:
        cpu = time.process_time()
        for each in arrivals(count, count, prefix="p"):
            began = time.perf_counter()
            await engine.intake.accept_arrivals([each], utc_now())
            taken.append((time.perf_counter() - began) * 1_000)
        cpu = time.process_time() - cpu
    return taken, cpu / count * 1_000

print("\\n" + json.dumps(asyncio.run(measured(sys.argv[1], int(sys.argv[2])))))
"""


@dataclass
class Line:
    """A TCP line whose detectors speak when they are told to."""

    port: int = 0
    writers: list[asyncio.StreamWriter] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=count)

    def say(self, address: str, quantity: str, value: float) -> None:
        """Put one sentence on the line."""
        number = next(self.numbers) % SEQUENCE_MODULUS
        data = encode(Sentence(address, number, quantity, value, Status.NORMAL))
        for writer in self.writers:
            writer.write(data)


@asynccontextmanager
async def open_line() -> AsyncIterator[Line]:
    """A line that a gateway can connect to."""
    line = Line()

    async def connected(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line.writers.append(writer)

    async with await asyncio.start_server(connected, "127.0.0.1", 0) as server:
        line.port = server.sockets[0].getsockname()[1]
        yield line
        for writer in line.writers:
            writer.close()


async def press(site: House, line: Line) -> float:
    """Press the call point; milliseconds until the relay was at its receiver. Then all is as before."""
    before = len(site.relays("confirmed"))
    pressed = to_micros(utc_now())
    line.say(CALL_POINT, "manual", 1)
    relays = await eventually(lambda: site.relays("confirmed")[before:], within=60, every=0.01)
    line.say(CALL_POINT, "manual", 0)
    incident = relays[0].relay.incident
    await site.post(f"/api/v1/incidents/{incident}/close", {"by": "bench", "outcome": "test"})
    return float(relays[0].at - pressed) / 1_000


async def pressed(site: House, line: Line, presses: int) -> Figures:
    """Press so often, at random moments; percentiles in milliseconds."""
    taken = []
    for _ in range(presses):
        await asyncio.sleep(random.uniform(0.02, 0.12))
        taken.append(await press(site, line))
    return figures(taken)


async def stored(site: House, premises: str) -> int:
    """Readings of *premises* in the store."""
    path = f"/api/v1/readings/count?premises={premises}"
    return sum(each["count"] for each in (await site.get(path, port=site.ingest))["counts"])


async def wire(folder: Path, broker: int, *, tree: Path, wanted: argparse.Namespace) -> Figures:
    """Measure from the wire: at rest, under readings, and while a registry is imported."""
    command = program(tree)
    async with (
        open_line() as line,
        house(
            folder,
            broker=broker,
            store='[store]\nkind = "embedded"\n',
            lines=[f"socket://127.0.0.1:{line.port}"],
            points={CALL_POINT: "manual"},
            program=command,
            begin=child,
        ) as site,
    ):
        await eventually(lambda: line.writers)
        await pressed(site, line, WARM)
        result: Figures = {"at_rest": await pressed(site, line, wanted.presses)}
        if wanted.readings:
            with readings(broker, wanted.readings):
                result[f"{wanted.readings}_readings_per_s"] = await under_readings(
                    site, line, wanted.presses
                )
        if wanted.reimport:
            importing = imports(command, folder, wanted.reimport)
            await asyncio.to_thread(importing.begin)
            result["reimport"] = await pressed(site, line, wanted.presses)
            await asyncio.to_thread(importing.end)
        return result


async def under_readings(site: House, line: Line, presses: int) -> Figures:
    """Measure while readings come, and count those that are stored."""
    await asyncio.sleep(SETTLE_S)
    before, began = await stored(site, OTHERS), time.monotonic()
    found = await pressed(site, line, presses)
    rate = (await stored(site, OTHERS) - before) / (time.monotonic() - began)
    return found | {"readings_per_s_stored": round(rate)}


def imports(command: Sequence[str], folder: Path, premises: int) -> Imports:
    """Return the imports of so many premises beside those of the settings in *folder*."""
    first = folder / "registry.toml"
    return Imports(command, folder / "alerting.toml", first=first, premises=premises)


def engine_alone(folder: Path, *, tree: Path, presses: int) -> Figures:
    """Measure one fire after the other, each of other premises, in the engine of *tree*."""
    printed = in_tree(tree.resolve(), ENGINE, f"sqlite:///{folder / 'center.db'}", str(WARM + presses))
    taken, cpu_ms = json.loads(printed.splitlines()[-1])
    return figures(taken[WARM:]) | {"cpu_ms": round(cpu_ms, 2)}


def broker_alone(folder: Path, *, tree: Path, wanted: argparse.Namespace) -> Figures:
    """Measure alerting alone: at rest, and while a registry is imported."""
    names = [f"p-{number}" for number in range(WARM + 3 * wanted.presses)]
    premises = iter(names)
    with desk_center(folder, tree=tree, registry=registry_of(names)) as site:
        site.tell_all(islice(premises, WARM))
        result: Figures = {
            "through_broker": figures(site.through_broker(wanted.presses)),
            "at_rest": figures(site.tell_all(islice(premises, wanted.presses))),
        }
        if wanted.signed:
            sign = site.enroll(GatewayKey(each, "gw") for each in names)
            result["signed"] = figures(site.tell_all(islice(premises, wanted.presses), sign=sign))
        if wanted.reimport:
            importing = imports(site.center.command, site.center.config.parent, wanted.reimport)
            importing.begin()
            result["reimport"] = figures(site.tell_all(islice(premises, wanted.presses)))
            importing.end()
        return result


def run(folder: Path, wanted: argparse.Namespace) -> Figures:
    """Measure each part of each tree, in turns."""
    return in_turns(
        wanted.tree,
        wanted.rounds,
        lambda tree, home: {
            part: measured(part, home / part, tree=tree, wanted=wanted) for part in wanted.part
        },
        folder=folder,
    )


def measured(part: str, home: Path, *, tree: Path, wanted: argparse.Namespace) -> Figures:
    """Return the figures of one *part*."""
    home.mkdir()
    if part == "engine":
        return engine_alone(home, tree=tree, presses=wanted.presses)
    if part == "broker":
        return broker_alone(home, tree=tree, wanted=wanted)
    with mosquitto(home / "broker") as broker:
        return asyncio.run(wire(home, broker.port, tree=tree, wanted=wanted))


def main() -> int:
    """Print the figures as JSON."""
    parser = make_parser(__doc__)
    parser.add_argument("--presses", type=int, default=200)
    parser.add_argument("--readings", type=int, default=20_000, help="a second, under load; 0: without")
    parser.add_argument(
        "--reimport", type=int, nargs="?", const=10_000, default=0, help="premises imported meanwhile"
    )
    parser.add_argument(
        "--signed", action="store_true", help="also alarms that enrolled gateways sign (broker)"
    )
    parser.add_argument("--part", nargs="+", choices=PARTS, default=PARTS)
    wanted = parser.parse_args()
    return print_figures("alarm_latency", lambda folder: run(folder, wanted))


if __name__ == "__main__":
    sys.exit(main())
