"""Every row of the table of figures, one after the other, as JSON and as a table in Markdown.

``python -m bench.table [--only NAME ...] [--tree OLD NEW] [--list]`` runs the other measurements in
short forms, those of all trees in turns in one run each, and prints for each row the figure of each
tree and the ratio of the last one to the first. The table goes to stderr, row by row as the figures are
known; JSON goes to stdout. Two trees take some twelve minutes on two cores at rest. A measurement that
does not come to its end within five minutes is ended, and told of. ``--list`` prints the commands alone.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from bench._frame import make_parser, print_figures, print_progress
from bench._tree import HERE

LONGEST_S = 300
"""Seconds after which a measurement is ended."""

Pick = Callable[[Any, str], float]
"""Finds a figure of a tree in what a measurement printed."""


@dataclass(frozen=True)
class Measurement:
    """A measurement in a short form, and the rows that it gives."""

    arguments: str
    rows: dict[str, Pick]
    one_tree_each: bool = False

    def commands(self, name: str, trees: Sequence[Path]) -> Iterator[list[str]]:
        """Yield the commands that measure all *trees*."""
        for some in [[tree] for tree in trees] if self.one_tree_each else [trees]:
            yield [
                *(sys.executable, "-m", f"bench.{name.partition(' ')[0]}", *self.arguments.split()),
                *("--tree", *map(str, some)),
            ]


def _storm(case: str, *path: str) -> Pick:
    return lambda found, tree: median(
        _in(each, "process", *path) for each in found["storm"][case] if each["tree"] == tree
    )


def _of_tree(name: str, *path: str) -> Pick:
    """Return the median of all rounds of a measurement that prints a list for each tree."""
    return lambda found, tree: median(_in(each, *path) for each in found[name][tree])


def _row_where(name: str, key: str, value: int, *path: str) -> Pick:
    """Return the figure of the row with *value* under *key*."""
    return lambda found, tree: next(_in(each, *path) for each in found[name][tree] if each[key] == value)


def _flood(kind: str, figure: str) -> Pick:
    return lambda found, tree: float(
        next(each for each in found["each"] if each["noisy_site"]["tree"] == tree)["noisy_site"][kind][
            figure
        ]
    )


def _ingest(store: str, figure: str) -> Pick:
    return lambda found, tree: median(
        each[figure]
        for one in found["stores"]
        if one["store"] == store
        for each in one["rounds"]
        if each["tree"] == tree
    )


def _gateway(points: int, figure: str) -> Pick:
    return lambda found, tree: median(
        each[figure] for each in found["gateways"] if (each["tree"], each["points"]) == (tree, points)
    )


def _in(found: Any, *path: str) -> float:
    for name in path:
        found = found[name]
    return float(found)


STORM = "storm of 10,000 signals of 500 premises"
SITE = "another site's alarm while one gateway floods"

MEASUREMENTS = {
    "alarm_latency": Measurement(
        "--presses 100 --readings 20000 --reimport 10000",
        {
            f"one alarm, {title}, {figure}": _of_tree("alarm_latency", *path, figure)
            for title, path in {
                "in process": ("engine",),
                "through the broker alone": ("broker", "through_broker"),
                "broker to webhook, at rest": ("broker", "at_rest"),
                "broker to webhook, 10,000 premises imported meanwhile": ("broker", "reimport"),
                "wire to webhook, at rest": ("wire", "at_rest"),
                "wire to webhook, under 20,000 readings/s": ("wire", "20000_readings_per_s"),
                "wire to webhook, 10,000 premises imported meanwhile": ("wire", "reimport"),
            }.items()
            for figure in ("p50_ms", "p99_ms")
        }
        | {"one alarm, in process, cpu_ms": _of_tree("alarm_latency", "engine", "cpu_ms")},
    ),
    "storm": Measurement(
        "--process-only --open 0 --settle 2",
        {
            f"{STORM}, half told first, s": _storm("empty", "first_notice_s", "50%"),
            f"{STORM}, last told first, s": _storm("empty", "first_notice_s", "100%"),
            f"{STORM}, all receipted, s": _storm("empty", "all_receipted_s"),
            f"{STORM}, processor time, s": _storm("empty", "cpu_s"),
        },
    ),
    "storm with_10000_open": Measurement(
        "--process-only --open 10000 --settle 2",
        {
            f"{STORM}, 10,000 open, half, s": _storm("with_10000_open", "first_notice_s", "50%"),
            f"{STORM}, 10,000 open, last, s": _storm("with_10000_open", "first_notice_s", "100%"),
        },
    ),
    "storm postgresql": Measurement(
        "--process-only --open 0 --settle 2 --database postgresql",
        {
            f"{STORM}, PostgreSQL, half, s": _storm("empty_postgresql", "first_notice_s", "50%"),
            f"{STORM}, PostgreSQL, last, s": _storm("empty_postgresql", "first_notice_s", "100%"),
        },
    ),
    "feed": Measurement(
        "--readers 0 50 200 1000 --alarms 120 --rounds 3",
        {
            f"one alarm with {readers} readers of the feed, {figure}": _row_where(
                "feed", "readers", readers, figure
            )
            for readers in (0, 50, 200, 1_000)
            for figure in ("p50_ms", "p99_ms", "cpu_ms")
        },
    ),
    "noisy_site": Measurement(
        "faults fires --presses 50",
        {
            f"{SITE} 2,500 {kind}/s, {figure}": _flood(kind, figure)
            for kind in ("faults", "fires")
            for figure in ("p50_ms", "p99_ms")
        },
        one_tree_each=True,
    ),
    "ingest_throughput": Measurement(
        "--store influxdb1 victoria-metrics --readings 800000",
        {
            f"ingest, broker to {store}, {title}": _ingest(store, figure)
            for store in ("influxdb1", "victoria-metrics")
            for title, figure in {
                "readings/s": "from_broker",
                "us CPU a reading": "ingest_cpu_us_per_reading",
            }.items()
        },
    ),
    "recovery": Measurement(
        "--readings 100000 --longest 60",
        {
            "a backlog of 100,000 readings drains, readings/s": _of_tree(
                "recovery", "draining", "readings_per_s"
            )
        },
    ),
    "gateway": Measurement(
        "--points 250 --seconds 20",
        {
            f"gateway, 250 points at 1 Hz, {figure}": _gateway(250, figure)
            for figure in ("rss_mb", "cpu_percent", "bytes_written_per_reading")
        },
    ),
    "growth": Measurement(
        "--points 1000 100000 --rounds 3 --skip-import",
        {
            f"{points:,} points in the registry, {figure}": _row_where(
                "growth", "points", points, figure
            )
            for points in (1_000, 100_000)
            for figure in ("cpu_ms_a_signal", "memory_mb", "start_s")
        },
    ),
}
"""By the name of the program in bench/, with a second word where it is run more than once."""


def printed(name: str, trees: Sequence[Path]) -> Any:
    """Run a measurement of all *trees*; return what it printed."""
    found = [_output(command) for command in MEASUREMENTS[name].commands(name, trees)]
    return {"each": found} if MEASUREMENTS[name].one_tree_each else found[0]


def _output(command: Sequence[str]) -> Any:
    done = subprocess.run(
        command, stdout=subprocess.PIPE, text=True, check=True, timeout=LONGEST_S, cwd=HERE
    )
    return json.loads(done.stdout)


def figures(name: str, trees: Sequence[Path]) -> dict[str, dict[str, float]]:
    """Return each row of a measurement with the figure of each tree."""
    found = printed(name, trees)
    return {
        title: {str(tree): pick(found, str(tree)) for tree in trees}
        for title, pick in MEASUREMENTS[name].rows.items()
    }


def run(wanted: argparse.Namespace) -> dict[str, object]:
    """Measure all that is wanted; a measurement that fails is told of, and the next one follows."""
    result: dict[str, object] = {"cpus": os.cpu_count()}
    print_progress(header(wanted.tree))
    for name in wanted.only:
        began = time.monotonic()
        try:
            rows = figures(name, wanted.tree)
        except (subprocess.SubprocessError, ValueError, LookupError) as error:
            result[name] = {"failed": f"{type(error).__name__}: {error}"}
            print_progress(f"| {name}: failed; run it alone |")
            continue
        seconds = round(time.monotonic() - began)
        result[name] = {"arguments": MEASUREMENTS[name].arguments, "seconds": seconds, "rows": rows}
        print_progress("\n".join(markdown(rows)))
    return result


def header(trees: Sequence[Path]) -> str:
    """Return the first two lines of the table."""
    names = [tree.name for tree in trees]
    return f"| measured | {' | '.join(names)} | ratio |\n|{'---|' * (len(names) + 2)}"


def markdown(rows: dict[str, dict[str, float]]) -> list[str]:
    """Return a line of the table for each row, with the ratio of the last tree to the first."""
    lines = []
    for title, by_tree in rows.items():
        found = list(by_tree.values())
        ratio = f"{found[-1] / found[0]:.2f}" if found[0] and len(found) > 1 else "-"
        lines.append(f"| {title} | {' | '.join(f'{each:,g}' for each in found)} | {ratio} |")
    return lines


def main() -> int:
    """Print the figures as JSON, and the table on stderr."""
    parser = make_parser(__doc__)
    parser.add_argument("--only", nargs="+", choices=list(MEASUREMENTS), default=list(MEASUREMENTS))
    parser.add_argument("--list", action="store_true", help="print the commands alone")
    wanted = parser.parse_args()
    wanted.tree = [tree.resolve() for tree in wanted.tree]
    if wanted.list:
        commands = {
            name: [" ".join(each) for each in MEASUREMENTS[name].commands(name, wanted.tree)]
            for name in wanted.only
        }
        print(json.dumps({"table": commands}, indent=2))
        return 0
    return print_figures("table", lambda _: run(wanted))


if __name__ == "__main__":
    sys.exit(main())
