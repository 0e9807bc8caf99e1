"""One alarm, from the broker to a webhook, while so many readers follow the feed.

``python -m bench.feed [--readers N ...] [--alarms N] [--rounds N] [--tree FOLDER ...]``: every tree has
one alerting of its own, and so many alarms are raised with each number of readers, in turns, a part in
each round. Readers are raw sockets in a process of their own. *cpu_ms* is the processor time that
alerting took for each alarm, readers included, *readers_cpu_ms* that of the readers' process: on a
machine with few cores the two compete. *added* is the difference to no readers in the same run.
*events_read* is how many events the reader that got the fewest has read, of one in a hundred. A row in
which an alarm was not told within 60 s is given up: it counts as so late, and as *not_told*.

It takes about 0.1 s an alarm: 80 s for a tree as it stands. A row is cut short after ``--longest``
seconds.
"""

import argparse
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count as numbers
from pathlib import Path

from bench._desk_center import DeskCenter, answer_for, desk_center
from bench._frame import make_parser, print_figures, print_progress
from bench._probe import LONGEST_S, NotTold, figures
from bench._tree import HERE, Center, cpu_seconds, registry_of

WARM = 5
"""Alarms after readers came and before the first one that counts: they open every connection."""

REST_S = 0.5
"""Seconds after the last alarm in which readers get what is left; its processor time counts."""

LEAST = 2
"""Alarms of a row that is cut short: one alone has no percentiles."""

Figures = dict[str, float]


@dataclass
class Readers:
    """A running process of readers; *events* is known once it has ended."""

    running: subprocess.Popen[str]
    events: int = 0


@contextmanager
def follow(center: Center, count: int) -> Iterator[Readers]:
    """Let *count* readers follow the feed of *center* within the block."""
    command = [sys.executable, "-m", "bench._feed_readers", str(center.port), str(count)]
    command.append(str(center.token_file))
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=HERE
    ) as running:
        assert running.stdout is not None
        assert running.stdin is not None
        if running.stdout.readline().strip() != "ready":
            raise RuntimeError(f"the readers ended with code {running.wait()}")
        readers = Readers(running)
        try:
            yield readers
        finally:
            running.stdin.close()
            readers.events = int(running.stdout.read() or 0)


@dataclass
class Row:
    """The alarms of one tree with one number of readers, over all rounds."""

    taken: list[float] = field(default_factory=list)
    seconds: float = 0.0
    cpu_s: float = 0.0
    readers_cpu_s: float = 0.0
    events: int = 0
    not_told: int = 0

    def give_up(self) -> None:
        """Count an alarm that was not told as the latest of all."""
        self.not_told += 1
        self.taken += [LONGEST_S * 1_000] * max(1, LEAST - len(self.taken))

    def figures(self) -> Figures:
        """Return what is printed of it."""
        each = 1_000 / len(self.taken)
        return figures(self.taken) | {
            "cpu_ms": round(self.cpu_s * each, 2),
            "readers_cpu_ms": round(self.readers_cpu_s * each, 2),
            "events_read": self.events,
            "not_told": self.not_told,
        }


@dataclass
class Contestant:
    """The alerting of one tree, its rows by the number of readers, and the premises not yet in fire."""

    site: DeskCenter
    premises: Iterator[str]
    rows: dict[int, Row]

    def measure(self, readers: int, *, alarms: int, longest_s: float) -> None:
        """Raise some more alarms with so many readers, unless their row was given up."""
        if self.rows[readers].not_told:
            return
        try:
            self._measure(readers, alarms=alarms, longest_s=longest_s)
        except NotTold as error:
            print_progress(f"{readers} readers: {error}")
            self.rows[readers].give_up()

    def _measure(self, readers: int, *, alarms: int, longest_s: float) -> None:
        row, pid = self.rows[readers], self.site.center.pid
        with follow(self.site.center, readers) as following:
            self.site.tell_all(next(self.premises) for _ in range(WARM))
            began, own, theirs = time.monotonic(), cpu_seconds(pid), cpu_seconds(following.running.pid)
            for _ in range(alarms):
                if len(row.taken) >= LEAST and row.seconds + time.monotonic() - began > longest_s:
                    break
                row.taken += self.site.tell_all([next(self.premises)])
            answer_for(self.site.desk, REST_S)
            row.cpu_s += cpu_seconds(pid) - own
            row.readers_cpu_s += cpu_seconds(following.running.pid) - theirs
            row.seconds += time.monotonic() - began
        row.events += following.events

    def figures(self) -> list[Figures]:
        """Return a row for each number of readers."""
        shown = {readers: row.figures() for readers, row in self.rows.items()}
        none = shown.get(0)
        return [
            {"readers": readers} | row | (_added(row, none) if none and readers else {})
            for readers, row in shown.items()
        ]


def _added(row: Figures, none: Figures) -> Figures:
    return {f"added_{name}": round(row[name] - none[name], 2) for name in ("p50_ms", "p99_ms", "cpu_ms")}


def run(folder: Path, wanted: argparse.Namespace) -> dict[str, list[Figures]]:
    """Measure each tree with each number of readers, in turns."""
    part = -(-wanted.alarms // wanted.rounds)
    with ExitStack() as stack:
        contestants = {
            tree: stack.enter_context(_contestant(folder / str(number), tree, wanted, part=part))
            for number, tree in enumerate(wanted.tree)
        }
        for turn in range(wanted.rounds):
            for count in wanted.readers:
                for tree, one in contestants.items():
                    one.measure(count, alarms=part, longest_s=wanted.longest)
                    done = one.rows[count].figures()
                    print_progress(
                        f"round {turn + 1} of {wanted.rounds}, {count} readers, {tree}: {done}"
                    )
        return {str(tree): one.figures() for tree, one in contestants.items()}


@contextmanager
def _contestant(
    folder: Path, tree: Path, wanted: argparse.Namespace, *, part: int
) -> Iterator[Contestant]:
    most = wanted.rounds * len(wanted.readers) * (WARM + part)
    registry = registry_of([f"p-{number}" for number in range(most)])
    # Those of the part before may still be counted: they left without a word.
    extra = f"feed_readers = {max(1, 2 * sum(wanted.readers))}"
    with desk_center(folder, tree=tree, registry=registry, extra=extra) as site:
        names = (f"p-{number}" for number in numbers())
        yield Contestant(site, names, {count: Row() for count in wanted.readers})


def main() -> int:
    """Print the figures as JSON."""
    parser = make_parser(__doc__, rounds=4)
    parser.add_argument("--readers", type=int, nargs="+", default=[0, 50, 200, 1_000])
    parser.add_argument("--alarms", type=int, default=200, help="with each number of readers, in all")
    parser.add_argument("--longest", type=float, default=120.0, help="s of a row, then it is cut short")
    wanted = parser.parse_args()
    return print_figures("feed", lambda folder: run(folder, wanted))


if __name__ == "__main__":
    sys.exit(main())
