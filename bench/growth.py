"""The cost of a larger registry: memory, start, CPU time of a signal, and an alarm during an import.

``python -m bench.growth [--points N ...] [--rounds N] [--skip-import] [--tree FOLDER ...]`` starts one
alerting for each tree and registry of 1,000, 10,000 and 100,000 points, ten at each premises, and prints
for each how long its import took, the time until alerting answered, and its memory at rest. Then a call
point of each of a hundred premises is pressed at one alerting after the other, a further one in each
round: the incidents are the same at each size. The CPU time of a signal is the median of all rounds but
the first, which opens the incidents and stands alone; *ratio* is that to the smallest registry.
Then the largest registry is imported anew, each of its premises changed, while a call point of another
premises is pressed four times a second: how long after its publication each was told to the command
center, before the import and from its begin until five seconds after its version was in use, and how
long after the import that was. A round takes 4 s for each alerting: some three minutes in all.
"""

import argparse
import asyncio
import os
import random
import re
import statistics
import sys
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import aiohttp
import aiomqtt
from aiohttp import web

from bench._frame import make_parser, print_figures, print_progress
from bench._probe import figures
from contract.messages import Edge, Kind, Scope, Signal, encode, encode_alarm
from contract.times import to_micros
from runtime.clock import utc_now
from runtime.web import serve
from tests.support.servers import free_port, mosquitto
from tests.support.waiting import eventually

OF_PREMISES = 10
"""Points of each premises."""

PRESSED = 100
"""Premises, at most, whose call points are pressed to measure the CPU time of a signal."""

PACE_S = 0.025
"""Seconds between two presses of that measurement."""

ALARM_EVERY_S = 0.25
"""Seconds between two presses during the import."""

SETTLE_S = 1.0
"""Seconds after the last press of a round in which what follows from it is done."""

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


@dataclass
class Contestant:
    """A running center with a registry of so many *points*, and what was measured of it."""

    one: Center
    received: Receiver
    broker: int
    points: int
    figures: dict[str, Any]
    idle: float = 0.0
    rounds: list[float] = field(default_factory=list)

    @property
    def pressed(self) -> list[int]:
        """The premises whose call points are pressed."""
        premises = self.points // OF_PREMISES
        count = min(PRESSED, premises)
        return [number * premises // count for number in range(count)]

    async def rest(self) -> None:
        """Measure the CPU time at rest, as a share of a core."""
        before = self.one.cpu_s()
        await asyncio.sleep(IDLE_S)
        self.idle = (self.one.cpu_s() - before) / IDLE_S

    async def measure_round(self, point: int) -> None:
        """Press the call point *point* of each premises; note the CPU time of a signal without rest."""
        began, cpu = time.monotonic(), self.one.cpu_s()
        async with aiomqtt.Client("127.0.0.1", self.broker) as client:
            for each in self.pressed:
                topic = f"tocsin/v1/{name(each)}/gw/alarm"
                await client.publish(topic, pressed(point, point + 1), qos=1)
                await asyncio.sleep(PACE_S)
        await eventually(lambda: len(self.received.first) >= len(self.pressed), within=120)
        await asyncio.sleep(SETTLE_S)
        used = self.one.cpu_s() - cpu - self.idle * (time.monotonic() - began)
        self.rounds.append(used / len(self.pressed) * 1_000)

    def note_rounds(self) -> None:
        """Add the CPU time of a signal to the figures."""
        self.figures["cpu_ms_a_first_signal"] = round(self.rounds[0], 2)
        self.figures["cpu_ms_a_signal"] = round(statistics.median(self.rounds[1:]), 2)
        self.figures["peak_memory_mb"] = self.one.memory_mb("VmHWM")


async def press_until(done: asyncio.Event, *, broker: int, premises: Iterator[int]) -> dict[str, float]:
    """Press a call point of another premises again and again until *done*; return when each was."""
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
    one: Center, received: Receiver, *, broker: int, premises: int, unused: Iterator[int]
) -> dict[str, object]:
    """Import all *premises* anew under alarms; return their delays in milliseconds, and the times."""
    changed = write_registry(one.folder / "changed.toml", premises, mark=" B")
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
        "before": figures([each for when, each in delays.items() if when < began]),
        "during": figures([each for when, each in delays.items() if when >= began]),
        "import_s": round(took, 1),
        "in_use_after_s": round(in_use, 1),
        "memory_after_mb": one.memory_mb(),
    }


async def open_contestant(stack: AsyncExitStack, folder: Path, *, tree: Path, points: int) -> Contestant:
    """Start the center of *tree* with a registry of so many *points*."""
    broker = stack.enter_context(mosquitto(folder / "broker")).port
    one, received = await stack.enter_async_context(center(tree, folder, broker=broker))
    found: dict[str, Any] = {"points": points}
    if points:
        file = write_registry(folder / "registry.toml", points // OF_PREMISES)
        found["import_s"] = round(await one.import_registry(file), 1)
    found["start_s"] = round(await one.start(), 2)
    await asyncio.sleep(IDLE_S)
    found["memory_mb"] = one.memory_mb()
    print_progress(f"{tree}: {found}")
    return Contestant(one, received, broker, points, found)


async def import_anew(each: Contestant) -> None:
    """Import the registry anew, if it has premises whose call points were not pressed yet."""
    premises, used = each.points // OF_PREMISES, set(each.pressed)
    if premises == len(used):
        print_progress(f"{each.points} points: too few for alarms during an import")
        return
    unused = iter(number for number in range(premises) if number not in used)
    each.figures["during_import"] = await during_import(
        each.one, each.received, broker=each.broker, premises=premises, unused=unused
    )


async def run(folder: Path, wanted: argparse.Namespace) -> dict[str, list[dict[str, Any]]]:
    """Measure all sizes of all trees in turns, each with a broker and a database of its own."""
    async with AsyncExitStack() as stack:
        all_of = {
            tree: [
                await open_contestant(stack, folder / f"{number}-{points}", tree=tree, points=points)
                for points in (0, *sorted(wanted.points))
            ]
            for number, tree in enumerate(wanted.tree)
        }
        await measure_rounds([each for some in all_of.values() for each in some[1:]], wanted.rounds)
        if not wanted.skip_import:
            for some in all_of.values():
                await import_anew(some[-1])
        return {str(tree): with_ratios(some) for tree, some in all_of.items()}


async def measure_rounds(contestants: Sequence[Contestant], rounds: int) -> None:
    """Measure the CPU time of a signal of each of *contestants*, in turns."""
    for each in contestants:
        await each.rest()
    for point in range(min(OF_PREMISES, 1 + rounds)):
        for each in contestants:
            await each.measure_round(point)
            print_progress(f"round {point} of {rounds}, {each.points} points: {each.rounds[-1]:.2f} ms")
    for each in contestants:
        each.note_rounds()


def with_ratios(some: Sequence[Contestant]) -> list[dict[str, Any]]:
    """Return the figures, with the ratio of each signal's CPU time to that in the smallest registry."""
    least = some[1].figures["cpu_ms_a_signal"]
    for each in some[1:]:
        each.figures["ratio"] = round(each.figures["cpu_ms_a_signal"] / least, 2)
    return [each.figures for each in some]


def main() -> int:
    """Print the figures as JSON."""
    parser = make_parser(__doc__, rounds=5)
    parser.add_argument("--points", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--skip-import", action="store_true", help="leave the import at the end out")
    wanted = parser.parse_args()
    wanted.tree = [tree.resolve() for tree in wanted.tree]
    return print_figures("growth", lambda folder: asyncio.run(run(folder, wanted)))


if __name__ == "__main__":
    sys.exit(main())
