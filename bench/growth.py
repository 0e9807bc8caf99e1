"""The cost of a larger registry: memory, start, CPU time of a signal, and an alarm during an import.

``python -m bench.growth [--points N...] [--tree FOLDER]`` starts alerting over registries of 1,000,
10,000 and 100,000 points, ten at each premises, and prints for each how long its import took, the time
until alerting answered, its memory at rest, and its CPU time for each signal: call points of a hundred
premises are pressed, so that the incidents are the same at each size. Then the largest registry is
imported anew, each of its premises changed, while a call point of another premises is pressed four times
a second: how long after its publication each was told to the command center, before the import and from
its begin until five seconds after its version was in use, and how long after the import that was.
``--tree`` measures the program of another folder that has its own ``.venv``.
"""

import argparse
import asyncio
import json
import os
import random
import re
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import aiohttp
import aiomqtt
from aiohttp import web

from contract.messages import Edge, Kind, Scope, Signal, encode, encode_alarm
from contract.times import to_micros
from runtime.clock import utc_now
from runtime.web import serve
from tests.support.servers import free_port, mosquitto
from tests.support.waiting import eventually

OF_PREMISES = 10
"""Points of each premises."""

PRESSED = 100
"""Premises whose call points are pressed to measure the CPU time of a signal."""

PACE_S = 0.025
"""Seconds between two presses of that measurement."""

ALARM_EVERY_S = 0.25
"""Seconds between two presses during the import."""

BEFORE_S, AFTER_S = 10.0, 5.0
"""Seconds of presses before the import, and after its version is in use."""

IDLE_S = 5.0
"""Seconds at rest, whose CPU time is not that of signals."""

SETTINGS = """
data_dir = "{folder}"
[broker]
port = {broker}
[web]
port = {port}
[command_center]
webhook = "{webhook}"
"""

SHARED = """
[[areas]]
id = "ward"
name = "Phường Bến Nghé"
"""

ROWS = """
[[premises]]
id = "{premises}"
name = "Nhà số {number}{mark}"
address = "{number} Lê Lợi, Phường Bến Nghé"
area = "ward"
[[zones]]
id = "all"
premises = "{premises}"
name = "Tầng trệt"
[[gateways]]
id = "gw"
premises = "{premises}"
name = "Tủ báo cháy"
"""

POINT = """
[[points]]
id = "nut-{point}"
premises = "{premises}"
zone = "all"
gateway = "gw"
kind = "manual"
place = "Phòng {point}, tầng trệt"
"""


@dataclass
class Receiver:
    """A command center that keeps when the first notice of each premises arrived."""

    first: dict[str, float] = field(default_factory=dict)
    relays: int = 0

    async def receive(self, request: web.Request) -> web.Response:
        """Answer the ``POST`` of a relay."""
        at = time.monotonic()
        body = await request.json()
        self.relays += 1
        self.first.setdefault(body["premises"]["id"], at)
        return web.json_response({})


