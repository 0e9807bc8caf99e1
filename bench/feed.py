"""One alarm, from the broker to a webhook, while so many readers follow the feed.

``python -m bench.feed [--readers N ...] [--alarms N] [--tree FOLDER ...] [--rounds N]``: each tree in
turns, with each number of readers, which are sockets in a process of their own that read and forget.
*cpu_ms* is the processor time that alerting took for each alarm, readers included.
"""

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench._probe import Desk, Publisher, desk, figures, tell
from bench._tree import HERE, Center, center, cpu_seconds, raise_file_limit, registry_of
from tests.support.servers import mosquitto

WARM = 5
"""Alarms before the first one that counts: they open every connection."""

REST_S = 0.5
"""Seconds after the last alarm in which readers get what is left; its processor time counts."""


@contextmanager
def readers(port: int, count: int) -> Iterator[None]:
    """Let *count* readers follow the feed within the block."""
    command = [sys.executable, "-m", "bench._feed_readers", str(port), str(count)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=HERE
    ) as running:
        assert running.stdout is not None
        assert running.stdin is not None
        if running.stdout.readline().strip() != "ready":
            raise RuntimeError(f"the readers ended with code {running.wait()}")
        try:
            yield
        finally:
            running.stdin.close()


def alarms(one: Center, at: Desk, *, broker: int, count: int) -> dict[str, float]:
    """Raise *count* alarms at random moments; return the percentiles, and the processor time of each."""
    publisher = Publisher(broker)
    for number in range(WARM):
        tell(at, publisher, f"p-{number}")
    before, taken = cpu_seconds(one.pid), []
    for number in range(WARM, WARM + count):
        _answer_for(at, random.uniform(0.05, 0.15))
        taken.append(tell(at, publisher, f"p-{number}"))
    _answer_for(at, REST_S)
    publisher.close()
    spent = cpu_seconds(one.pid) - before
    return figures(taken) | {"cpu_ms": round(spent / count * 1_000, 2)}


def _answer_for(at: Desk, seconds: float) -> None:
    until = time.perf_counter() + seconds
    while (left := until - time.perf_counter()) > 0:
        at.receive(left)


def measured(folder: Path, broker: int, *, tree: Path, count: int, wanted: int) -> dict[str, float]:
    """Return the figures of one alerting of *tree* with *wanted* readers."""
    names = [f"p-{number}" for number in range(WARM + count)]
    with (
        desk() as at,
        center(
            folder,
            tree=tree,
            broker=broker,
            webhook=at.url,
            registry=registry_of(names),
            extra=f"feed_readers = {max(1, wanted)}",
        ) as one,
        readers(one.port, wanted),
    ):
        return alarms(one, at, broker=broker, count=count)


def run(folder: Path, wanted: argparse.Namespace) -> dict[str, list[dict[str, float]]]:
    """Measure each tree in turns."""
    result: dict[str, list[dict[str, float]]] = {str(tree): [] for tree in wanted.tree}
    for turn in range(wanted.rounds):
        for count in wanted.readers:
            for number, tree in enumerate(wanted.tree):
                home = folder / f"{turn}-{count}-{number}"
                home.mkdir()
                with mosquitto(home / "broker") as broker:
                    found = measured(
                        home / "center", broker.port, tree=tree, count=wanted.alarms, wanted=count
                    )
                result[str(tree)].append({"readers": count} | found)
    return result


def main() -> int:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readers", type=int, nargs="+", default=[0, 50, 200, 1_000])
    parser.add_argument("--alarms", type=int, default=200)
    parser.add_argument("--tree", type=Path, nargs="+", default=[HERE], help="whose programs, in turns")
    parser.add_argument("--rounds", type=int, default=1)
    wanted = parser.parse_args()
    raise_file_limit()
    with tempfile.TemporaryDirectory() as name:
        result = run(Path(name), wanted)
    print(json.dumps({"feed": result}, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
