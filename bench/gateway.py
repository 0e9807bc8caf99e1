"""Memory, processor time, bytes written and wake-ups that a gateway takes for N points at 1 Hz.

``python -m bench.gateway [--points N ...] [--seconds S] [--feed lines|mqtt] [--tree FOLDER ...]`` runs
``tocsin gateway`` as a process of its own, on pseudo-terminals (125 points each) or on an MQTT source.
Detectors in another process send each value once a second, spread over that second. A small center on
a real mosquitto receipts every batch. ``--tree`` names the trees whose programs are measured, in turns.
"""

import argparse
import asyncio
import json
import math
import multiprocessing
import os
import pty
import re
import signal
import subprocess
import sys
import tempfile
import time
import tty
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import asdict, dataclass
from itertools import count
from pathlib import Path

import aiomqtt

from contract.detectors import encode_sample
from contract.messages import VERSION, Proof, Receipt, decode_telemetry, encode, telemetry_digest
from contract.sentences import SEQUENCE_MODULUS, Sentence, Status
from contract.sentences import encode as encode_sentence
from tests.support.servers import free_port, mosquitto

POINTS_ON_A_LINE = 125
"""One line of 9,600 baud carries about 25 sentences a second, one of 57,600 this many."""

HERE = Path(__file__).parent.parent

WARM_UP_S = 5.0
"""Before the measurement: the imports and the first batch are not the steady process."""

PATIENCE_S = 60.0

TOPIC = "tocsin/v1/p/g"


@dataclass(frozen=True)
class Figures:
    """The cost of one gateway; bytes and wake-ups are those of the steady process alone."""

    tree: str
    points: int
    feed: str
    seconds: float
    readings: int
    rss_mb: float
    peak_mb: float
    threads: int
    cpu_percent: float
    cpu_us_per_reading: float
    bytes_written_per_reading: float
    bytes_written_a_day: int
    bytes_on_disk: int
    bytes_sent_per_reading: float
    wakeups_per_s: float
    batches_per_s: float
    main_cpu_percent: float
    other_cpu_percent: float
    by_thread: list["ThreadFigures"]


@dataclass(frozen=True)
class ThreadFigures:
    """The cost of one thread of the gateway; the first of a process is the event loop's."""

    name: str
    cpu_percent: float
    wakeups_per_s: float


@dataclass(frozen=True)
class ThreadUsage:
    """The counters of one thread at one moment."""

    name: str
    cpu_s: float
    wakeups: int


@dataclass(frozen=True)
class Usage:
    """The counters of a process, all its threads together, at one moment."""

    at: float
    cpu_s: float
    written: int
    threads: dict[int, ThreadUsage]


def main() -> int:
    """Measure, and print one JSON object."""
    options = _options()
    measured = [
        asdict(asyncio.run(_measure(tree, points, options)))
        for points in options.points
        for tree in options.tree
    ]
    print(json.dumps({"cpus": os.cpu_count(), "gateways": measured}, indent=2))
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, nargs="*", default=[250, 2_000])
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--feed", choices=("lines", "mqtt"), default="lines")
    parser.add_argument("--tree", type=Path, nargs="*", default=[HERE])
    parser.add_argument("--folder", type=Path, help="on the disk to be measured; the system's if absent")
    return parser.parse_args()


async def _measure(tree: Path, points: int, options: argparse.Namespace) -> Figures:
    with tempfile.TemporaryDirectory(dir=options.folder) as folder, ExitStack() as stack:
        home = Path(folder)
        broker = stack.enter_context(mosquitto(home / "mosquitto")).port
        names = [f"point-{number:04}" for number in range(points)]
        lines = [stack.enter_context(_line()) for _ in range(_lines_for(points, options.feed))]
        config = home / "gateway.toml"
        config.write_text(_settings(home / "data", broker, names, ports=[port for _, port in lines]))
        stack.enter_context(_detectors(names, broker, masters=[master for master, _ in lines]))
        process = stack.enter_context(_gateway(tree, config))
        async with _center(broker) as center:
            await center.until_readings_of(points)
            await asyncio.sleep(WARM_UP_S)
            return await _observe(process.pid, center, home, tree=tree, points=points, options=options)


