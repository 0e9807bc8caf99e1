"""The frame of a measurement: its options, its progress on stderr, and its figures as JSON on stdout."""

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

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


def print_figures(name: str, measure: Callable[[Path], object]) -> int:
    """Call *measure* with an empty folder; print its figures under *name*."""
    raise_file_limit()
    with tempfile.TemporaryDirectory() as folder:
        result = measure(Path(folder))
    print(json.dumps({name: result}, indent=2))
    return 0


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