@dataclass
class Center:
    """Alerting of one *tree*, with its settings in *folder*."""

    tree: Path
    folder: Path
    url: str
    process: asyncio.subprocess.Process | None = None

    async def verb(self, *words: str) -> float:
        """Run ``tocsin`` with *words* to its end; return the seconds that it took."""
        began = time.monotonic()
        process = await self._tocsin(*words, stderr=None)
        if await process.wait() != 0:
            raise RuntimeError(f"tocsin {' '.join(words)} failed; see its text above")
        return time.monotonic() - began

    async def import_registry(self, file: Path) -> float:
        """Import *file*; return the seconds that it took."""
        words = "registry", "import", str(file), "--config", str(self.config), "--rehearse", "0"
        return await self.verb(*words)

    async def start(self) -> float:
        """Start alerting; return the seconds until it answered that it is well."""
        began = time.monotonic()
        with (self.folder / "log").open("ab") as log:
            command = "alerting", "--config", str(self.config)
            self.process = await self._tocsin(*command, stderr=log)
        await eventually(self.is_well, within=120, every=0.02)
        return time.monotonic() - began

    async def stop(self) -> None:
        """End alerting."""
        if self.process is not None and self.process.returncode is None:
            self.process.terminate()
            await self.process.wait()

    async def health(self) -> dict[str, object] | None:
        """Return what alerting says of itself; None where it does not answer."""
        try:
            async with aiohttp.ClientSession() as http, http.get(f"{self.url}/healthz") as answer:
                found: dict[str, object] = await answer.json()
                return found
        except aiohttp.ClientError:
            return None

    async def is_well(self) -> bool:
        """Return whether alerting answers that it is well."""
        return bool((await self.health() or {}).get("ok"))

    async def version(self) -> int:
        """Return the version of the registry in use."""
        found = (await self.health() or {}).get("registry")
        return int(found["version"]) if isinstance(found, dict) else 0

    @property
    def config(self) -> Path:
        """The file of the settings."""
        return self.folder / "alerting.toml"

    def cpu_s(self) -> float:
        """The CPU time of alerting until now, in seconds."""
        fields = self._proc("stat").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory_mb(self, name: str = "VmRSS") -> float:
        """The memory of alerting in MB."""
        found = re.search(rf"{name}:\s+(\d+) kB", self._proc("status"))
        return round(int(found.group(1)) / 1_024, 1) if found else 0.0

    def _proc(self, name: str) -> str:
        assert self.process is not None
        return Path(f"/proc/{self.process.pid}/{name}").read_text()

    async def _tocsin(self, *words: str, stderr: IO[bytes] | None) -> asyncio.subprocess.Process:
        program, nowhere = self.tree / ".venv/bin/tocsin", asyncio.subprocess.DEVNULL
        return await asyncio.create_subprocess_exec(
            program, *words, cwd=self.tree, stdout=nowhere, stderr=stderr
        )


def name(number: int) -> str:
    """Return the name of the premises *number*."""
    return f"nha-{number:05}"


def write_registry(file: Path, premises: int, *, mark: str = "") -> Path:
    """Write a registry of so many *premises*, whose names end with *mark*, to *file*."""
    with file.open("w", encoding="utf-8") as toml:
        toml.write(SHARED)
        for number in range(premises):
            toml.write(ROWS.format(premises=name(number), number=number, mark=mark))
            for point in range(OF_PREMISES):
                toml.write(POINT.format(premises=name(number), point=point))
    return file


def pressed(point: int, seq: int) -> bytes:
    """Return the message of a gateway whose call point *point* is pressed."""
    at = to_micros(utc_now())
    signal = Signal(
        seq=seq,
        kind=Kind.FIRE,
        edge=Edge.RAISED,
        scope=Scope.POINT,
        name=f"nut-{point}",
        reason="manual_call_point",
        changed_at=at,
        committed_at=at,
        quantity="manual",
        value=1.0,
    )
    return encode_alarm("e1", 1, [encode(signal)])


@asynccontextmanager
async def center(tree: Path, folder: Path, *, broker: int) -> AsyncIterator[tuple[Center, Receiver]]:
    """A center of *tree* in *folder* that is not started yet, and its command center."""
    receiver, port = Receiver(), free_port()
    app = web.Application()
    app.router.add_post("/relay", receiver.receive)
    async with serve(app, "127.0.0.1", 0) as receiving:
        one = Center(tree, folder, f"http://127.0.0.1:{port}")
        webhook = f"http://127.0.0.1:{receiving}/relay"
        one.config.write_text(
            SETTINGS.format(folder=folder / "data", broker=broker, port=port, webhook=webhook)
        )
        try:
            yield one, receiver
        finally:
            await one.stop()


