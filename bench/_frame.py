"""The frame of a measurement: its options, its progress on stderr, and its figures as JSON on stdout."""

import argparse
import json
import resource
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn

from bench._tree import HERE, raise_file_limit


def make_parser(text: str | None, *, rounds: int = 1) -> argparse.ArgumentParser:
    """Return a parser with the options of every measurement that compares trees."""
    parser = argparse.ArgumentParser(description=text)
    parser.add_argument("--tree", type=Path, nargs="+", default=[HERE], help="whose programs, in turns")
    parser.add_argument("--rounds", type=int, default=rounds, help="turns of each")
    return parser


def print_progress(text: str) -> None:
    """Write a line for the person who waits."""
    print(text, file=sys.stderr, flush=True)


def print_figures(name: str, measure: Callable[[Path], object], *, within_s: int = 0) -> int:
    """Call *measure* with an empty folder; print its figures under *name*.

    Where it did not end *within_s* seconds, it is ended, and 1 is returned; 0 seconds are no bound.
    """
    raise_file_limit()
    try:
        with tempfile.TemporaryDirectory() as folder, bounded(within_s):
            result = measure(Path(folder))
    except DidNotEnd:
        print_progress(f"{name} did not end within {within_s} s; measure less, or on a machine at rest")
        return 1
    print(json.dumps({name: result}, indent=2))
    return 0


class DidNotEnd(Exception):
    """A measurement took longer than it may."""


@contextmanager
def bounded(seconds: int) -> Iterator[None]:
    """End the block with DidNotEnd after *seconds*; 0 for never."""

    def end(_number: int, _frame: FrameType | None) -> NoReturn:
        raise DidNotEnd

    before = signal.signal(signal.SIGALRM, end)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def ended_children_cpu_s() -> float:
    """Return the seconds of processor of all processes that this one started, and that ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


class Stopwatch:
    """The seconds by the clock, and of the processor of this process, since it was made."""

    def __init__(self) -> None:
        self._clock, self._cpu = time.perf_counter(), time.process_time()

    def figures(self, name: str) -> dict[str, float]:
        """Return both, called *name*."""
        return {
            f"{name}_s": round(time.perf_counter() - self._clock, 1),
            f"{name}_cpu_s": round(time.process_time() - self._cpu, 1),
        }


def in_turns(
    trees: Sequence[Path], rounds: int, measure: Callable[[Path, Path], object], *, folder: Path
) -> dict[str, list[object]]:
    """Call *measure* with each tree and an empty folder, in turns; return the figures of each tree."""
    result: dict[str, list[object]] = {str(tree): [] for tree in trees}
    for turn in range(rounds):
        for number, tree in enumerate(trees):
            home = folder / f"{turn}-{number}"
            home.mkdir()
            result[str(tree)].append(measure(tree, home))
            print_progress(f"{turn + 1} of {rounds}, {tree}: {result[str(tree)][-1]}")
    return result
