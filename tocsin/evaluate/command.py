"""The verb ``evaluate``: score detection and confirmation on recordings."""

import json
import math
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from contract.recordings import BadRecording, RecordedReading
from firmware_sim.adapters.files import open_recording
from registry.model.rules import RuleKind
from runtime.settings import BadSettings
from tocsin.evaluate.levels import levels_of
from tocsin.evaluate.playing import Contents, Played, play
from tocsin.evaluate.plot import Trace, picture
from tocsin.evaluate.score import PointRow, ScoreRow, Summary, row_of, summary
from tocsin.evaluate.site import Site, load_site
from tocsin.evaluate.thinning import thinned
from tocsin.failures import stop
from words.people_text import shown

RULES = [rule.value for rule in RuleKind]

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
"""The columns of the table, and the keys of a recording in each."""

_WORDS = {
    "clock": "times",
    "recordings": "recordings",
    "fires": "of these with a fire",
    "detection_rate": "detection rate",
    "alarm_p50_s": "seconds to the alarm, of half of the fires at most",
    "alarm_p95_s": "seconds to the alarm, of 95 % of the fires at most",
    "confirmation_rate": "confirmation rate",
    "confirmed_p50_s": "seconds to the confirmation, of half of the fires at most",
    "confirmed_p95_s": "seconds to the confirmation, of 95 % of the fires at most",
    "notified_rate": "share of the fires of which anybody was notified",
    "notified_p50_s": "seconds until anybody is notified, of half of the fires at most",
    "notified_p95_s": "seconds until anybody is notified, of 95 % of the fires at most",
    "unconfirmed": "fires notified while nothing had confirmed them",
    "false_prealarms": "false pre-alarms",
    "false_alarms": "false alarms",
    "false_unconfirmed": "false alarms notified as unconfirmed",
    "false_confirmations": "false confirmations",
    "point_days": "days of observation, summed over all points",
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
"""The label of each key of the summary."""

_SHOWN_EVERY = 5_000
"""Rows between two updates of the progress bar."""


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
        bool | None,
        typer.Option(
            "--points/--no-points",
            help="List the signals of each point with time and reason; default for one recording.",
        ),
    ] = None,
    plot: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Draw each recording there, as NAME.svg.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for machines.")] = False,
) -> None:
    """Play recordings through detection and confirmation, and score the outcome.

    The code is that of the gateway and of alerting, the clock is virtual: days take seconds. t = 0 is
    ignition: signals raised before it are false, and so are all of a recording that ends before it, or
    of any with --quiet. Without --site each point is judged by all that it measures, and all points of
    a recording are in one zone, confirmed by type B.

    Prints a row for each recording (seconds from ignition to the first pre-alarm, the first point in
    alarm, the notification of a fire that nothing confirmed, and the confirmation), the signals of each
    point, and a summary: detection rate, times, false alarms per point-day with their 95 % interval
    (Poisson), faults. A point that reached its alarm level without an alarm is remarked on. Exit code 2
    where a file cannot be read.
    """
    chosen, sampling = _rule(rule), _sampling(every, seed)
    try:
        loaded = load_site(site) if site else Site()
    except BadSettings as error:
        stop(*error.errors)
    began = time.perf_counter()
    contents = Contents.NOTHING if quiet else Contents.FIRE
    played = _play_all(recordings, _Options(loaded, chosen, contents, sampling, plot))
    took = time.perf_counter() - began
    result = report(played, loaded, took=took, remarks=_too_slow(sampling, loaded))
    if as_json:
        typer.echo(json.dumps(asdict(result), indent=2))
    else:
        _show(result, with_points=len(recordings) == 1 if points is None else points)


@dataclass(frozen=True, slots=True)
class ScoreReport:
    """The score of each recording, and of all together, as JSON shows it."""

    recordings: list[ScoreRow]
    summary: Summary


def report(played: list[Played], site: Site, *, took: float, remarks: Sequence[str] = ()) -> ScoreReport:
    """Return the score; *took* is the duration of the playing in seconds."""
    total = summary(played, broken=site.broken)
    speed = round(total.seconds / took) if took else None
    total = replace(total, times_real_time=speed, remarks=(*total.remarks, *remarks))
    return ScoreReport([row_of(each) for each in played], total)


def _rule(text: str | None) -> RuleKind | None:
    if text is None:
        return None
    try:
        return RuleKind(text.replace("-", "_"))
    except ValueError:
        stop(f"--rule {text}: no such rule; there are {', '.join(RULES)}")


@dataclass(frozen=True, slots=True)
class _Sampling:
    """One sample in *every_s* seconds, with a phase from *seed*."""

    every_s: float
    seed: str