async def _observe(
    pid: int, center: "Center", home: Path, *, tree: Path, points: int, options: argparse.Namespace
) -> Figures:
    await center.next_batch()
    before, readings, sent, batches = _usage(pid), center.readings, center.received, center.batches
    await asyncio.sleep(options.seconds)
    await center.next_batch()
    after = _usage(pid)
    readings, seconds = center.readings - readings, after.at - before.at
    cpu_s, written = after.cpu_s - before.cpu_s, after.written - before.written
    status = _status(pid)
    threads = _by_thread(before, after)
    return Figures(
        tree=str(tree),
        points=points,
        feed=options.feed,
        seconds=round(seconds, 1),
        readings=readings,
        rss_mb=round(_field(status, "VmRSS") / 1_024, 1),
        peak_mb=round(_field(status, "VmHWM") / 1_024, 1),
        threads=_field(status, "Threads"),
        cpu_percent=round(100 * cpu_s / seconds, 2),
        cpu_us_per_reading=round(cpu_s * 1e6 / readings, 1),
        bytes_written_per_reading=round(written / readings, 1),
        bytes_written_a_day=round(written / seconds * 86_400),
        bytes_on_disk=sum(each.stat().st_size for each in (home / "data/outbox").glob("telemetry*")),
        bytes_sent_per_reading=round((center.received - sent) / readings, 1),
        wakeups_per_s=round(sum(each.wakeups_per_s for each in threads), 1),
        batches_per_s=round((center.batches - batches) / seconds, 2),
        main_cpu_percent=threads[0].cpu_percent,
        other_cpu_percent=round(sum(each.cpu_percent for each in threads[1:]), 2),
        by_thread=threads,
    )


def _status(pid: int) -> str:
    return Path(f"/proc/{pid}/status").read_text()


