"""``tocsin sim verify``: hold a scenario against its own ``[expect]``."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from firmware_sim.outputs.recording import ignition_s
from firmware_sim.scenario.scenario import Scenario
from tocsin.evaluate.expectation import Check, checks
from tocsin.evaluate.scenario import ScenarioOutcome, play_scenario
from tocsin.failures import stop
from tocsin.sim.options import AsJson, Duration, ScenarioName, load
from words.people_text import shown, shown_json

UNMET = 1
"""Exit code where the outcome is not as expected."""


def verify(scenario: ScenarioName, duration: Duration = None, as_json: AsJson = False) -> None:
    """Check SCENARIO against its [expect]: play it on virtual time, and compare each signal.

    The code is that of the gateway, with its default thresholds, and of alerting: confirmation by
    type B, all points in one zone, nobody acts. Times are seconds from the first ignition; without a
    fire, from the start of the scenario. Exit code 0: all is as expected; 1: it is not; 2: the scenario
    cannot be played.
    """
    loaded = load(scenario)
    until_s = duration or loaded.duration_s
    if loaded.expect is None:
        stop(f"{scenario}: has no [expect]; add one (docs/simulation.md, A scenario file)")
    if until_s is None:
        stop(f"{scenario}: has no duration_s; say how long with --for SECONDS")
    found = _played(loaded, until_s)
    compared = checks(loaded.expect, found)
    zero_s = ignition_s(loaded)
    if as_json:
        document = json.dumps(_answer(scenario, compared, found, zero_s), indent=2, ensure_ascii=False)
        typer.echo(shown_json(document))
    else:
        _print(loaded.title or scenario, compared, zero_s)
    raise typer.Exit(UNMET if any(not each.is_met for each in compared) else 0)


def _played(scenario: Scenario, until_s: float) -> ScenarioOutcome:
    with progress_bar(scenario.title, until_s) as on_time:
        return play_scenario(scenario, until_s, on_time=on_time)


@contextmanager
def progress_bar(title: str, total_s: float) -> Iterator[Callable[[float], None]]:
    """Yield a function that moves a bar to a second of a scenario; on a terminal only."""
    console = Console(stderr=True)
    columns = TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn()
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(title, total=total_s)
        yield lambda t: bar.update(task, completed=t)


def _print(title: str, compared: list[Check], zero_s: float) -> None:
    table = Table("", "signal", "point or line", "due by", "raised at", "result", box=None)
    for each in compared:
        row = each.what, each.name, _seconds(each.due_s, zero_s), _seconds(each.at_s, zero_s)
        cells = map(shown, (*row, each.error or "as expected"))
        table.add_row("ok" if each.is_met else "no", *map(escape, cells))
    console = Console()
    console.print(f"{shown(title)}\n{clock(zero_s)}", highlight=False, markup=False)
    console.print(table)
    failed = sum(not each.is_met for each in compared)
    verdict = f"{failed} of {len(compared)} are not as expected" if failed else "all is as expected"
    console.print(verdict, highlight=False)


def clock(zero_s: float) -> str:
    """Return the sentence that names the zero of the times of an output."""
    if zero_s == 0.0:
        return "Times: seconds from ignition, or from the start where there is no fire."
    return f"Times: seconds from ignition, which is second {zero_s:g} of the scenario."


def _seconds(t: float | None, zero_s: float) -> str:
    return "-" if t is None else f"{t - zero_s:.0f}"


def _answer(
    name: str, compared: list[Check], found: ScenarioOutcome, zero_s: float
) -> dict[str, object]:
    return {
        "scenario": name,
        "as_expected": all(each.is_met for each in compared),
        "clock": "seconds from ignition",
        "ignition_s": zero_s,
        "checks": [_check(each, zero_s) for each in compared],
        "signals": [
            {
                "t": round(t - zero_s, 3),
                "name": change.name,
                "kind": change.kind.value,
                "reason": change.reason,
            }
            for t, change in found.signals
        ],
    }


def _check(each: Check, zero_s: float) -> dict[str, object]:
    return {
        "what": each.what,
        "name": each.name or None,
        "due_s": None if each.due_s is None else round(each.due_s - zero_s, 3),
        "at_s": None if each.at_s is None else round(each.at_s - zero_s, 3),
        "as_expected": each.is_met,
        "error": each.error,
    }
