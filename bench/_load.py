"""Loads beside an alarm: readings of other gateways, and a registry that is imported again and again."""

import random
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count, cycle
from pathlib import Path
from threading import Event, Thread

from bench._probe import Publisher
from bench._tree import HERE, registry_of
from contract.messages import Series, encode, encode_telemetry
from contract.times import to_micros
from runtime.clock import utc_now

POINTS = 40
TIMES = 10
"""A batch: ten seconds of forty points, one reading a second each, as a larger premises sends them."""

GATEWAYS = 50

OTHERS = "others"
"""The premises of the gateways whose readings are the load."""


@contextmanager
def readings(broker: int, per_second: int) -> Iterator[None]:
    """Let a process of its own publish so many readings a second within the block."""
    command = [sys.executable, "-m", "bench._load", str(broker), str(per_second)]
    with subprocess.Popen(command, cwd=HERE) as running:
        try:
            yield
        finally:
            running.terminate()


class Imports:
    """Imports the registry in *first* with so many other premises, over and over.

    Each import changes the name of every one of them.
    """

    def __init__(self, command: Sequence[str], config: Path, *, first: Path, premises: int) -> None:
        self._start = [*command, "registry", "import", str(first)]
        self._config = config
        self._others = cycle(_others(config.parent, premises))
        self._ended = Event()
        self._running = Thread(target=self._repeat)

    def begin(self) -> None:
        """Import once, and go on in a thread."""
        self._once()
        self._running.start()

    def end(self) -> None:
        """Import no more; wait for the end of the last one."""
        self._ended.set()
        self._running.join()

    def _repeat(self) -> None:
        while not self._ended.is_set():
            self._once()

    def _once(self) -> None:
        full = [*self._start, str(next(self._others)), "--config", str(self._config)]
        subprocess.run(full, capture_output=True, check=True, cwd=self._config.parent)


def _others(folder: Path, premises: int) -> Iterator[Path]:
    names = [f"other-{number}" for number in range(premises)]
    for title in ("before", "after"):
        file = folder / f"others-{title}.toml"
        file.write_text(registry_of(names, title=title))
        yield file


def publish(broker: int, per_second: int) -> None:
    """Publish readings at an even pace until the process is ended."""
    publisher, dice = Publisher(broker, "readings"), random.Random(7)
    values = [round(dice.uniform(0, 0.2), 4) for _ in range(TIMES)]
    began = time.monotonic()
    for number in count():
        time.sleep(max(0.0, began + number * POINTS * TIMES / per_second - time.monotonic()))
        gateway, seq = number % GATEWAYS, number // GATEWAYS + 1
        start = to_micros(utc_now()) - TIMES * 1_000_000
        times = [start + second * 1_000_000 for second in range(TIMES)]
        series = [
            Series(point=f"smoke-{point}", quantity="smoke", t=times, v=values)
            for point in range(POINTS)
        ]
        payload = encode_telemetry(f"e-{began}", 1, seq, encode(series))
        publisher.publish(f"tocsin/v1/{OTHERS}/gw-{gateway}/telemetry", payload)


if __name__ == "__main__":
    publish(int(sys.argv[1]), int(sys.argv[2]))
