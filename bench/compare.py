"""Tocsin beside programs that do a part of what it does, in turns in one run.

``python -m bench.compare [--part NAME ...] [--rounds N] [--tree FOLDER ...] [--markdown]``.
*alarm*: one alarm to a webhook, of Tocsin from the broker, of Alertmanager from its HTTP interface.
*storm*: so many signals of so many premises in one second; when half of the premises, and the last one,
were notified first. *ingest*: readings from the broker into InfluxDB 1, of Telegraf as line protocol,
the cheapest format for it. A peer is measured where its program is found: ``alertmanager`` or Debian's
``prometheus-alertmanager``, and ``telegraf``. Alertmanager promises less: an alert that it accepted is
forgotten if it is killed, where Tocsin has it on the disk before it says so.
"""

import argparse
import json
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from bench._desk_center import desk_center, paced
from bench._flood import Figures, ingest_of_telegraf, ingest_of_tree
from bench._frame import make_parser, print_progress
from bench._peers import (
    alertmanager,
    alertmanager_program,
    telegraf_program,
    version,
)
from bench._probe import Desk, Publisher, desk, figures, fire_of, measure
from bench._tree import POINTS, raise_file_limit, registry_of

WARM = 3

PATIENCE_S = 120.0

PACE = 50
"""Signals that are sent between two looks at the clock."""

COUNTS = frozenset({"alarms", "never", "readings"})
"""Figures of which there is no ratio."""


# -- one alarm


def alarm_of_tree(folder: Path, tree: Path, wanted: argparse.Namespace) -> Figures:
    """Return the milliseconds from the broker to the webhook."""
    names = [f"p-{number}" for number in range(WARM + wanted.alarms)]
    with desk_center(folder, tree=tree, registry=registry_of(names)) as site:
        return figures(site.tell_all(names)[WARM:])


def alarm_of_alertmanager(folder: Path, program: str, wanted: argparse.Namespace) -> Figures:
    """Return the milliseconds from the HTTP interface to the webhook."""
    names = [f"p-{number}" for number in range(WARM + wanted.alarms)]
    with desk() as at, alertmanager(program, folder / "alertmanager", at.url) as one:
        taken = [
            measure(at, partial(one.post, [(name, 1)]), b'"%b"' % name.encode())
            for name in paced(at, names)
        ]
        return figures(taken[WARM:])


# -- a storm


def storm_of_tree(folder: Path, tree: Path, wanted: argparse.Namespace) -> Figures:
    """Return the seconds until so many premises were notified first."""
    names = [f"p-{number}" for number in range(wanted.premises)]
    with desk_center(folder, tree=tree, registry=registry_of(names, points=POINTS)) as site:
        return _storm(site.desk, wanted, partial(_publish_fires, site.publisher))


def _publish_fires(publisher: Publisher, some: Sequence[tuple[str, int]]) -> None:
    for premises, turn in some:
        publisher.publish(*fire_of(premises, f"smoke-{turn % POINTS}", turn + 1))


def storm_of_alertmanager(folder: Path, program: str, wanted: argparse.Namespace) -> Figures:
    """Return the seconds until so many premises were notified first."""
    with desk() as at, alertmanager(program, folder / "alertmanager", at.url) as one:
        return _storm(at, wanted, one.post)


