"""A running simulation on the terminal: its progress, and the messages sent on each line."""

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import typer
from rich.console import Console, Group
from rich.live import Live
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from contract.recordings import BadRecording
from firmware_sim.run.lines import CannotOpen
from firmware_sim.run.progress import RunProgress
from runtime.log import set_up_log
from runtime.process import run_process
from tocsin.failures import stop

MOST_ROWS = 12
"""Lines and sources that have a row of their own; the rest share one."""

NOTHING_SENT = 1
"""Exit code of a run whose messages were all dropped."""


@dataclass(frozen=True, slots=True)
class RunShown:
    """The fixed part of a view.

    *total_s* is the length of the run, *first_s* the first second on its clock, *zero_s* the second of
    ignition on it. *lines* has the line or source of each point; without it there is no table.
    """

    title: str
    total_s: float | None = None
    first_s: float = 0.0
    zero_s: float = 0.0
    lines: Mapping[str, str] = field(default_factory=dict)


class View:
    """A bar and a table on a terminal; anywhere, the URLs of the lines.

    With *as_json* stdout holds nothing but the result.
    """

    def __init__(self, shown: RunShown, *, as_json: bool) -> None:
        self.start = asyncio.Event()
        self.urls: dict[str, str] = {}
        self.latest = RunProgress(0.0, 0, 0)
        self._shown = shown
        self._as_json = as_json
        self._points = Counter(shown.lines.values())
        self._before: tuple[float, Counter[str]] = (0.0, Counter())
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.fields[counts]}"),
            TimeElapsedColumn(),
        )
        self._task = self._bar.add_task(shown.title, total=shown.total_s, counts="")
        console = Console(stderr=True)
        self._live = (
            Live(self._bar, console=console, auto_refresh=False) if console.is_terminal else None
        )

    def __enter__(self) -> "View":
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live is not None:
            self._live.stop()

    def ready(self, urls: Mapping[str, str]) -> None:
        """Print the URL of each line and source."""
        self.urls = dict(urls)
        for name, url in urls.items():
            typer.echo(f"{name}: {url}", err=self._as_json)

    def progress(self, now: RunProgress) -> None:
        """Show *now*."""
        self.latest = now
        if self._live is None:
            return
        clock = f"{now.t - self._shown.zero_s:.0f} s from ignition"
        counts = f"{clock}, {now.sent} sent, {now.dropped} dropped"
        self._bar.update(self._task, completed=now.t - self._shown.first_s, counts=counts)
        shown = Group(self._bar, self._table(now)) if self._shown.lines else self._bar
        self._live.update(shown, refresh=True)

    def _table(self, now: RunProgress) -> Table:
        sent = sent_by_line(self._shown.lines, now.sent_by)
        before_t, before = self._before
        self._before = now.t, sent
        passed = max(now.t - before_t, 1e-9)
        table = Table("line or source", "points", "sent", "per second", box=None)
        shown = [name for name, _ in self._points.most_common(MOST_ROWS)]
        for name in shown:
            rate = (sent[name] - before[name]) / passed
            table.add_row(name, str(self._points[name]), str(sent[name]), f"{rate:.1f}")
        if rest := [name for name in self._points if name not in shown]:
            points, others = sum(self._points[n] for n in rest), sum(sent[n] for n in rest)
            rate = (others - sum(before[n] for n in rest)) / passed
            table.add_row(f"{len(rest)} more", str(points), str(others), f"{rate:.1f}")
        return table


def sent_by_line(lines: Mapping[str, str], sent_by: Mapping[str, int]) -> Counter[str]:
    """Return the number of messages on each line or source, from that of each point."""
    sent: Counter[str] = Counter()
    for address, count in sent_by.items():
        sent[lines.get(address, "")] += count
    return sent


def play(
    run: Callable[[View], Awaitable[RunProgress]],
    shown: RunShown,
    *,
    start_when: Path | None,
    as_json: bool = False,
) -> None:
    """Run *run* in a view until it ends or is stopped, print the result, and exit.

    The exit code is 1 if there was something to send and nothing was sent.
    """
    errors: list[str] = []
    view = View(shown, as_json=as_json)

    async def whole() -> None:
        try:
            with view:
                async with asyncio.TaskGroup() as tasks:
                    tasks.create_task(_release(view.start, start_when))
                    view.latest = await run(view)
        except* (CannotOpen, BadRecording) as group:
            errors.extend(map(str, group.exceptions))

    set_up_log(level="WARNING")
    code = run_process(whole)
    if errors:
        stop(*errors)
    _print_result(shown, view.latest, as_json=as_json)
    if nothing_was_sent(view.latest):
        typer.secho(_no_reader(view.urls), fg=typer.colors.RED, err=True)
        code = code or NOTHING_SENT
    raise typer.Exit(code)


def nothing_was_sent(done: RunProgress) -> bool:
    """Return True if there was something to send and nobody received any of it."""
    return done.dropped > 0 and done.sent == 0 and done.damaged == 0


def _no_reader(urls: Mapping[str, str]) -> str:
    where = ", ".join(urls.values())
    return (
        f"nothing was sent: no gateway read {where}; start one on it first, hold the run with "
        "--start-when FILE, or write a recording with tocsin sim record"
    )


def _print_result(shown: RunShown, done: RunProgress, *, as_json: bool) -> None:
    damaged = f", {done.damaged} damaged on the way" if done.damaged else ""
    typer.echo(f"{shown.title}: {done.sent} sent, {done.dropped} dropped{damaged}", err=True)
    if as_json:
        answer = {
            "clock": "seconds from ignition",
            "t": round(done.t - shown.zero_s, 3),
            "sent": done.sent,
            "dropped": done.dropped,
            "damaged": done.damaged,
            "late_s": round(done.late_s, 3),
            "points": dict(done.sent_by),
        }
        typer.echo(json.dumps(answer, indent=2, ensure_ascii=False))


async def _release(start: asyncio.Event, file: Path | None) -> None:
    """Set *start* once *file* exists; a file, because a shell script may decide when."""
    while file is not None and not await asyncio.to_thread(file.exists):  # noqa: ASYNC110
        await asyncio.sleep(0.05)
    start.set()
