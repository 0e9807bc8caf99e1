"""How soon an alarm is through after an outage, behind a million readings that wait as well.

``python -m bench.recovery [--readings N] [--longest S] [--tree FOLDER ...] [--rounds N]``. The outbox
of a gateway is filled as a long outage would have filled it, a call point is pressed, and then the
network comes back. Measured are the time to the relay at its receiver, how fast the readings drain, and
how long an alarm takes meanwhile. A drain is cut short after ``--longest`` seconds; ``left`` counts the
readings that are not stored by then. A million readings take two minutes.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from bench._frame import in_turns, make_parser, print_figures
from bench._probe import figures
from bench._tree import HERE, cpu_seconds, in_tree, program
from bench.alarm_latency import CALL_POINT, Line, open_line, press, stored
from contract.messages import Series, encode
from contract.times import to_micros
from runtime.clock import utc_now
from runtime.spool import open_spool
from tests.support.fault_proxy import FaultProxy, Mode, fault_proxy
from tests.support.house import PREMISES, House, house
from tests.support.servers import mosquitto
from tests.support.waiting import eventually
from tocsin.demo.processes import child

BATCH = 100
"""Readings in a batch: a hundred detectors, one reading of each a second."""


SPARE = 5
"""Batches that may still wait when the store is asked for its count: presses make some of their own."""

Figures = dict[str, Any]


FILL = """
import asyncio, sys
from pathlib import Path
from bench.recovery import fill
asyncio.run(fill(Path(sys.argv[1]), int(sys.argv[2]), spare=int(sys.argv[3])))
"""
"""The outbox of another tree may have another form."""


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
async def outage(
    folder: Path, broker: int, readings: int, *, spare: int = 0, tree: Path = HERE
) -> AsyncIterator[Outage]:
    """Everything runs within the block, with the network away and *readings* waiting."""
    outbox = folder / "gateway" / "outbox"
    if tree == HERE:
        await fill(outbox, readings, spare=spare)
    else:
        in_tree(tree, FILL, str(outbox), str(readings), str(spare))
    async with open_line() as line, fault_proxy(broker) as uplink:
        await uplink.set(Mode.REFUSE)
        async with house(
            folder,
            broker=broker,
            brokers={"gateway": uplink.port},
            store='[store]\nkind = "embedded"\n',
            lines=[f"socket://127.0.0.1:{line.port}"],
            points={CALL_POINT: "manual"},
            program=program(tree),
            begin=child,
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


async def drain(here: Outage, readings: int, *, longest_s: float) -> dict[str, float]:
    """Press until all readings are stored; how fast they were, and how long alarms took meanwhile."""
    site, began = here.site, time.monotonic()
    before, at_first, taken = _cpu(site), await stored(site, PREMISES), list[float]()
    while time.monotonic() < began + longest_s:
        if await _depth(site, "telemetry") <= SPARE and await stored(site, PREMISES) >= readings:
            break
        taken.append(await press(site, here.line))
    done = await stored(site, PREMISES)
    seconds = max(0.001, time.monotonic() - began)
    result: dict[str, float] = {
        "readings_per_s": round((done - at_first) / seconds),
        "left": max(0, readings - done),
        "presses": len(taken),
    }
    result |= {f"{name}_cpu_s": round(each - before[name], 2) for name, each in _cpu(site).items()}
    return result | (figures(taken) if len(taken) > 1 else {})


def _cpu(site: House) -> dict[str, float]:
    return {name: cpu_seconds(site.children[name].process.pid) for name in ("gateway", "ingest")}


async def measured(folder: Path, broker: int, *, tree: Path, wanted: argparse.Namespace) -> Figures:
    """Measure one outage of the programs of *tree*."""
    async with outage(folder, broker, wanted.readings, tree=tree) as here:
        alarm = await recover(here)
        draining = await drain(here, wanted.readings, longest_s=wanted.longest)
        return {"readings_waiting": wanted.readings, "alarm": alarm, "draining": draining}


def once(tree: Path, home: Path, wanted: argparse.Namespace) -> Figures:
    """Measure one outage of the programs of *tree*, with a broker of its own."""
    with mosquitto(home / "broker") as broker:
        return asyncio.run(measured(home, broker.port, tree=tree, wanted=wanted))


async def _waits(site: House) -> bool:
    return bool(await _depth(site, "alarm"))


async def _depth(site: House, lane: str) -> int:
    """Return the batches or signals that wait in the gateway; it costs nobody a count of readings."""
    status = await site.get("/status", port=site.status)
    return int(status[lane]["depth"])


def _batch(at: int) -> bytes:
    return encode(
        [Series(point=f"tai-{n:03}", quantity="temperature", t=[at + n], v=[25.0]) for n in range(BATCH)]
    )


def main() -> int:
    """Print the figures as JSON."""
    parser = make_parser(__doc__)
    parser.add_argument("--readings", type=int, default=1_000_000)
    parser.add_argument(
        "--longest", type=float, default=300.0, help="s of the drain, then it is cut short"
    )
    wanted = parser.parse_args()
    once_of = partial(once, wanted=wanted)
    return print_figures(
        "recovery",
        lambda folder: in_turns(wanted.tree, wanted.rounds, once_of, folder=folder),
    )


if __name__ == "__main__":
    sys.exit(main())
