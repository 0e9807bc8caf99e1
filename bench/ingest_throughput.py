"""Readings a second from a broker into each store, beside what the same store takes at most.

``python -m bench.ingest_throughput [--readings N] [--store NAME ...] [--tree FOLDER ...] [--rounds N]``
starts mosquitto, ingest and each store that is installed, each a process of its own on free ports. The
gateways are one more process, with batches encoded beforehand and written as bytes (``in_flight`` are on
the way without a receipt). ``cpu`` says how busy each process was, in shares of one core, and
``busiest`` which one that bounds the rate. ``--tree`` names the trees whose ingest is measured, in
turns. The first batch of each gateway is sent before the measurement: ``first_shown_s`` is how long it
took until the store showed these new series and they were receipted (VictoriaMetrics takes up to ten
seconds, once for a new series; gateways send again meanwhile). *direct* is the same readings, in writes
of the same size, without broker and ingest.

The backlog of a large site after an outage: ``--gateways 1 --points 2000 --times 1 --hours-ago 24``.
"""

import argparse
import asyncio
import json
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import aiohttp

from bench._frame import make_parser
from bench._readings_publisher import Load, run, series_of
from contract.ids import StreamKey
from contract.messages import encode, encode_telemetry
from contract.readings import decode_readings
from contract.times import to_micros
from ingest.adapters.stores import open_store
from ingest.domain.batches import Batch, BatchId
from ingest.domain.line_protocol import encode_batch
from ingest.settings import Settings
from runtime.clock import utc_now
from runtime.log import set_up_log
from tests.support.servers import Server, free_port, influxdb1, mosquitto, victoria_metrics

PATIENCE_S = 600.0

LIMITS = "max_queued_messages 20000\nmax_queued_bytes 268435456\nmax_inflight_messages 200\n"
"""Those of deploy/mosquitto/tocsin.conf."""


@dataclass(frozen=True)
class Throughput:
    """Measurements of one tree with one store; rates in readings a second, *cpu* in shares of a core."""

    store: str
    tree: str
    readings: int
    first_shown_s: float
    counted_by_the_store: int
    seconds: float
    from_broker: float
    ingest_cpu_us_per_reading: float
    cpu: dict[str, float]
    busiest: str
    batches_sent_again: int


def main() -> int:
    """Measure, and print one JSON object."""
    set_up_log(level="WARNING")
    options = _options()
    trees = [tree.resolve() for tree in options.tree]
    stores = []
    for kind in filter(_installed, options.store):
        rounds = [
            asdict(_measure(kind, tree, _load(options))) for _ in range(options.rounds) for tree in trees
        ]
        stores.append(
            {"store": kind, "direct": round(_direct_in(kind, _load(options))), "rounds": rounds}
        )
    print(
        json.dumps({"cpus": os.cpu_count(), "pure": _pure(_load(options)), "stores": stores}, indent=2)
    )
    return 0


def _options() -> argparse.Namespace:
    parser = make_parser(__doc__)
    parser.add_argument("--readings", type=int, default=400_000)
    parser.add_argument("--store", nargs="*", default=list(_PROGRAM), choices=list(_PROGRAM))
    parser.add_argument("--gateways", type=int, default=20)
    parser.add_argument("--points", type=int, default=40)
    parser.add_argument("--times", type=int, default=10)
    parser.add_argument("--in-flight", type=int, default=400)
    parser.add_argument("--hours-ago", type=float, default=24.0)
    return parser.parse_args()


