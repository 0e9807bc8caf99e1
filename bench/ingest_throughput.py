"""Readings per second from a broker into each store, beside what the same store takes at most.

``python -m bench.ingest_throughput [--readings N] [--store NAME ...]`` starts mosquitto, ingest in a
process of its own, and each store that is installed, on free ports. A gateway that is not there sends
the batches as fast as their receipts allow, 200 in flight. *direct* is the same readings, in writes of
the same size, without broker and ingest: what the store itself takes.
"""

import argparse
import asyncio
import json
import multiprocessing
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Any

import aiohttp
import aiomqtt

from contract.ids import StreamKey
from contract.messages import (
    Series,
    TelemetryBatch,
    decode_receipt,
    decode_telemetry,
    encode,
    encode_telemetry,
)
from contract.times import to_micros
from ingest import app
from ingest.adapters.stores import open_store
from ingest.domain.batches import Batch, BatchId
from ingest.domain.line_protocol import encode_batch
from ingest.settings import Settings
from runtime.clock import utc_now
from runtime.log import set_up_log
from runtime.process import run_process
from tests.support.servers import Server, free_port, influxdb1, mosquitto, victoria_metrics

POINTS = 40
TIMES = 10
"""A batch: ten seconds of forty points, one reading a second each, as a larger premises sends them."""

GATEWAYS = 20
IN_FLIGHT = 200

PATIENCE_S = 120.0


@dataclass(frozen=True)
class Figures:
    """Measurements with one store; rates in readings per second."""

    store: str
    readings: int
    counted_by_the_store: int
    seconds: float
    from_broker: float
    direct: float
    ratio: float
    ingest_cpu_us_per_reading: float


def main() -> int:
    """Measure, and print one JSON object."""
    set_up_log(level="WARNING")
    options = _options()
    measured = [asdict(_measure(kind, options.readings)) for kind in options.store if _installed(kind)]
    print(json.dumps({"cpus": os.cpu_count(), "pure": _pure(), "stores": measured}, indent=2))
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readings", type=int, default=160_000)
    parser.add_argument("--store", nargs="*", default=list(_PROGRAM), choices=list(_PROGRAM))
    return parser.parse_args()


_PROGRAM = {"embedded": None, "influxdb1": "influxd", "victoria-metrics": "victoria-metrics"}


def _installed(kind: str) -> bool:
    program = _PROGRAM[kind]
    if program is None or shutil.which(program):
        return True
    print(f"{program} is not installed; {kind} is left out", file=sys.stderr)
    return False