@dataclass(frozen=True, slots=True)
class _Options:
    """The options in which all recordings of a call are played, and where they are drawn."""

    site: Site
    rule: RuleKind | None
    contents: Contents
    sampling: _Sampling | None
    plot: Path | None


def _sampling(every: float | None, seed: str) -> _Sampling | None:
    if every is None:
        return None
    if not 0.0 < every < math.inf:
        stop(f"--every {every:g}: not a time between two samples; give seconds above 0, such as 10")
    return _Sampling(every, seed)


def _too_slow(sampling: _Sampling | None, site: Site) -> list[str]:
    if sampling is None or sampling.every_s <= site.silent_after_s:
        return []
    limit = f"silent_after_s = {site.silent_after_s:g}"
    return [f"--every {sampling.every_s:g} is longer than {limit}: each pause is a fault, `silent`"]


def _play_all(files: list[Path], options: _Options) -> list[Played]:
    """Play each file, and draw it; every one that cannot be read is named before this ends."""
    played: list[Played] = []
    wrong: list[str] = []
    with _bar() as bar:
        task = bar.add_task("", total=len(files), rows="")
        for number, file in enumerate(files):
            bar.update(task, description=file.name, completed=number)
            rows = _counted(open_recording(file), lambda count: bar.update(task, rows=f"{count:,} rows"))
            try:
                played.append(_play(_name(file), rows, options))
            except (BadRecording, OSError) as error:
                wrong.append(str(error))
        bar.update(task, completed=len(files))
    if wrong:
        stop(*wrong)
    return played


def _play(name: str, rows: Iterator[RecordedReading], options: _Options) -> Played:
    if options.sampling is not None:
        rows = thinned(rows, options.sampling.every_s, seed=f"{options.sampling.seed}/{name}")
    if options.plot is None:
        return play(name, rows, options.site, rule=options.rule, contents=options.contents)
    trace = Trace()
    played = play(
        name, trace.following(rows), options.site, rule=options.rule, contents=options.contents
    )
    options.plot.mkdir(parents=True, exist_ok=True)
    drawn = picture(played, trace, levels=levels_of(options.site.detection))
    (options.plot / f"{name}.svg").write_text(drawn)
    return played


def _bar() -> Progress:
    columns = TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[rows]}")
    console = Console(stderr=True)
    return Progress(
        *columns, TimeElapsedColumn(), console=console, transient=True, disable=not console.is_terminal
    )


def _counted(
    readings: Iterator[RecordedReading], on_count: Callable[[int], None]
) -> Iterator[RecordedReading]:
    for number, reading in enumerate(readings, start=1):
        if number % _SHOWN_EVERY == 0:
            on_count(number)
        yield reading


def _name(file: Path) -> str:
    """The file's name without its ending."""
    return file.name.removesuffix(".gz").removesuffix(".csv")


def _show(result: ScoreReport, *, with_points: bool) -> None:
    console = Console()
    console.print(_table(result.recordings))
    if with_points:
        _show_points(result.recordings)
    for key, words in _WORDS.items():
        console.print(f"{words}: {_cell(getattr(result.summary, key))}", highlight=False)
    for remark in result.summary.remarks:
        console.print(f"note: {shown(remark)}", highlight=False, markup=False, soft_wrap=True)


def _table(rows: list[ScoreRow]) -> Table:
    table = Table(title="Seconds from ignition")
    for head in _HEADS:
        table.add_column(head, justify="right" if head else "left", no_wrap=True)
    for row in rows:
        cells = ("/".join(_cell(getattr(row, key)) for key in keys) for keys in _HEADS.values())
        table.add_row(*(escape(shown(cell)) for cell in cells))
    return table


def _show_points(rows: list[ScoreRow]) -> None:
    console = Console()
    console.print("Signals of each point, in seconds from ignition:")
    for row in rows:
        for point in row.points:
            for line in _raised(row.name, point):
                console.print(shown(line), highlight=False, markup=False, soft_wrap=True)


def _raised(recording: str, point: PointRow) -> Iterator[str]:
    kinds = (("pre-alarm", point.prealarms), ("alarm", point.alarms), ("fault", point.faults))
    signals = sorted((each.t, kind, each.reason) for kind, raised in kinds for each in raised)
    for t, kind, reason in signals:
        yield f"{recording} {point.point}: {kind} at {t:.1f} s, {reason}"
    if not signals:
        yield f"{recording} {point.point}: nothing"


def _cell(value: object) -> str:
    match value:
        case None:
            return "-"
        case float():
            return f"{value:.4g}"
        case dict():
            return ", ".join(f"{key} {count}" for key, count in value.items()) or "none"
        case list() | tuple():
            return " to ".join(_cell(each) for each in value)
        case _:
            return str(value)
