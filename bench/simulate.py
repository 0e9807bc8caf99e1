"""Measure the points that one core drives in the simulator: real encoders, lines and readers.

``python -m bench.simulate [--points N] [--seconds S] [--carrier NAME ...]`` lets N detectors send once
a second, on 100 lines or 10 sources of one kind (pty, tcp, mqtt), half of them on pty and tcp (lines) or
a third on each (mixed), to readers in a process of their own, and prints JSON. *points_per_core* are
the messages sent a second, divided by the share of a core that the simulator used, *late_ms* the largest
delay; with *dropped* above 0 that many points were too many for this machine. *counted*: the ground
truth on disk and the counts by point agree. *made_per_s* are sentences made and encoded, and not sent.
MQTT needs mosquitto, and is left out without it.
"""

import argparse
import asyncio
import json
import multiprocessing
import os
import selectors
import shutil
import socket
import tempfile
import time
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import Any

from contract.sentences import Sentence, encode
from firmware_sim.outputs.ground_truth import read_ground_truth, summarize
from firmware_sim.run.app import run_scenario
from firmware_sim.run.progress import RunProgress
from firmware_sim.scenario.scenario import Scenario, make_scenario
from firmware_sim.simulation.build import scheduled_messages
from runtime.clock import utc_now
from runtime.log import set_up_log
from tests.support.servers import mosquitto

CARRIERS = ("pty", "tcp", "lines", "mqtt", "mixed")
LINES = 100
SOURCES = 10

SPAWN = multiprocessing.get_context("spawn")


def building(points: int, carrier: str, port: int) -> Scenario:
    """Return a scenario of points of three kinds, on LINES lines or SOURCES sources."""
    kinds = {"mixed": ("pty", "tcp", "mqtt"), "lines": ("pty", "tcp")}.get(carrier, (carrier,))
    wires = [(kind, f"{kind}-{n}") for kind in kinds for n in range(_count(kind) // len(kinds))]
    return make_scenario(
        {
            "title": f"{points} points on {carrier}",
            "lines": [{"name": name, "kind": kind} for kind, name in wires if kind != "mqtt"],
            "sources": [
                {"name": name, "dialect": "tocsin", "root": name, "broker": {"port": port}}
                for kind, name in wires
                if kind == "mqtt"
            ],
            "points": [_point(n, *wires[n % len(wires)]) for n in range(points)],
        },
        "bench",
    )


def _count(kind: str) -> int:
    return SOURCES if kind == "mqtt" else LINES


def _point(number: int, kind: str, wire: str) -> dict[str, Any]:
    return {
        "address": f"p-{number}",
        "kind": ("smoke", "heat", "smoke")[number % 3],
        ("source" if kind == "mqtt" else "line"): wire,
    }


def drain(urls: list[str], ready: Any) -> None:
    """Read all *urls* and throw away what they say, until killed."""
    with selectors.DefaultSelector() as reading, ExitStack() as opened:
        for url in urls:
            if url.startswith("socket://"):
                host, _, port = url.removeprefix("socket://").partition(":")
                reading.register(opened.enter_context(socket.create_connection((host, int(port)))), 1)
            elif not url.startswith("mqtt"):
                port_file = opened.enter_context(Path(url).open("rb", buffering=0))
                reading.register(port_file, 1)
        ready.set()
        while True:
            for key, _ in reading.select():
                os.read(key.fd, 65_536)


async def driven(scenario: Scenario, seconds: float, truth: Path) -> dict[str, Any]:
    """Let *scenario* speak for so many *seconds*, and measure what it took."""
    readers = _Readers()
    told: list[tuple[float, float]] = []

    def on_progress(_: RunProgress) -> None:
        told.append((time.process_time(), time.perf_counter()))

    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(
            run_scenario(
                scenario,
                clock=utc_now,
                truth=truth,
                duration=seconds,
                start=readers.start,
                on_ready=readers.begin,
                on_progress=on_progress,
            )
        )
        await readers.come()
    cpu, wall = (end - begin for begin, end in zip(told[0], told[-1], strict=True))
    readers.end()
    done = running.result()
    return {
        "sent": done.sent,
        "dropped": done.dropped,
        "cpu_share": round(cpu / wall, 3),
        "late_ms": round(1000 * done.late_s, 1),
        "points_per_core": round(done.sent / seconds * wall / cpu),
        "counted": _counted(truth) == dict(done.sent_by),
    }


class _Readers:
    """Those who read the lines, in a process of their own."""

    def __init__(self) -> None:
        self.start = asyncio.Event()
        self._ready = SPAWN.Event()
        self._process: Any = None

    def begin(self, urls: Any) -> None:
        """Read all *urls* from now on."""
        self._process = SPAWN.Process(target=drain, args=(list(urls.values()), self._ready), daemon=True)
        self._process.start()

    async def come(self) -> None:
        """Let the simulator start once they read."""
        await asyncio.to_thread(self._ready.wait)
        self.start.set()

    def end(self) -> None:
        """Send them away."""
        self._process.terminate()
        self._process.join()


def _counted(truth: Path) -> dict[str, int]:
    return {
        point: sum(each.sent.values()) for point, each in summarize(read_ground_truth(truth)).items()
    }


def made_per_s(scenario: Scenario) -> int:
    """Sentences that are made and encoded a second, without sending them anywhere."""
    count = 100_000
    began = time.perf_counter()
    for due in islice(scheduled_messages(scenario), count):
        if isinstance(due.message, Sentence):
            encode(due.message)
    return round(count / (time.perf_counter() - began))


def measured(carrier: str, points: int, seconds: float) -> dict[str, Any]:
    """The figures of one *carrier*."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as servers:
        port = 1883
        if carrier in {"mqtt", "mixed"}:
            if shutil.which("mosquitto", path=os.environ["PATH"] + ":/usr/sbin") is None:
                return {"skipped": "mosquitto is not installed; 'make servers' installs it"}
            port = servers.enter_context(mosquitto(Path(folder))).port
        scenario = building(points, carrier, port)
        made = made_per_s(scenario)
        truth = Path(folder) / "truth.jsonl"
        return {
            **asyncio.run(driven(scenario, seconds, truth)),
            "made_per_s": made,
        }


def main() -> None:
    """Measure each carrier."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--carrier", choices=CARRIERS, nargs="+", default=CARRIERS)
    options = parser.parse_args()
    set_up_log(level="ERROR")
    figures = {each: measured(each, options.points, options.seconds) for each in options.carrier}
    print(json.dumps({"simulate": {"points": options.points, **figures}}, indent=2))


if __name__ == "__main__":
    main()
