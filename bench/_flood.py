"""The same readings through the broker into InfluxDB 1: by Tocsin's ingest, and by Telegraf."""

import argparse
import http.client
import json
import random
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import quote

from bench._load import POINTS, TIMES
from bench._peers import telegraf
from bench._probe import Publisher
from bench._tree import cpu_seconds, process, wait_until_it_answers
from bench._tree import program as command
from contract.ids import StreamKey
from contract.messages import Series, encode, encode_telemetry
from contract.times import to_micros
from ingest.domain.batches import Batch, BatchId
from ingest.domain.line_protocol import encode_batch
from runtime.clock import utc_now
from tests.support.servers import free_port, influxdb1, mosquitto

GATEWAYS = 20

IN_A_BATCH = POINTS * TIMES

PATIENCE_S = 120.0

EVERY_S = 0.1
"""Seconds between two questions to InfluxDB for the number of readings."""

COUNT = 'SELECT count("value") FROM "{}"'

Figures = dict[str, float]


def batches(readings: int) -> Iterator[tuple[str, int, list[Series]]]:
    """Yield the gateway, number and series of each batch."""
    dice, start = random.Random(7), to_micros(utc_now()) - 86_400_000_000
    for number in range(max(1, readings // IN_A_BATCH)):
        first = start + number // GATEWAYS * TIMES * 1_000_000
        times = [first + second * 1_000_000 for second in range(TIMES)]
        series = [
            Series(
                point=f"smoke-{point:02}",
                quantity="smoke",
                t=times,
                v=[round(dice.uniform(0, 0.2), 4) for _ in range(TIMES)],
            )
            for point in range(POINTS)
        ]
        yield f"gw-{number % GATEWAYS}", number // GATEWAYS + 1, series


def telemetry(readings: int) -> list[tuple[str, bytes]]:
    """Return the messages of gateways."""
    return [
        (f"tocsin/v1/flood/{gateway}/telemetry", encode_telemetry("e", 1, seq, encode(series)))
        for gateway, seq, series in batches(readings)
    ]


def lines(readings: int) -> list[tuple[str, bytes]]:
    """Return the same readings as line protocol."""
    return [
        (
            f"lines/{gateway}",
            encode_batch(Batch(BatchId(StreamKey("flood", gateway, "e"), 1, seq, "d"), tuple(series))),
        )
        for gateway, seq, series in batches(readings)
    ]


def ingest_of_tree(folder: Path, tree: Path, wanted: argparse.Namespace) -> Figures:
    """Return the readings a second of the ingest of *tree*."""
    with mosquitto(folder / "broker") as broker, influxdb1(folder / "influxdb") as store:
        port, config, log = free_port(), folder / "ingest.toml", folder / "ingest.log"
        config.write_text(
            f'data_dir = "{folder}/data"\n[broker]\nhost = "127.0.0.1"\nport = {broker.port}\n'
            f'[web]\nport = {port}\n[store]\nkind = "influxdb1"\n'
            f'url = "http://127.0.0.1:{store.port}"\ndatabase = "flood"\n'
        )
        with process([*command(tree), "ingest", "--config", str(config)], log) as running:
            wait_until_it_answers(running, port, path="/healthz", log=log)
            messages = telemetry(wanted.readings)
            return _flooded(messages, pid=running.pid, broker=broker.port, influxdb=store.port)


def ingest_of_telegraf(folder: Path, program: str, wanted: argparse.Namespace) -> Figures:
    """Return the readings a second of Telegraf."""
    with mosquitto(folder / "broker") as broker, influxdb1(folder / "influxdb") as store:
        _query(store.port, "CREATE DATABASE flood", method="POST")
        home = folder / "telegraf"
        with telegraf(
            program, home, broker=broker.port, influxdb=store.port, database="flood"
        ) as running:
            _until_it_listens(running, broker.port, store.port, log=home / "telegraf.log")
            messages = lines(wanted.readings)
            return _flooded(messages, pid=running.pid, broker=broker.port, influxdb=store.port)


def _until_it_listens(
    running: subprocess.Popen[bytes], broker: int, influxdb: int, *, log: Path
) -> None:
    """Send one line again and again until it is stored: Telegraf does not say when it listens."""
    publisher, until = Publisher(broker, "first"), time.monotonic() + PATIENCE_S
    while not _count(influxdb, "first"):
        if running.poll() is not None or time.monotonic() > until:
            raise RuntimeError(f"Telegraf stores nothing:\n{log.read_text()[-2000:]}")
        publisher.publish("lines/first", b"first value=1")
        time.sleep(EVERY_S)
    publisher.close()


def _flooded(messages: Sequence[tuple[str, bytes]], *, pid: int, broker: int, influxdb: int) -> Figures:
    """Publish *messages* at once; return how long it took until the store had counted all readings."""
    expected, before = len(messages) * IN_A_BATCH, cpu_seconds(pid)
    publisher = Publisher(broker, "flood")
    began = time.perf_counter()
    publisher.publish_at_once(messages)
    while (counted := _count(influxdb, "reading")) < expected:
        if time.perf_counter() - began > PATIENCE_S:
            break
        time.sleep(EVERY_S)
    seconds = time.perf_counter() - began
    publisher.close()
    return {
        "readings": counted,
        "readings_per_s": round(counted / seconds),
        "cpu_us_per_reading": round((cpu_seconds(pid) - before) / expected * 1e6, 2),
    }


def _count(port: int, measurement: str) -> int:
    answer = _query(port, COUNT.format(measurement))
    series = json.loads(answer)["results"][0].get("series", [])
    return int(series[0]["values"][0][1]) if series else 0


def _query(port: int, text: str, *, method: str = "GET") -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request(method, f"/query?db=flood&q={quote(text)}")
    answer = connection.getresponse().read()
    connection.close()
    return answer
