"""How soon an alarm is through after an outage, behind a million readings that wait as well.

The outbox of a gateway is filled as a long outage would have filled it, a call point is pressed, and
then the network comes back. Measured are the time to the relay at its receiver, how fast the readings
drain, and how long an alarm takes meanwhile.
"""

import argparse
import asyncio
import json
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from bench.alarm_latency import CALL_POINT, Line, open_line, press, stored
from contract.messages import Series, encode
from contract.times import to_micros
from runtime.clock import utc_now
from runtime.spool import open_spool
from tests.support.fault_proxy import FaultProxy, Mode, fault_proxy
from tests.support.house import House, house
from tests.support.servers import mosquitto
from tests.support.waiting import eventually

BATCH = 100
"""Readings in a batch: a hundred detectors, one reading of each a second."""


@dataclass
class Outage:
    """A gateway whose network is away while its outbox is full of readings."""

    site: House
    line: Line
    uplink: FaultProxy


def _ready(body: bytes, _number: int) -> bytes:
    return body


async def fill(folder: Path, readings: int, *, spare: int = 0) -> None:
    """Leave an outbox below *folder* with so many readings that have no receipt.

    The first *spare* batches are missing, as if somebody had deleted them.
    """
    now = to_micros(utc_now())
    async with (
        open_spool(folder / "alarm.db", utc_now),
        open_spool(folder / "telemetry.db", utc_now) as spool,
    ):
        batches = max(1, readings // BATCH)
        bodies = [_batch(now - (batches - number) * 1_000_000) for number in range(batches)]
        for begin in range(0, batches, 1_000):
            page = bodies[begin : begin + 1_000]
            await asyncio.gather(*(spool.append(partial(_ready, body)) for body in page))
        await spool.release(through=spare)


@asynccontextmanager
async def outage(folder: Path, broker: int, readings: int, *, spare: int = 0) -> AsyncIterator[Outage]:
    """Everything runs within the block, with the network away and *readings* waiting."""
    await fill(folder / "gateway" / "outbox", readings, spare=spare)
    async with open_line() as line, fault_proxy(broker) as uplink:
        await uplink.set(Mode.REFUSE)
        async with house(
            folder,
            broker=broker,
            brokers={"gateway": uplink.port},
            store='[store]\nkind = "embedded"\n',
            lines=[f"socket://127.0.0.1:{line.port}"],
            points={CALL_POINT: "manual"},
        ) as site:
            await eventually(lambda: line.writers)
            yield Outage(site, line, uplink)


async def recover(here: Outage) -> dict[str, float]:
    """Press, let the network come back, and wait for the relay; seconds."""
    here.line.say(CALL_POINT, "manual", 1)
    await eventually(lambda: _waits(here.site))
    back = to_micros(utc_now())
    await here.uplink.set(Mode.THROUGH)
    relays = await eventually(lambda: here.site.relays("confirmed"), within=60, every=0.005)
    here.line.say(CALL_POINT, "manual", 0)
    incident = relays[0].relay.incident
    await here.site.post(f"/api/v1/incidents/{incident}/close", {"by": "bench", "outcome": "test"})
    return {
        "from_network_s": round((relays[0].at - back) / 1e6, 3),
        "from_connection_s": round((relays[0].at - here.uplink.connected_at) / 1e6, 3),
    }


async def drain(here: Outage, readings: int) -> dict[str, float]:
    """Press until all readings are stored; how fast they were, and how long alarms took meanwhile."""
    began, at_first = asyncio.get_running_loop().time(), await stored(here.site)
    taken: list[float] = []
    while (done := await stored(here.site)) < readings:
        taken.append(await press(here.site, here.line))
    seconds = max(0.001, asyncio.get_running_loop().time() - began)
    result: dict[str, float] = {
        "readings_per_s": round((done - at_first) / seconds),
        "presses": len(taken),
    }
    if len(taken) < 2:
        return result
    cuts = statistics.quantiles(taken, n=100, method="inclusive")
    return {**result, "p50_ms": round(cuts[49], 2), "p99_ms": round(cuts[98], 2)}


async def run(folder: Path, broker: int, readings: int) -> dict[str, Any]:
    """The measurement."""
    async with outage(folder, broker, readings) as here:
        alarm = await recover(here)
        return {"readings_waiting": readings, "alarm": alarm, "draining": await drain(here, readings)}


async def _waits(site: House) -> bool:
    status = await site.get("/status", port=site.status)
    return bool(status["alarm"]["depth"])


def _batch(at: int) -> bytes:
    return encode(
        [Series(point=f"tai-{n:03}", quantity="temperature", t=[at + n], v=[25.0]) for n in range(BATCH)]
    )


def main() -> int:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readings", type=int, default=1_000_000)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, mosquitto(Path(name) / "broker") as broker:
        result = asyncio.run(run(Path(name), broker.port, wanted.readings))
    print(json.dumps({"recovery": result}, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