def _measure(kind: str, readings: int) -> Figures:
    with tempfile.TemporaryDirectory() as folder, ExitStack() as servers:
        home = Path(folder)
        broker = servers.enter_context(mosquitto(home / "mosquitto"))
        store = _start(kind, home, servers)
        count = max(1, readings // (POINTS * TIMES))
        settings = _settings(broker, store, home / "through")
        with _ingest(settings) as process:
            seconds, cpu = asyncio.run(_through_the_broker(settings, process, count))
            counted = asyncio.run(_counted(settings, count * POINTS * TIMES))
        direct = asyncio.run(
            _direct(_settings(broker, store | _elsewhere(kind), home / "direct"), count)
        )
    total = count * POINTS * TIMES
    rate = total / seconds
    return Figures(
        kind,
        total,
        counted,
        round(seconds, 3),
        round(rate),
        round(direct),
        round(rate / direct, 3),
        round(cpu / total * 1e6, 2),
    )


def _start(kind: str, home: Path, servers: ExitStack) -> dict[str, Any]:
    if kind == "influxdb1":
        server = servers.enter_context(influxdb1(home / kind))
        return {"kind": "influxdb1", "url": f"http://127.0.0.1:{server.port}", "database": "through"}
    if kind == "victoria-metrics":
        server = servers.enter_context(victoria_metrics(home / kind))
        return {
            "kind": "influxdb2",
            "url": f"http://127.0.0.1:{server.port}",
            "reads": "victoriametrics",
        }
    return {"kind": "embedded"}


def _elsewhere(kind: str) -> dict[str, Any]:
    return {"database": "direct"} if kind == "influxdb1" else {}


def _settings(broker: Server, store: dict[str, Any], folder: Path) -> Settings:
    return Settings(
        data_dir=folder,
        broker={"port": broker.port},
        web={"port": free_port()},
        store=store,
    )


@contextmanager
def _ingest(settings: Settings) -> Iterator[SpawnProcess]:
    process = multiprocessing.get_context("spawn").Process(target=_run_ingest, args=(settings,))
    process.start()
    try:
        yield process
    finally:
        if process.pid is not None:
            os.kill(process.pid, signal.SIGTERM)
        process.join(20)


def _run_ingest(settings: Settings) -> None:
    set_up_log(level="WARNING")
    sys.exit(run_process(lambda: app.run(settings)))


def _batches(count: int, premises: str) -> Iterator[TelemetryBatch]:
    dice = random.Random(7)
    start = to_micros(utc_now()) - 3_600_000_000
    for number in range(count):
        first = start + number // GATEWAYS * TIMES * 1_000_000
        series = [
            Series(
                point=f"smoke-{point:02}",
                quantity="smoke",
                t=[first + second * 1_000_000 + point for second in range(TIMES)],
                v=[round(dice.uniform(0, 0.2), 4) for _ in range(TIMES)],
            )
            for point in range(POINTS)
        ]
        yield TelemetryBatch(v=1, epoch=premises, floor=1, seq=number // GATEWAYS + 1, series=series)


async def _through_the_broker(
    settings: Settings, process: SpawnProcess, count: int
) -> tuple[float, float]:
    """Seconds from the first batch sent to the last one receipted, and ingest's processor seconds."""
    await _until_healthy(settings)
    payloads = [
        (f"tocsin/v1/bench/gw-{number % GATEWAYS}/telemetry", _payload(each))
        for number, each in enumerate(_batches(count, "through"))
    ]
    before = _cpu_seconds(process)
    async with aiomqtt.Client("127.0.0.1", settings.broker.port, max_inflight_messages=1_000) as client:
        client.pending_calls_threshold = 10_000
        await client.subscribe("tocsin/v1/bench/+/receipt/telemetry", qos=1)
        begin = time.perf_counter()
        async with asyncio.timeout(PATIENCE_S):
            await _send_as_receipted(client, payloads)
        seconds = time.perf_counter() - begin
    return seconds, _cpu_seconds(process) - before


def _payload(batch: TelemetryBatch) -> bytes:
    return encode_telemetry(batch.epoch, batch.floor, batch.seq, encode(batch.series))


async def _send_as_receipted(client: aiomqtt.Client, payloads: list[tuple[str, bytes]]) -> None:
    receipted: dict[str, int] = {}
    sent = 0
    messages = aiter(client.messages)
    while sum(receipted.values()) < len(payloads):
        room = IN_FLIGHT - (sent - sum(receipted.values()))
        more = payloads[sent : sent + room]
        await asyncio.gather(*(client.publish(topic, payload, qos=1) for topic, payload in more))
        sent += len(more)
        message = await anext(messages)
        receipt = decode_receipt(bytes(message.payload or b""))
        before = receipted.get(message.topic.value, 0)
        receipted[message.topic.value] = before + len(receipt.stored)


async def _until_healthy(settings: Settings) -> None:
    url = f"http://127.0.0.1:{settings.web.port}/healthz"
    async with asyncio.timeout(30), aiohttp.ClientSession() as session:
        while True:
            try:
                async with session.get(url) as reply:
                    if reply.status == 200:
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.05)


async def _counted(settings: Settings, expected: int) -> int:
    """Return the count of the store; VictoriaMetrics shows new readings only after some seconds."""
    url = f"http://127.0.0.1:{settings.web.port}/api/v1/readings/count"
    deadline = time.monotonic() + 30
    async with aiohttp.ClientSession() as session:
        while True:
            async with session.get(url, params={"premises": "bench"}) as reply:
                count: int = sum(each["count"] for each in (await reply.json())["counts"])
            if count >= expected or time.monotonic() > deadline:
                return count
            await asyncio.sleep(0.2)


async def _direct(settings: Settings, count: int) -> float:
    """Readings per second that the store takes in writes of the usual size."""
    most = settings.writing.max_readings
    batches = [
        Batch(
            BatchId(StreamKey("direct", f"gw-{number % GATEWAYS}", "e"), 1, each.seq, "d"),
            tuple(each.series),
        )
        for number, each in enumerate(_batches(count, "direct"))
    ]
    size = max(1, most // (POINTS * TIMES))
    async with open_store(settings, utc_now) as store:
        begin = time.perf_counter()
        for first in range(0, count, size):
            outcome = await store.write_batches(batches[first : first + size])
            assert not outcome.kept
            assert not outcome.refused
        return count * POINTS * TIMES / (time.perf_counter() - begin)


def _cpu_seconds(process: SpawnProcess) -> float:
    fields = Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _pure() -> dict[str, float]:
    """Microseconds a reading to decode a batch and to write its lines, the best of many."""
    (batch,) = _batches(1, "pure")
    payload = _payload(batch)
    stored = Batch(BatchId(StreamKey("cho-an-binh", "gw-1", "e"), 1, 1, "d"), tuple(batch.series))
    return {
        "decode_us": round(_best_us(lambda: decode_telemetry(payload)), 3),
        "line_protocol_us": round(_best_us(lambda: encode_batch(stored)), 3),
    }


def _best_us(work: Any) -> float:
    best = float("inf")
    for _ in range(300):
        begin = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - begin)
    return best / (POINTS * TIMES) * 1e6


if __name__ == "__main__":
    sys.exit(main())