def _storm(
    at: Desk, wanted: argparse.Namespace, send: Callable[[Sequence[tuple[str, int]]], None]
) -> Figures:
    """Send the signals within a second; return when half of the premises were notified, and the last."""
    signals = [
        (f"p-{number % wanted.premises}", number // wanted.premises) for number in range(wanted.signals)
    ]
    missing = {b'"p-%d"' % number for number in range(wanted.premises)}
    began, came = time.perf_counter(), list[float]()
    sending = threading.Thread(target=_send_within_a_second, args=(signals, send))
    sending.start()
    while missing and time.perf_counter() - began < PATIENCE_S:
        for request, when in at.receive(1.0):
            known = {each for each in missing if each in request}
            missing -= known
            came += [when - began] * len(known)
    sending.join()
    in_order = sorted(came)
    return {
        "half_s": round(in_order[(len(in_order) - 1) // 2], 3) if in_order else PATIENCE_S,
        "last_s": round(in_order[-1], 3) if in_order else PATIENCE_S,
        "never": len(missing),
    }


def _send_within_a_second(
    signals: Sequence[tuple[str, int]], send: Callable[[Sequence[tuple[str, int]]], None]
) -> None:
    began = time.perf_counter()
    for first in range(0, len(signals), PACE):
        time.sleep(max(0.0, began + first / len(signals) - time.perf_counter()))
        send(signals[first : first + PACE])


# -- everything, in turns


def run(folder: Path, wanted: argparse.Namespace) -> dict[str, dict[str, list[Figures]]]:
    """Measure each part of each program, in turns."""
    result: dict[str, dict[str, list[Figures]]] = {part: {} for part in wanted.part}
    for turn in range(wanted.rounds):
        for part in wanted.part:
            for number, (name, once) in enumerate(_contestants(part, wanted)):
                home = folder / f"{turn}-{part}-{number}"
                home.mkdir()
                figure = once(home)
                print_progress(f"{part}, {name}: {figure}")
                result[part].setdefault(name, []).append(figure)
    return result


def _contestants(part: str, wanted: argparse.Namespace) -> list[tuple[str, Callable[[Path], Figures]]]:
    """Return who takes part: the name, and what measures it in a folder."""
    of_tree = {"alarm": alarm_of_tree, "storm": storm_of_tree, "ingest": ingest_of_tree}[part]
    found: list[tuple[str, Callable[[Path], Figures]]] = [
        (_name(tree, wanted.tree), partial(of_tree, tree=tree, wanted=wanted)) for tree in wanted.tree
    ]
    if part == "ingest":
        if (telegraf := telegraf_program()) is not None:
            once = partial(ingest_of_telegraf, program=telegraf, wanted=wanted)
            found.append(("telegraf", once))
    elif (program := alertmanager_program()) is not None:
        of_peer = {"alarm": alarm_of_alertmanager, "storm": storm_of_alertmanager}[part]
        found.append(("alertmanager", partial(of_peer, program=program, wanted=wanted)))
    return found


def _name(tree: Path, trees: Sequence[Path]) -> str:
    return "tocsin" if len(trees) == 1 else f"tocsin {tree}"


def versions() -> dict[str, str]:
    """Return the versions of the peers that are found; those that are not are told of."""
    peers = {"alertmanager": alertmanager_program(), "telegraf": telegraf_program()}
    for name, program in peers.items():
        if program is None:
            print_progress(f"{name} is not installed; it is left out")
    return {name: version(program) for name, program in peers.items() if program is not None}


# -- what is printed


def medians(rounds: Sequence[Figures]) -> Figures:
    """Return the median of each figure."""
    return {name: statistics.median(each[name] for each in rounds) for name in rounds[0]}


def markdown(result: dict[str, dict[str, list[Figures]]]) -> str:
    """Return the medians as a table, with the ratio of Tocsin to each peer."""
    lines = ["| measured | Tocsin | peer | ratio |", "|---|---|---|---|"]
    for part, by_name in result.items():
        ours = {name: medians(each) for name, each in by_name.items() if name.startswith("tocsin")}
        peers = {name: medians(each) for name, each in by_name.items() if name not in ours}
        for name, figure in ours.items():
            for peer, theirs in peers.items():
                lines += [
                    f"| {part}, {each}, {name} | {figure[each]:g} | {peer} {theirs[each]:g} "
                    f"| {_ratio(figure[each], theirs[each])} |"
                    for each in figure
                    if each in theirs.keys() - COUNTS
                ]
    return "\n".join(lines)


def _ratio(ours: float, theirs: float) -> str:
    return f"{ours / theirs:.2f}" if theirs else "-"


def main() -> int:
    """Print the figures as JSON, or as a table."""
    parser = make_parser(__doc__, rounds=3)
    parts = ("alarm", "storm", "ingest")
    parser.add_argument("--part", nargs="+", choices=parts, default=list(parts))
    parser.add_argument("--alarms", type=int, default=200)
    parser.add_argument("--signals", type=int, default=10_000)
    parser.add_argument("--premises", type=int, default=500)
    parser.add_argument("--readings", type=int, default=800_000)
    parser.add_argument("--markdown", action="store_true", help="print a table of the medians")
    wanted = parser.parse_args()
    raise_file_limit()
    known = versions()
    with tempfile.TemporaryDirectory() as name:
        result = run(Path(name), wanted)
    shown = markdown(result) if wanted.markdown else json.dumps({"compare": known | result}, indent=2)
    print(shown)
    return 0


if __name__ == "__main__":
    sys.exit(main())
