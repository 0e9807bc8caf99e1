"""Measures the time of a fire signal to its webhook: from the broker, and from the sentence on the wire.

``python -m bench.alarm_latency [--presses N] [--readings N] [--reimport [PREMISES]] [--part NAME ...]
[--tree FOLDER ...] [--rounds N]``. *broker* is alerting alone: from the publish of an alarm message to
the webhook. *wire* is everything as processes of their own: a manual call point is pressed on a TCP line
of a gateway, and the command center writes down when the webhook came. Both are measured at rest and,
with ``--reimport``, while so many other premises are imported again and again; the wire also while other
gateways send ``--readings`` a second to the store. Trees are measured in turns.
"""

import argparse
import asyncio
import json
import random
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from bench._load import Imports, readings
from bench._probe import Desk, Publisher, desk, figures, tell
from bench._tree import HERE, center, program, raise_file_limit, registry_of
from contract.sentences import SEQUENCE_MODULUS, Sentence, Status, encode
from contract.times import to_micros
from runtime.clock import utc_now
from tests.support.house import House, house
from tests.support.servers import mosquitto
from tests.support.waiting import eventually

CALL_POINT = "nut-an-01"

WARM = 3
"""Alarms before the first one that counts: they open every connection."""

SETTLE_S = 3.0
"""Seconds in which a load gets going before it is measured under."""

Figures = dict[str, Any]


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


async def stored(site: House) -> int:
    """Readings of the other gateways in the store."""
    path = "/api/v1/readings/count?premises=others"
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
    before, began = await stored(site), time.monotonic()
    found = await pressed(site, line, presses)
    rate = (await stored(site) - before) / (time.monotonic() - began)
    return found | {"readings_per_s_stored": round(rate)}


def imports(command: Sequence[str], folder: Path, premises: int) -> Imports:
    """Return the imports of so many premises beside those of the settings in *folder*."""
    first = folder / "registry.toml"
    return Imports(command, folder / "alerting.toml", first=first, premises=premises)


def broker_alone(folder: Path, broker: int, *, tree: Path, wanted: argparse.Namespace) -> Figures:
    """Measure alerting alone: at rest, and while a registry is imported."""
    names = [f"p-{number}" for number in range(2 * (WARM + wanted.presses))]
    premises, home = iter(names), folder / "center"
    with (
        desk() as at,
        center(home, tree=tree, broker=broker, webhook=at.url, registry=registry_of(names)) as one,
    ):
        publisher = Publisher(broker)
        told(at, publisher, premises, WARM)
        result: Figures = {"at_rest": figures(told(at, publisher, premises, wanted.presses))}
        if wanted.reimport:
            importing = imports(one.command, home, wanted.reimport)
            importing.begin()
            result["reimport"] = figures(told(at, publisher, premises, wanted.presses))
            importing.end()
        publisher.close()
        return result


def told(at: Desk, publisher: Publisher, premises: Iterator[str], presses: int) -> list[float]:
    """Raise so many alarms at random moments; the milliseconds of each."""
    taken = []
    for _ in range(presses):
        until = time.perf_counter() + random.uniform(0.02, 0.12)
        while (left := until - time.perf_counter()) > 0:
            at.receive(left)
        taken.append(tell(at, publisher, next(premises)))
    return taken


def run(folder: Path, wanted: argparse.Namespace) -> Figures:
    """Measure each part of each tree, in turns."""
    result: Figures = {str(tree): [] for tree in wanted.tree}
    for turn in range(wanted.rounds):
        for number, tree in enumerate(wanted.tree):
            found: Figures = {}
            for part in wanted.part:
                home = folder / f"{turn}-{number}-{part}"
                home.mkdir()
                with mosquitto(home / "broker") as broker:
                    found[part] = measured(part, home, broker.port, tree=tree, wanted=wanted)
            result[str(tree)].append(found)
    return result


def measured(part: str, home: Path, broker: int, *, tree: Path, wanted: argparse.Namespace) -> Figures:
    """Return the figures of one *part*."""
    if part == "broker":
        return broker_alone(home, broker, tree=tree, wanted=wanted)
    return asyncio.run(wire(home, broker, tree=tree, wanted=wanted))


def main() -> int:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--presses", type=int, default=200)
    parser.add_argument("--readings", type=int, default=20_000, help="a second, under load; 0: without")
    parser.add_argument(
        "--reimport", type=int, nargs="?", const=10_000, default=0, help="premises imported meanwhile"
    )
    parser.add_argument("--part", nargs="+", choices=("broker", "wire"), default=["broker", "wire"])
    parser.add_argument("--tree", type=Path, nargs="+", default=[HERE], help="whose programs, in turns")
    parser.add_argument("--rounds", type=int, default=1)
    wanted = parser.parse_args()
    raise_file_limit()
    with tempfile.TemporaryDirectory() as name:
        result = run(Path(name), wanted)
    print(json.dumps({"alarm_latency": result}, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