async def cpu_of_signals(one: Center, received: Receiver, *, broker: int, premises: int) -> float:
    """Return the CPU time of a signal in milliseconds, without that of alerting at rest."""
    before = one.cpu_s()
    await asyncio.sleep(IDLE_S)
    idle = (one.cpu_s() - before) / IDLE_S
    chosen = [name(number * premises // PRESSED) for number in range(PRESSED)]
    began, cpu, signals = time.monotonic(), one.cpu_s(), PRESSED * OF_PREMISES
    async with aiomqtt.Client("127.0.0.1", broker) as client:
        for point in range(OF_PREMISES):
            for each in chosen:
                await client.publish(f"tocsin/v1/{each}/gw/alarm", pressed(point, point + 1), qos=1)
                await asyncio.sleep(PACE_S)
    await eventually(lambda: len(received.first) >= PRESSED, within=120)
    await asyncio.sleep(1)
    used = one.cpu_s() - cpu - idle * (time.monotonic() - began)
    return round(used / signals * 1_000, 2)


async def press_until(done: asyncio.Event, *, broker: int, premises: Iterator[int]) -> dict[str, float]:
    """Press a call point of another premises every 50 ms until *done*; return when each was pressed."""
    at = dict[str, float]()
    async with aiomqtt.Client("127.0.0.1", broker) as client:
        for number in premises:
            if done.is_set():
                break
            each = name(number)
            at[each] = time.monotonic()
            await client.publish(f"tocsin/v1/{each}/gw/alarm", pressed(0, 1), qos=1)
            await asyncio.sleep(ALARM_EVERY_S * random.uniform(0.5, 1.5))
    return at


async def during_import(
    one: Center, received: Receiver, *, broker: int, premises: int
) -> dict[str, object]:
    """Import all *premises* anew under alarms; return their delays in milliseconds, and the times."""
    changed = write_registry(one.folder / "changed.toml", premises, mark=" B")
    unused = iter(n for n in range(premises) if n % (premises // PRESSED))
    before, done = await one.version(), asyncio.Event()

    async def is_used() -> bool:
        return await one.version() != before

    async with asyncio.TaskGroup() as tasks:
        pressing = tasks.create_task(press_until(done, broker=broker, premises=unused))
        await asyncio.sleep(BEFORE_S)
        began = time.monotonic()
        took = await one.import_registry(changed)
        ended = time.monotonic()
        await eventually(is_used, within=120, every=0.05)
        in_use = time.monotonic() - ended
        await asyncio.sleep(AFTER_S)
        done.set()
    at = pressing.result()
    await eventually(lambda: at.keys() <= received.first.keys(), within=120)
    delays = {when: (received.first[each] - when) * 1_000 for each, when in at.items()}
    return {
        "before": percentiles([each for when, each in delays.items() if when < began]),
        "during": percentiles([each for when, each in delays.items() if when >= began]),
        "import_s": round(took, 1),
        "in_use_after_s": round(in_use, 1),
        "memory_after_mb": one.memory_mb(),
    }


def percentiles(delays: list[float]) -> dict[str, float]:
    """Return the percentiles of *delays*, and the longest one."""
    cuts = statistics.quantiles(delays, n=100, method="inclusive")
    return {
        "alarms": len(delays),
        "p50_ms": round(cuts[49], 1),
        "p99_ms": round(cuts[98], 1),
        "longest_ms": round(max(delays), 1),
    }


async def measure(
    tree: Path, folder: Path, points: int, *, broker: int, anew: bool
) -> dict[str, object]:
    """Return the figures of one size."""
    premises = points // OF_PREMISES
    async with center(tree, folder, broker=broker) as (one, received):
        if points:
            file = write_registry(folder / "registry.toml", premises)
            imported = await one.import_registry(file)
        start = await one.start()
        await asyncio.sleep(IDLE_S)
        found: dict[str, object] = {"start_s": round(start, 2), "memory_mb": one.memory_mb()}
        if points:
            found["import_s"] = round(imported, 1)
            found["cpu_ms_a_signal"] = await cpu_of_signals(
                one, received, broker=broker, premises=premises
            )
        found["peak_memory_mb"] = one.memory_mb("VmHWM")
        if anew:
            found["during_import"] = await during_import(one, received, broker=broker, premises=premises)
    return found


async def run(wanted: argparse.Namespace) -> dict[str, object]:
    """Measure all sizes, each with a broker and a database of its own."""
    result = dict[str, object]()
    for points in (0, *wanted.points):
        with tempfile.TemporaryDirectory() as place, mosquitto(Path(place) / "broker") as broker:
            result[f"{points}_points"] = await measure(
                wanted.tree,
                Path(place),
                points,
                broker=broker.port,
                anew=points > 0 and points == max(wanted.points),
            )
    return result


def main() -> int:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--tree", type=Path, default=Path(__file__).parents[1], metavar="FOLDER")
    wanted = parser.parse_args()
    print(json.dumps({"growth": asyncio.run(run(wanted))}, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