def _usage(pid: int) -> Usage:
    # Fields 14 and 15 (proc(5)); the name in field 2 may hold spaces.
    stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    cpu_s = (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")
    written = _field(Path(f"/proc/{pid}/io").read_text(), "write_bytes")
    return Usage(time.monotonic(), cpu_s, written, dict(_threads(pid)))


def _threads(pid: int) -> Iterator[tuple[int, ThreadUsage]]:
    """Yield the threads of *pid*, the oldest first, with the nanoseconds of the scheduler."""
    for task in sorted(Path(f"/proc/{pid}/task").iterdir(), key=lambda each: int(each.name)):
        with suppress(FileNotFoundError, ProcessLookupError):  # a thread that ended
            cpu_s = int((task / "schedstat").read_text().split()[0]) / 1e9
            wakeups = _field((task / "status").read_text(), "voluntary_ctxt_switches")
            yield int(task.name), ThreadUsage((task / "comm").read_text().strip(), cpu_s, wakeups)


def _by_thread(before: Usage, after: Usage) -> list[ThreadFigures]:
    """Return what each thread took between two moments; one that began meanwhile began at nothing."""
    seconds = after.at - before.at
    nothing = ThreadUsage("", 0.0, 0)
    return [
        ThreadFigures(
            now.name,
            round(100 * (now.cpu_s - before.threads.get(task, nothing).cpu_s) / seconds, 2),
            round((now.wakeups - before.threads.get(task, nothing).wakeups) / seconds, 1),
        )
        for task, now in after.threads.items()
    ]


def _field(text: str, name: str) -> int:
    found = re.search(rf"^{name}:\s+(\d+)", text, re.MULTILINE)
    return int(found.group(1)) if found else 0


class Center:
    """Receipts all batches of readings, and counts them."""

    def __init__(self, client: aiomqtt.Client) -> None:
        self._client = client
        self._news = asyncio.Event()
        self.readings = 0
        self.batches = 0
        self.received = 0

    async def run(self) -> None:
        """Receipt until cancelled."""
        async for message in self._client.messages:
            payload = bytes(message.payload)
            batch = decode_telemetry(payload)
            self.readings += sum(len(series.t) for series in batch.series)
            self.batches += 1
            self.received += len(payload)
            self._news.set()
            proofs = [Proof(batch.seq, telemetry_digest(payload))]
            receipt = Receipt(v=VERSION, epoch=batch.epoch, stored=proofs)
            await self._client.publish(f"{TOPIC}/receipt/telemetry", encode(receipt), qos=1)

    async def next_batch(self) -> None:
        """Wait for a batch, so that a measurement begins and ends with one."""
        batches = self.batches
        async with asyncio.timeout(PATIENCE_S):
            while self.batches == batches:
                await self._arrived()

    async def until_readings_of(self, points: int) -> None:
        """Wait until as many readings came as there are points."""
        async with asyncio.timeout(PATIENCE_S):
            while self.readings < points:
                await self._arrived()

    async def _arrived(self) -> None:
        self._news.clear()
        await self._news.wait()


@asynccontextmanager
async def _center(broker: int) -> AsyncIterator[Center]:
    async with aiomqtt.Client("127.0.0.1", broker, identifier="center") as client:
        await client.subscribe(f"{TOPIC}/telemetry", qos=1)
        center = Center(client)
        task = asyncio.create_task(center.run())
        try:
            yield center
        finally:
            task.cancel()
            await asyncio.wait({task})


@contextmanager
def _gateway(tree: Path, config: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The gateway of *tree* as operators run it."""
    command = [str(tree / ".venv/bin/tocsin"), "gateway", "--config", str(config)]
    process = subprocess.Popen(command, stderr=(config.parent / "gateway.log").open("wb"))
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def _lines_for(points: int, feed: str) -> int:
    return math.ceil(points / POINTS_ON_A_LINE) if feed == "lines" else 0


def _settings(data: Path, broker: int, names: Sequence[str], *, ports: Sequence[str]) -> str:
    parts = [
        f'premises = "p"\ngateway = "g"\ndata_dir = "{data}"\nlog_level = "WARNING"',
        f"[broker]\nport = {broker}\n[web]\nport = {free_port()}",
        *(f'[[lines]]\nname = "line-{n}"\nport = "{port}"' for n, port in enumerate(ports)),
    ]
    if not ports:
        source = f'broker = {{ host = "127.0.0.1", port = {broker} }}'
        parts.append(f'[[sources]]\nname = "site"\ndialect = "tocsin"\nroot = "site"\n{source}')
    for number, name in enumerate(names):
        heard_on = f'line = "line-{number // POINTS_ON_A_LINE}"' if ports else 'source = "site"'
        parts.append(f'[[points]]\nname = "{name}"\n{heard_on}\nkind = "smoke"')
    return "\n".join(parts) + "\n"


@contextmanager
def _line() -> Iterator[tuple[int, str]]:
    """A pseudo-terminal: the detectors' end, and the path of the gateway's."""
    master, slave = pty.openpty()
    tty.setraw(master)
    tty.setraw(slave)
    os.set_blocking(master, False)
    try:
        yield master, os.ttyname(slave)
    finally:
        os.close(master)
        os.close(slave)


@contextmanager
def _detectors(names: Sequence[str], broker: int, *, masters: Sequence[int]) -> Iterator[None]:
    """Detectors in a process of their own, ended at the end of the block."""
    target = _speak_on_lines if masters else _publish
    # Forked, because the ends of the pseudo-terminals are this process's.
    process = multiprocessing.get_context("fork").Process(
        target=target, args=(names, masters or broker), daemon=True
    )
    process.start()
    try:
        yield
    finally:
        process.terminate()
        process.join(10)


def _speak_on_lines(names: Sequence[str], masters: Sequence[int]) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    for turn, number in _turns(len(names)):
        sentence = encode_sentence(_sample(names[number], turn, number))
        with suppress(BlockingIOError):  # nobody reads yet
            os.write(masters[number // POINTS_ON_A_LINE], sentence)


def _publish(names: Sequence[str], broker: int) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    asyncio.run(_publish_to(names, broker))


async def _publish_to(names: Sequence[str], broker: int) -> None:
    async with aiomqtt.Client("127.0.0.1", broker, identifier="detectors") as client:
        for turn, number in _turns(len(names)):
            body = encode_sample(_sample(names[number], turn, number))
            await client.publish(f"site/{names[number]}", body, qos=0)


def _sample(name: str, turn: int, number: int) -> Sentence:
    """Return clean air with the noise of a detector, never twice the same."""
    value = round(0.02 + 0.002 * math.sin(turn * 1.7 + number), 4)
    return Sentence(name, turn % SEQUENCE_MODULUS, "smoke", value, Status.NORMAL)


def _turns(points: int) -> Iterator[tuple[int, int]]:
    """Yield second and point, each point once a second at a moment of its own."""
    began = time.monotonic()
    for turn in count():
        for number in range(points):
            ahead = began + turn + number / points - time.monotonic()
            if ahead > 0:
                time.sleep(ahead)
            yield turn, number


if __name__ == "__main__":
    sys.exit(main())
