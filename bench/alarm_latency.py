"""How long a fire signal takes: from the sentence on the wire to the relay at its receiver.

A manual call point is pressed on a TCP line; the command center writes down when the relay of the
confirmed fire arrived. Every part is a process of its own, the broker is mosquitto, the readings go
to the embedded store. Measured at rest, and while other detectors send 5,000 readings a second.
"""

import argparse
import asyncio
import json
import random
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from contract.sentences import SEQUENCE_MODULUS, Sentence, Status, encode
from contract.times import to_micros
from runtime.clock import utc_now
from tests.support.house import House, house
from tests.support.servers import mosquitto
from tests.support.waiting import eventually

CALL_POINT = "nut-an-01"
LOAD_POINTS = 500
LOAD_EVERY_S = 0.05


@dataclass
class Line:
    """A TCP line whose detectors speak when they are told to."""

    port: int = 0
    writers: list[asyncio.StreamWriter] = field(default_factory=list)
    numbers: dict[str, Any] = field(default_factory=dict)

    def say(self, address: str, quantity: str, value: float) -> None:
        """Put one sentence on the line."""
        number = next(self.numbers.setdefault(address, count())) % SEQUENCE_MODULUS
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
    relays = await eventually(lambda: site.relays("confirmed")[before:], within=30, every=0.01)
    line.say(CALL_POINT, "manual", 0)
    incident = relays[0].relay.incident
    await site.post(f"/api/v1/incidents/{incident}/close", {"by": "bench", "outcome": "test"})
    return float(relays[0].at - pressed) / 1_000


async def load(line: Line, per_second: int) -> None:
    """Send readings at an even pace until cancelled; late rounds are made up for."""
    loop = asyncio.get_running_loop()
    began, sent = loop.time(), 0
    while True:
        due = int((loop.time() - began) * per_second)
        for number in range(sent, due):
            line.say(f"tai-{number % LOAD_POINTS:03}", "temperature", 25 + number % 7 / 10)
        sent = due
        await asyncio.sleep(LOAD_EVERY_S)


async def measure(site: House, line: Line, presses: int) -> dict[str, float]:
    """Press so often, at random moments; percentiles in milliseconds."""
    taken = []
    for _ in range(presses):
        await asyncio.sleep(random.uniform(0.02, 0.12))
        taken.append(await press(site, line))
    cuts = statistics.quantiles(taken, n=100, method="inclusive")
    return {
        "presses": presses,
        "p50_ms": round(cuts[49], 2),
        "p99_ms": round(cuts[98], 2),
        "max_ms": round(max(taken), 2),
    }


async def stored(site: House) -> int:
    """Readings in the store."""
    path = "/api/v1/readings/count?premises=cho-an-binh"
    return sum(each["count"] for each in (await site.get(path, port=site.ingest))["counts"])


async def run(folder: Path, broker: int, presses: int, rate: int) -> dict[str, Any]:
    """The measurement, at rest and under load."""
    async with (
        open_line() as alarms,
        open_line() as others,
        house(
            folder,
            broker=broker,
            store='[store]\nkind = "embedded"\n',
            lines=[f"socket://127.0.0.1:{alarms.port}", f"socket://127.0.0.1:{others.port}"],
            points={CALL_POINT: "manual"},
        ) as site,
    ):
        await eventually(lambda: alarms.writers and others.writers)
        await press(site, alarms)  # the first one also opens every connection
        result: dict[str, Any] = {"at_rest": await measure(site, alarms, presses)}
        loading = asyncio.create_task(load(others, rate))
        await asyncio.sleep(3)
        before, began = await stored(site), asyncio.get_running_loop().time()
        result["under_load"] = await measure(site, alarms, presses)
        seconds = asyncio.get_running_loop().time() - began
        result["under_load"]["readings_per_s_stored"] = round((await stored(site) - before) / seconds)
        loading.cancel()
        return result


def main() -> int:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--presses", type=int, default=200)
    parser.add_argument("--rate", type=int, default=5_000, help="readings a second under load")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, mosquitto(Path(name) / "broker") as broker:
        result = asyncio.run(run(Path(name), broker.port, wanted.presses, wanted.rate))
    print(json.dumps({"alarm_latency": result}, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
