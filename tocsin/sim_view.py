"""Shows a run of simulated detectors while it lasts: how far it is, and what went out on each line."""

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

import typer
from rich.console import Console, Group
from rich.live import Live
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from contract.recordings import BadRecording
from firmware_sim import progress as sim_progress
from firmware_sim.lines import CannotOpen
from runtime.log import set_up_log
from runtime.process import run_process
from tocsin.failures import stop

MOST_ROWS = 12
"""Lines and sources that are shown one by one; the rest is one row."""


class View:
    """The bar and table of a run, on a terminal; where its lines are, anywhere.

    *wires* has the line or source of each point; without it there is no table. With *as_json* nothing
    but the answer goes to stdout.
    """

    def __init__(
        self, title: str, total: float | None, wires: Mapping[str, str], *, as_json: bool
    ) -> None:
        self.start = asyncio.Event()
        self._as_json = as_json
        self._wires = wires
        self._points = Counter(wires.values())
        self._before: tuple[float, Counter[str]] = (0.0, Counter())
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.fields[told]}"),
            TimeElapsedColumn(),
        )
        self._task = self._bar.add_task(title, total=total, told="")
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

    def ready(self, lines: Mapping[str, str]) -> None:
        """Tell where each of *lines* is."""
        for name, where in lines.items():
            typer.echo(f"{name}: {where}", err=self._as_json)

    def progress(self, now: sim_progress.Progress) -> None:
        """Show how far the run is *now*."""
        if self._live is None:
            return
        told = f"{now.t:.0f} s, {now.sent} sent, {now.dropped} dropped"
        self._bar.update(self._task, completed=now.t, told=told)
        shown = Group(self._bar, self._table(now)) if self._wires else self._bar
        self._live.update(shown, refresh=True)

    def _table(self, now: sim_progress.Progress) -> Table:
        sent = sent_on(self._wires, now.sent_by)
        before_t, before = self._before
        self._before = now.t, sent
        passed = max(now.t - before_t, 1e-9)
        table = Table("line or source", "points", "sent", "a second", box=None)
        shown = [name for name, _ in self._points.most_common(MOST_ROWS)]
        for name in shown:
            rate = (sent[name] - before[name]) / passed
            table.add_row(name, str(self._points[name]), str(sent[name]), f"{rate:.1f}")
        if rest := [name for name in self._points if name not in shown]:
            points, others = sum(self._points[n] for n in rest), sum(sent[n] for n in rest)
            rate = (others - sum(before[n] for n in rest)) / passed
            table.add_row(f"{len(rest)} more", str(points), str(others), f"{rate:.1f}")
        return table


def _live(bar: Progress) -> Live | None:
    console = Console(stderr=True)
    return Live(bar, console=console, auto_refresh=False) if console.is_terminal else None


def sent_on(wires: Mapping[str, str], sent_by: Mapping[str, int]) -> Counter[str]:
    """What went out on each line or source, of what each point sent."""
    sent: Counter[str] = Counter()
    for address, count in sent_by.items():
        sent[wires.get(address, "")] += count
    return sent


def play(
    run: Callable[[View], Awaitable[sim_progress.Progress]],
    *,
    title: str,
    total: float | None,
    start_when: Path | None,
    wires: Mapping[str, str] | None = None,
    as_json: bool = False,
) -> None:
    """Let *run* run in a view until it ends or is stopped, and tell what was sent."""
    flaws: list[str] = []

    async def whole() -> None:
        try:
            with View(title, total, wires or {}, as_json=as_json) as view:
                async with asyncio.TaskGroup() as tasks:
                    tasks.create_task(_release(view.start, start_when))
                    done = await run(view)
            _tell(title, done, as_json=as_json)
        except* (CannotOpen, BadRecording) as group:
            flaws.extend(map(str, group.exceptions))

    set_up_log(level="WARNING")
    code = run_process(whole)
    if flaws:
        stop(*flaws)
    raise typer.Exit(code)


def _tell(title: str, done: sim_progress.Progress, *, as_json: bool) -> None:
    garbled = f", {done.garbled} damaged on the way" if done.garbled else ""
    typer.echo(f"{title}: {done.sent} sent, {done.dropped} dropped{garbled}", err=True)
    if as_json:
        answer = {
            "t": done.t,
            "sent": done.sent,
            "dropped": done.dropped,
            "garbled": done.garbled,
            "late_s": round(done.late_s, 3),
            "points": dict(done.sent_by),
        }
        typer.echo(json.dumps(answer, indent=2))


async def _release(start: asyncio.Event, file: Path | None) -> None:
    """Set *start* once *file* exists; a file, because whoever waits may be a shell script."""
    while file is not None and not await asyncio.to_thread(file.exists):  # noqa: ASYNC110
        await asyncio.sleep(0.05)
    start.set()
