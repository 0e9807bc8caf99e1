"""The duty desk in a storm, measured in a browser: 10,000 fire signals of 500 premises within a second.

``python -m bench.console [--signals N] [--premises N] [--screens N] [--keys N] [--loads N] [--json]``
starts a center as it stands (broker, alerting, ingest, console) and one Chromium at 1920 x 1080, whose
officer looks at the queue. First the *idle* desk, with three fires; then the *storm*, while it goes on
and *after* it, with so many more screens that follow /live. Measured are:

* paint: from the opening of the page until the first fire is painted, median of --loads;
* key: from an arrow key until the row that it led to is painted, 95 % and the longest of --keys;
* heap: the memory of JavaScript after a collection, and the most that it was;
* shown: from the first signal until the page has every fire;
* ticks: those that came a second late or more at the page, and at all other screens.

The table has the idle desk of the same run beside each figure, as ratios tell more than seconds on a
machine that does other things; --json prints the same for programs. It needs Chromium, mosquitto and the
built pages ('make console'), and takes about a minute and a half at rest.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from itertools import pairwise
from math import ceil
from pathlib import Path
from statistics import median
from typing import Any

from playwright.async_api import CDPSession, Page

from accounts.domain.actor import Grant
from accounts.domain.roles import Role
from alerting.engine.arrivals import ArrivedSignals
from bench._desk_load import LiveReaders, add_sessions, live_readers, storm_registry
from bench._frame import print_progress
from bench._storming import packets, publish
from bench._tree import raise_file_limit
from bench.storm import arrivals
from contract.topics import DEFAULT_ROOT
from tests.support.browser import chromium
from tests.support.console import DeskCenter, desk_center
from tests.support.servers import built_pages
from tests.support.waiting import eventually
from tocsin.demo.processes import child

WATCHED = Path(__file__).with_name("_watched_page.js")

IDLE_FIRES = 3

BOUNDS = {"paint_ms": 1_000.0, "key_p95_ms": 100.0, "heap_mb": 300.0, "heap_peak_mb": 300.0}
"""The most that a figure may be, idle or in a storm."""

NONE = ("page_blind", "screens_blind", "screens_lost")
"""Figures that must be 0: a screen that is covered, or whose stream ended, in a storm of all times."""

LONGEST_S = 240
"""Seconds in which the page must have shown all fires."""

CALM_S = 5.0
"""Seconds of ticks that count as those of the idle desk."""

MEGABYTE = 1_048_576

Figures = dict[str, float]


@dataclass
class Watched:
    """The page under measurement, and the most memory that it had."""

    page: Page
    cdp: CDPSession
    peak: float = 0.0
    _watching: list["asyncio.Task[None]"] = field(default_factory=list)

    async def load(self, times: int) -> float:
        """Open the page so many times; return the median of ms until the first fire was painted."""
        found = []
        for _ in range(times):
            await self.page.goto("/")
            found.append(await eventually(self._painted, within=60))
        return median(found)

    async def _painted(self) -> float | None:
        at: float | None = await self.page.evaluate("watched.paintedAt")
        return at if at is not None and at > 0 else None

    async def keys(self, count: int) -> list[float]:
        """Walk the queue by so many keys; return the ms that each took until it was painted."""
        await self.page.evaluate("watched.keys = []")
        for number in range(count):
            if number % 20 == 0:
                await self.page.locator("a.fire").first.focus()
            await self.page.keyboard.press("ArrowDown")
            await asyncio.sleep(0.05)
        await eventually(lambda: self._has_keys(count), within=30)
        taken: list[float] = await self.page.evaluate("watched.keys")
        return taken

    async def _has_keys(self, count: int) -> bool:
        return bool(await self.page.evaluate(f"watched.keys.length >= {count}"))

    async def heap(self, *, collected: bool) -> float:
        """Return the bytes of JavaScript, after a collection where it is *collected*."""
        if collected:
            await self.cdp.send("HeapProfiler.collectGarbage")
        metrics = (await self.cdp.send("Performance.getMetrics"))["metrics"]
        found = next(each["value"] for each in metrics if each["name"] == "JSHeapUsedSize")
        self.peak = max(self.peak, found)
        return float(found)

    async def watch_memory(self) -> None:
        """Look at the memory until cancelled."""
        while True:
            await self.heap(collected=False)
            await asyncio.sleep(0.25)

    async def shows(self, fires: int) -> bool:
        """Return whether the queue says that so many fires are open."""
        title = await self.page.locator("#queue-title").text_content(timeout=30_000)
        return str(fires) in (title or "").split()

    async def forget(self) -> None:
        """Count ticks, covers and long tasks from now on."""
        await self.page.evaluate("Object.assign(watched, {ticks: [], blind: 0, longest: 0})")

    async def ticks(self) -> Figures:
        """Return the figures of ticks and covers since they were forgotten."""
        said: dict[str, Any] = await self.page.evaluate("watched")
        gaps = [(after - before) / 1_000 for before, after in _pairs(said["ticks"])]
        return {
            "page_ticks_missed": sum(max(0, round(each) - 1) for each in gaps),
            "page_longest_gap_s": round(max(gaps, default=0.0), 2),
            "page_blind": said["blind"],
            "longest_task_ms": round(said["longest"]),
        }


def _pairs(moments: list[float]) -> Iterator[tuple[float, float]]:
    return pairwise(moments)


@asynccontextmanager
async def watched_page(center: DeskCenter, session: str) -> AsyncIterator[Watched]:
    """A browser whose officer looks at the queue, within the block."""
    async with (
        chromium() as browser,
        browser.page(center, session=session, network_fails=True) as page,
    ):
        await page.add_init_script(path=WATCHED)
        cdp = await page.context.new_cdp_session(page)
        await cdp.send("Performance.enable")
        yield Watched(page, cdp)


def _of_keys(taken: list[float]) -> Figures:
    found = sorted(taken)
    return {
        "key_p50_ms": round(median(found), 1),
        "key_p95_ms": round(found[ceil(0.95 * len(found)) - 1], 1),
        "key_max_ms": round(found[-1], 1),
    }


async def at_rest(watched: Watched, wanted: argparse.Namespace) -> Figures:
    """Return the figures of a desk to which nothing comes."""
    paint = await watched.load(wanted.loads)
    return {
        "paint_ms": round(paint),
        **_of_keys(await watched.keys(wanted.keys)),
        "heap_mb": round(await watched.heap(collected=True) / MEGABYTE, 1),
    }


@dataclass(frozen=True)
class Storm:
    """The storm of *wanted* at a *center*, as *watched* and as the *readers* get it."""

    center: DeskCenter
    watched: Watched
    readers: LiveReaders
    wanted: argparse.Namespace

    async def run(self) -> Figures:
        """Let it happen; return the figures until the page has every fire."""
        wanted, watched = self.wanted, self.watched
        made = packets(DEFAULT_ROOT, arrivals(wanted.signals, wanted.premises, prefix="p"))
        await watched.forget()
        self.readers.begin("storm")
        began, looking = time.perf_counter(), asyncio.create_task(watched.watch_memory())
        publishing = asyncio.create_task(
            publish(self.center.broker.port, made, per_second=wanted.signals)
        )
        taken = list[float]()
        while not await watched.shows(wanted.premises + IDLE_FIRES):
            taken += await watched.keys(10)
            if time.perf_counter() - began > LONGEST_S:
                raise RuntimeError(f"the page did not show all fires within {LONGEST_S} s")
        shown = time.perf_counter() - began
        await publishing
        await asyncio.sleep(CALM_S)
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)
        taken += await watched.keys(10)
        return {**_of_keys(taken), "shown_s": round(shown, 1), **await watched.ticks()}


async def _calm_ticks(watched: Watched, readers: LiveReaders) -> Figures:
    await watched.forget()
    readers.begin("idle")
    await asyncio.sleep(CALM_S)
    return await watched.ticks()


async def _light_fires(wanted: argparse.Namespace, center: DeskCenter) -> None:
    """Have three premises burn that the storm leaves alone."""
    several = arrivals(2 * IDLE_FIRES, IDLE_FIRES, prefix="idle")
    named = [_elsewhere(each, wanted.premises) for each in several]
    await publish(center.broker.port, packets(DEFAULT_ROOT, named), per_second=100)


def _elsewhere(arrived: ArrivedSignals, after: int) -> ArrivedSignals:
    number = int(arrived.premises.rpartition("-")[2])
    return replace(arrived, premises=f"p-{after + number}")


async def measure(folder: Path, wanted: argparse.Namespace) -> dict[str, Figures]:
    """Return the figures of the idle desk, of the storm, and of the desk after it."""
    officers = {"an": (Grant(role=Role.SHIFT_LEADER),)}
    registry = storm_registry(wanted.premises + IDLE_FIRES)
    print_progress(f"importing {wanted.premises + IDLE_FIRES} premises, and starting the center")
    async with desk_center(
        folder, registry=registry, people=officers, gateways=(), pages=built_pages(), begin=child
    ) as center:
        own, *others = await add_sessions(folder, "an", wanted.screens + 1)
        await _light_fires(wanted, center)
        async with watched_page(center, own) as watched:
            print_progress("the idle desk")
            await watched.load(1)
            idle = await at_rest(watched, wanted)
            port = center.ports["console"]
            async with live_readers(port, write_sessions(folder, others)) as readers:
                idle |= await _calm_ticks(watched, readers)
                print_progress(f"the storm, with {wanted.screens} more screens")
                storm = await Storm(center, watched, readers, wanted).run()
                after = await at_rest(watched, wanted)
            return _with_screens(readers, idle, storm | {"heap_peak_mb": watched.peak}, after)


def write_sessions(folder: Path, sessions: list[str]) -> Path:
    """Return a file with *sessions*, for a process that shows them."""
    file = folder / "sessions"
    file.write_text("\n".join(sessions))
    return file


def _with_screens(
    readers: LiveReaders, idle: Figures, storm: Figures, after: Figures
) -> dict[str, Figures]:
    storm["heap_peak_mb"] = round(storm["heap_peak_mb"] / MEGABYTE, 1)
    for name, figures in (("idle", idle), ("storm", storm)):
        of_phase = readers.figures[name]
        figures |= {
            "screens_ticks": of_phase["ticks"],
            "screens_ticks_missed": of_phase["missed"],
            "screens_longest_gap_s": of_phase["longest_gap_s"],
            "screens_blind": of_phase["blind"],
            "screens_lost": of_phase["streams_lost"],
        }
    return {"idle": idle, "storm": storm, "after": after}


def table(found: dict[str, Figures]) -> Iterator[str]:
    """Yield the lines of the table: each figure with its ratio to the idle desk, and its bound."""
    yield f"{'figure':24}{'idle':>10}{'storm':>10}{'after':>10}{'ratio':>8}  bound"
    names = dict.fromkeys(name for each in found.values() for name in each)
    for name in names:
        of_all = [found[each].get(name) for each in ("idle", "storm", "after")]
        shown = "".join(f"{'' if each is None else each:>10}" for each in of_all)
        worst = max((each for each in of_all[1:] if each is not None), default=None)
        ratio = f"{worst / of_all[0]:.1f}" if of_all[0] and worst is not None else ""
        yield f"{name:24}{shown}{ratio:>8}  {_judged(name, of_all)}".rstrip()


def _judged(name: str, of_all: list[float | None]) -> str:
    bound = 0.0 if name in NONE else BOUNDS.get(name)
    if bound is None:
        return ""
    worst = max(each for each in of_all if each is not None)
    return f"{bound:g}{'' if worst <= bound else '  MISSED'}"


def main() -> int:
    """Print the figures as a table, or as JSON."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--signals", type=int, default=10_000, help="fire signals within a second")
    parser.add_argument("--premises", type=int, default=500, help="premises that they are of")
    parser.add_argument("--screens", type=int, default=200, help="further screens that follow /live")
    parser.add_argument("--keys", type=int, default=40, help="keys of an idle desk, and after the storm")
    parser.add_argument("--loads", type=int, default=5, help="times that the page is opened")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    wanted = parser.parse_args()
    raise_file_limit()
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        found = asyncio.run(measure(Path(folder), wanted))
    said: dict[str, Any] = {"load": [round(load, 1), round(os.getloadavg()[0], 1)], **found}
    print(json.dumps({"console": said}, indent=2) if wanted.json else "\n".join(table(found)))
    print_progress(f"load of the machine: {said['load'][0]} before, {said['load'][1]} after")
    return 0


if __name__ == "__main__":
    sys.exit(main())
