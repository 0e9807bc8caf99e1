"""The verb ``evaluate``: what detection and confirmation would have made of recordings."""

import json
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from contract.recordings import BadRecording, Reading
from firmware_sim.adapters.files import open_recording
from registry.model.rules import Rule
from runtime.settings import BadSettings
from tocsin.evaluate.playing import Holds, Played, play
from tocsin.evaluate.plot import Trace, picture
from tocsin.evaluate.score import row_of, summary
from tocsin.evaluate.site import Site, load_site
from tocsin.evaluate.thinning import thinned
from tocsin.failures import stop

RULES = [rule.value.replace("_", "-") for rule in Rule]

_HEADS: dict[str, tuple[str, ...]] = {
    "": ("name",),
    "pre-\nalarm": ("prealarm_s",),
    "alarm": ("alarm_s",),
    "un-\nconf.": ("unconfirmed_s",),
    "con-\nfirmed": ("confirmed_s",),
    "false\np/a/c": ("false_prealarms", "false_alarms", "false_confirmations"),
    "faults\nbef/aft": ("faults_before_alarm", "faults_after_alarm"),
    "point-\ndays": ("point_days",),
}
"""The columns of the table, and what of a recording stands in each."""

_WORDS = {
    "recordings": "recordings",
    "fires": "of these with a fire",
    "detection_rate": "detection rate",
    "alarm_p50_s": "seconds to the alarm, of half of the fires at most",
    "alarm_p95_s": "seconds to the alarm, of 95 % of the fires at most",
    "confirmation_rate": "confirmation rate",
    "confirmed_p50_s": "seconds to the confirmation, of half of the fires at most",
    "confirmed_p95_s": "seconds to the confirmation, of 95 % of the fires at most",
    "told_rate": "share of the fires of which anybody was told",
    "told_p50_s": "seconds until anybody is told, of half of the fires at most",
    "told_p95_s": "seconds until anybody is told, of 95 % of the fires at most",
    "unconfirmed": "fires told of while nothing had confirmed them",
    "false_prealarms": "false pre-alarms",
    "false_alarms": "false alarms",
    "false_unconfirmed": "false alarms told of unconfirmed",
    "false_confirmations": "false confirmations",
    "point_days": "days that points were heard, added up",
    "false_alarms_per_point_day": "false alarms a point and day",
    "false_alarms_per_point_day_95": "which with 95 % confidence are",
    "faults": "faults",
    "faults_before_alarm": "of these before the first alarm of their recording",
    "faults_after_alarm": "of these after it",
    "faults_by_reason": "faults by reason",
    "broken_points": "points that are known to be broken",
    "broken_found": "of these found to be in fault",
    "fault_recall": "share of broken points that were found",
    "samples": "rows played",
    "seconds": "seconds that the recordings last",
    "times_real_time": "times faster than real time",
}
"""What a person reads for each key of the summary."""

_SHOWN_EVERY = 5_000
"""Rows between two looks at the progress bar."""


def evaluate(
    recordings: Annotated[
        list[Path], typer.Argument(metavar="RECORDING...", help="CSV t,point,quantity,value; .gz too.")
    ],
    site: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="TOML of points, zones and detection, as on site (docs/detection.md)."
        ),
    ] = None,
    rule: Annotated[
        str | None, typer.Option(help=f"Confirm by this rule in all zones: {', '.join(RULES)}.")
    ] = None,
    quiet: Annotated[
        bool, typer.Option("--quiet", help="No recording holds a fire: every alarm is a false one.")
    ] = False,
    every: Annotated[
        float | None,
        typer.Option(metavar="SECONDS", help="Keep one sample of each series in so many seconds."),
    ] = None,
    seed: Annotated[
        str, typer.Option(metavar="TEXT", help="Chooses when in those seconds each point reports.")
    ] = "0",
    points: Annotated[
        bool, typer.Option("--points", help="List what was raised of each point, when and why.")
    ] = False,
    plot: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Draw each recording there, as NAME.svg.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for machines.")] = False,
) -> None:
    """Play recordings through detection and confirmation, and score what came of them.

    The code is that of the gateway and of alerting, the clock is virtual: days take seconds. t = 0 is
    ignition: what is raised before it is false, and so is all of a recording that ends before it, or of
    any with --quiet. Without --site each point is judged by whatever it measures, and all of a
    recording are of one zone, confirmed by type B.

    Prints a row for each recording (seconds from ignition to the first pre-alarm, the first point in
    alarm, the telling of a fire that nothing confirmed, and the confirmation) and a summary: detection
    rate, times, false alarms per point-day with their 95 % interval (Poisson), faults. Ends with 2
    where a file cannot be read.
    """
    chosen, rhythm = _rule(rule), _rhythm(every, seed)
    try:
        loaded = load_site(site) if site else Site()
    except BadSettings as error:
        stop(*error.errors)
    began = time.perf_counter()
    holds = Holds.NOTHING if quiet else Holds.FIRE
    played = _play_all(recordings, _Way(loaded, chosen, holds, rhythm, plot))
    result = report(played, loaded, took=time.perf_counter() - began)
    result["summary"]["remarks"] += _too_slow(rhythm, loaded)
    if as_json:
        typer.echo(json.dumps(result, indent=2))
    else:
        _show(result)
        if points:
            _show_points(result["recordings"])