def _load(options: argparse.Namespace) -> Load:
    size = options.points * options.times
    begin = to_micros(utc_now()) - int(options.hours_ago * 3_600_000_000)
    return Load(
        batches=max(1, options.readings // size),
        gateways=options.gateways,
        points=options.points,
        times=options.times,
        begin_us=begin,
        in_flight=options.in_flight,
    )


_PROGRAM = {"embedded": None, "influxdb1": "influxd", "victoria-metrics": "victoria-metrics"}


def _installed(kind: str) -> bool:
    program = _PROGRAM[kind]
    if program is None or shutil.which(program):
        return True
    print(f"{program} is not installed; {kind} is left out", file=sys.stderr)
    return False


def _measure(kind: str, tree: Path, load: Load) -> Throughput:
    with tempfile.TemporaryDirectory() as folder, ExitStack() as servers:
        home = Path(folder)
        broker = servers.enter_context(mosquitto(home / "mosquitto", extra=LIMITS))
        store, server = _start(kind, home, servers)
        web = free_port()
        config = _write_settings(home, tree, broker=broker.port, web=web, store=store)
        ingest = servers.enter_context(_ingest(tree, config))
        asyncio.run(_until_healthy(web))
        pids = {"broker": _pid(broker), "ingest": ingest.pid}
        if server is not None:
            pids["store"] = _pid(server)
        first, seconds, cpu_s, again = _publish(broker.port, load, pids)
        counted = asyncio.run(_counted(web, load.readings))
    shares = {name: round(each / seconds, 2) for name, each in cpu_s.items()}
    return Throughput(
        kind,
        str(tree),
        load.measured,
        round(first, 2),
        counted - (load.readings - load.measured),
        round(seconds, 3),
        round(load.measured / seconds),
        round(cpu_s["ingest"] / load.measured * 1e6, 2),
        shares,
        max(shares, key=lambda name: shares[name]),
        again,
    )


def _publish(port: int, load: Load, pids: dict[str, int]) -> tuple[float, float, dict[str, float], int]:
    """Return the seconds of the first batches, of the rest, each process's own, and what was resent."""
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    process = spawn.Process(target=run, args=(port, load, theirs))
    process.start()
    try:
        assert ours.poll(PATIENCE_S), "the first batches were not receipted"
        first = ours.recv()
        assert process.pid is not None
        pids = {**pids, "gateways": process.pid}
        before = {name: _cpu_seconds(pid) for name, pid in pids.items()}
        ours.send("go")
        assert ours.poll(PATIENCE_S), "not every batch was receipted"
        seconds, again = ours.recv()
        used = {name: _cpu_seconds(pid) - before[name] for name, pid in pids.items() if _is_there(pid)}
    finally:
        process.kill()
        process.join()
    return first, seconds, used, again


def _start(kind: str, home: Path, servers: ExitStack) -> tuple[dict[str, Any], Server | None]:
    if kind == "influxdb1":
        server = servers.enter_context(influxdb1(home / kind))
        url = f"http://127.0.0.1:{server.port}"
        return {"kind": "influxdb1", "url": url, "database": "bench"}, server
    if kind == "victoria-metrics":
        server = servers.enter_context(victoria_metrics(home / kind))
        url = f"http://127.0.0.1:{server.port}"
        return {"kind": "influxdb2", "url": url, "reads": "victoriametrics"}, server
    return {"kind": "embedded"}, None


def _write_settings(home: Path, tree: Path, *, broker: int, web: int, store: dict[str, Any]) -> Path:
    # A tree from before may be open without saying so, and knows no such setting.
    is_open = ["open = true"] if (tree / "runtime" / "first_token.py").exists() else []
    lines = [f'data_dir = "{home / "ingest"}"', 'log_level = "WARNING"', "[broker]", f"port = {broker}"]
    lines += ["[web]", *is_open, f"port = {web}", "[store]"]
    lines += [f"{name} = {json.dumps(value)}" for name, value in store.items()]
    config = home / "ingest.toml"
    config.write_text("\n".join(lines) + "\n")
    return config


@contextmanager
def _ingest(tree: Path, config: Path) -> Iterator[subprocess.Popen[bytes]]:
    command = [str(tree / ".venv" / "bin" / "tocsin"), "ingest", "--config", str(config)]
    with subprocess.Popen(command, cwd=tree) as process:
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)


async def _until_healthy(port: int) -> None:
    url = f"http://127.0.0.1:{port}/healthz"
    async with asyncio.timeout(60), aiohttp.ClientSession() as session:
        while True:
            try:
                async with session.get(url) as reply:
                    if reply.status == 200:
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.05)


async def _counted(port: int, expected: int) -> int:
    """Return the count of the store; VictoriaMetrics shows new readings only after some seconds."""
    url = f"http://127.0.0.1:{port}/api/v1/readings/count"
    deadline = time.monotonic() + 30
    async with aiohttp.ClientSession() as session:
        while True:
            async with session.get(url, params={"premises": "bench"}) as reply:
                count: int = sum(each["count"] for each in (await reply.json())["counts"])
            if count >= expected or time.monotonic() > deadline:
                return count
            await asyncio.sleep(0.2)


def _direct_in(kind: str, load: Load) -> float:
    with tempfile.TemporaryDirectory() as folder, ExitStack() as servers:
        store, _ = _start(kind, Path(folder), servers)
        settings = Settings(data_dir=Path(folder) / "direct", store=store)
        return asyncio.run(_direct(settings, load))


async def _direct(settings: Settings, load: Load) -> float:
    """Return the readings a second that the store takes in writes of the usual size."""
    batches = [
        Batch(BatchId(StreamKey("direct", f"gw-{gateway}", "e"), 1, seq, "d"), tuple(series))
        for gateway, seq, series in series_of(load)
    ]
    size = max(1, settings.writing.max_readings // (load.points * load.times))
    async with open_store(settings, utc_now) as store:
        begin = time.perf_counter()
        for first in range(0, len(batches), size):
            outcome = await store.write_batches(batches[first : first + size])
            assert not outcome.kept, outcome.reason
            assert not outcome.refused
        return load.readings / (time.perf_counter() - begin)


def _pid(server: Server) -> int:
    assert server.process is not None
    return server.process.pid


def _is_there(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").exists()


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _pure(load: Load) -> dict[str, float]:
    """Return the microseconds a reading to decode a batch and to write its lines, the best of many."""
    _, seq, series = next(series_of(load))
    payload = encode_telemetry("pure", 1, seq, encode(series))
    stored = Batch(BatchId(StreamKey("cho-an-binh", "gw-1", "e"), 1, 1, "d"), tuple(series))
    size = load.points * load.times
    return {
        "decode_us": round(_best_us(lambda: decode_readings(payload), size), 3),
        "line_protocol_us": round(_best_us(lambda: encode_batch(stored), size), 3),
    }


def _best_us(work: Any, readings: int) -> float:
    best = float("inf")
    for _ in range(100):
        begin = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - begin)
    return best / readings * 1e6


if __name__ == "__main__":
    sys.exit(main())