def report(played: list[Played], site: Site, *, took: float) -> dict[str, Any]:
    """The score as JSON shows it; *took* is how many seconds the playing took."""
    total = summary(played, broken=site.broken)
    total["times_real_time"] = round(total["seconds"] / took) if took else None
    return {"recordings": [asdict(row_of(each)) for each in played], "summary": total}


def _rule(text: str | None) -> Rule | None:
    if text is None:
        return None
    try:
        return Rule(text.replace("-", "_"))
    except ValueError:
        stop(f"--rule {text}: no such rule; there are {', '.join(RULES)}")


@dataclass(frozen=True, slots=True)
class _Rhythm:
    """One sample in *every_s* seconds, with a phase from *seed*."""

    every_s: float
    seed: str


@dataclass(frozen=True, slots=True)
class _Way:
    """The way in which all recordings of a call are played, and where they are drawn."""

    site: Site
    rule: Rule | None
    holds: Holds
    rhythm: _Rhythm | None
    plot: Path | None


def _rhythm(every: float | None, seed: str) -> _Rhythm | None:
    if every is None:
        return None
    if not 0.0 < every < math.inf:
        stop(f"--every {every:g}: not a time between two samples; give seconds above 0, such as 10")
    return _Rhythm(every, seed)


def _too_slow(rhythm: _Rhythm | None, site: Site) -> list[str]:
    if rhythm is None or rhythm.every_s <= site.silent_after_s:
        return []
    limit = f"silent_after_s = {site.silent_after_s:g}"
    return [f"--every {rhythm.every_s:g} is longer than {limit}: each pause is a fault, `silent`"]


def _play_all(files: list[Path], way: _Way) -> list[Played]:
    """Play each file, and draw it; every one that cannot be read is named before this ends."""
    played: list[Played] = []
    wrong: list[str] = []
    with _bar() as bar:
        task = bar.add_task("", total=len(files), told="")
        for number, file in enumerate(files):
            bar.update(task, description=file.name, completed=number)
            rows = _counted(open_recording(file), lambda count: bar.update(task, told=f"{count:,} rows"))
            try:
                played.append(_play(_name(file), rows, way))
            except (BadRecording, OSError) as error:
                wrong.append(str(error))
        bar.update(task, completed=len(files))
    if wrong:
        stop(*wrong)
    return played


def _play(name: str, rows: Iterator[Reading], way: _Way) -> Played:
    if way.rhythm is not None:
        rows = thinned(rows, way.rhythm.every_s, seed=f"{way.rhythm.seed}/{name}")
    if way.plot is None:
        return play(name, rows, way.site, rule=way.rule, holds=way.holds)
    trace = Trace()
    played = play(name, trace.following(rows), way.site, rule=way.rule, holds=way.holds)
    way.plot.mkdir(parents=True, exist_ok=True)
    (way.plot / f"{name}.svg").write_text(picture(played, trace))
    return played


def _bar() -> Progress:
    columns = TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[told]}")
    console = Console(stderr=True)
    return Progress(
        *columns, TimeElapsedColumn(), console=console, transient=True, disable=not console.is_terminal
    )


def _counted(readings: Iterator[Reading], told: Callable[[int], None]) -> Iterator[Reading]:
    for number, reading in enumerate(readings, start=1):
        if number % _SHOWN_EVERY == 0:
            told(number)
        yield reading


def _name(file: Path) -> str:
    """The file's name without its ending."""
    return file.name.removesuffix(".gz").removesuffix(".csv")


def _show(result: dict[str, Any]) -> None:
    console = Console()
    console.print(_table(result["recordings"]))
    for key, words in _WORDS.items():
        console.print(f"{words}: {_cell(result['summary'][key])}", highlight=False)
    for remark in result["summary"]["remarks"]:
        console.print(f"note: {remark}", highlight=False, markup=False, soft_wrap=True)


def _table(rows: list[dict[str, Any]]) -> Table:
    table = Table(title="Seconds from ignition")
    for head in _HEADS:
        table.add_column(head, justify="right" if head else "left", no_wrap=True)
    for row in rows:
        table.add_row(*("/".join(_cell(row[key]) for key in keys) for keys in _HEADS.values()))
    return table


def _show_points(rows: list[dict[str, Any]]) -> None:
    console = Console()
    console.print("Raised of each point, in seconds from ignition:")
    for row in rows:
        for point in row["points"]:
            for line in _raised(row["name"], point):
                console.print(line, highlight=False, markup=False, soft_wrap=True)


def _raised(recording: str, point: dict[str, Any]) -> Iterator[str]:
    words = {"prealarms": "pre-alarm", "alarms": "alarm", "faults": "fault"}
    raised = [(each["t"], words[key], each["reason"]) for key in words for each in point[key]]
    for t, what, reason in sorted(raised):
        yield f"{recording} {point['point']}: {what} at {t:.1f} s, {reason}"
    if not raised:
        yield f"{recording} {point['point']}: nothing"


def _cell(value: Any) -> str:
    match value:
        case None:
            return "-"
        case float():
            return f"{value:.4g}"
        case dict():
            return ", ".join(f"{key} {count}" for key, count in value.items()) or "none"
        case list():
            return " to ".join(_cell(each) for each in value)
        case _:
            return str(value)
