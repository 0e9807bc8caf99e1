"""One run of the demonstration: the start, the story, and the counts at its end."""

import asyncio
import io
import re
import shutil
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import aiohttp
from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console, ConsoleDimensions, Group, RenderableType
from rich.live import Live
from rich.text import Text

from contract.times import Micros, to_micros
from firmware_sim.outputs.ground_truth import read_ground_truth
from firmware_sim.scenario.scenario import load_scenario
from registry.files import read_registry
from registry.model.registry import Registry
from runtime.clock import utc_now
from tocsin.demo.center import DemoCenter, Unanswered
from tocsin.demo.desk import DemoDesk, start_desk
from tocsin.demo.milestones import Story, missing_milestones
from tocsin.demo.notifications import Verdict, check_notifications
from tocsin.demo.observer import Observer
from tocsin.demo.plan import GATEWAYS, BrokerKind, Plan, make_plan
from tocsin.demo.processes import Child, ChildEnded
from tocsin.demo.report import PremisesEnds, report
from tocsin.demo.screen import screen
from tocsin.demo.startup import Startup
from tocsin.demo.stop_request import StopRequest
from tocsin.demo.world import World, start_world
from words.catalogue import Words

MORE_PLANS = 3
"""Times that other ports are chosen, where one of those chosen was not free any more."""

JUDGE_EVERY_S = 0.5

ENDED_WITHIN_S = 2.0
"""Seconds in which a process that gave no answer is found to have ended."""

SETTLING_S, STOPPED_SETTLING_S = 60.0, 6.0
"""Seconds at the end for what is still under way: on an idle machine, a receipt takes milliseconds.

A person who asks for the end waits no longer than the second.
"""


_SVG_FORMAT = re.sub(r"@font-face {{.*?}}", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL).replace(
    "Fira Code", "DejaVu Sans Mono"
)
"""A picture that fetches no font: frames hold together in any browser that has a font of fixed width."""


@dataclass(frozen=True, slots=True)
class Options:
    """The options of ``tocsin demo`` that steer a run; times are in seconds."""

    story_s: float
    start_within_s: float
    broker: BrokerKind
    words: Words
    svg: Path | None
    headless: bool
    stay: bool


class Demonstration:
    """A run in *folder*, ended early by *request*."""

    def __init__(
        self, folder: Path, request: StopRequest, console: Console, *, options: Options
    ) -> None:
        self._folder = folder
        self._plan = make_plan(folder)
        self._request = request
        self._console = console
        self._options = options
        self._began = self._ended = to_micros(utc_now())
        self._desk: DemoDesk | None = None

    async def run(self) -> dict[str, Any]:
        """Run from the first process to the last count, and return the report."""
        self._print("demo.starting")
        startup = Startup.begin(self._options.start_within_s)
        async with AsyncExitStack() as stack:
            with self._cancelled_on_request():
                self._plan, running = await start_world(
                    stack, self._plans(), self._options.broker, startup=startup
                )
            started_in = startup.took_s
            self._print("demo.ready", seconds=f"{started_in:.0f}")
            if (desk := await start_desk(stack, self._plan)) is not None:
                self._desk = desk
                self._print_desk(desk)
            result = await self._play(running)
        return {**result, "started_in_s": round(started_in, 3), "scenario_s": self._scenario_s}

    def _print_desk(self, desk: DemoDesk) -> None:
        first, second = desk.names
        self._print(
            "demo.desk",
            url=desk.url,
            name=first,
            second=second,
            password=desk.password,
            code=desk.code(utc_now()),
            secret=desk.secret,
        )

    def _print(self, key: str, **values: object) -> None:
        self._console.print(self._options.words.text(key, **values))

    @property
    def _scenario_s(self) -> float:
        return round((self._ended - self._began) / 1e6, 3)

    def _plans(self) -> Iterator[Plan]:
        """Ports and files to begin with, and others for each time that a port was taken meanwhile."""
        yield self._plan
        for _ in range(MORE_PLANS):
            self._print("demo.other_ports")
            shutil.rmtree(self._folder)
            self._folder.mkdir()
            yield make_plan(self._folder)

    @contextmanager
    def _cancelled_on_request(self) -> Iterator[None]:
        """Cancel the start on request; once, for a second time would interrupt the tidying up."""
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        if self._request.made:
            raise asyncio.CancelledError
        with self._request.calling(lambda: loop.call_soon_threadsafe(task.cancel) if task else None):
            yield

    async def _play(self, running: World) -> dict[str, Any]:
        """Play the story until it is complete, its time is over or a person asks for the end."""
        loop, stopped = asyncio.get_running_loop(), asyncio.Event()
        with self._request.calling(lambda: loop.call_soon_threadsafe(stopped.set)):
            async with aiohttp.ClientSession() as http:
                observer = Observer(self._plan, DemoCenter(self._plan, http), self._options.words)
                self._began = to_micros(utc_now())
                self._plan.start_file.touch()
                async with self._everyone(observer, running):
                    await self._until_end(observer, stopped)
                self._ended = to_micros(utc_now())
                self._draw_picture(observer, running)
                for each in running.simulators:
                    await each.stop()
                return await self._settled(observer)

    @asynccontextmanager
    async def _everyone(self, observer: Observer, running: World) -> AsyncIterator[None]:
        """Observe, answer and draw within the block; raises ChildEnded if a process ends by itself."""
        failures: list[ChildEnded | Unanswered] = []
        try:
            async with asyncio.TaskGroup() as tasks:
                parts = [
                    observer.watch(),
                    observer.mark_seen(),
                    observer.acknowledge_fire(),
                    self._draw(observer, running),
                    *(each.ended() for each in (*running.services, *running.simulators)),
                ]
                begun = [tasks.create_task(part) for part in parts]
                yield
                for task in begun:
                    task.cancel()
        except* (ChildEnded, Unanswered) as group:
            failures += group.exceptions  # type: ignore[arg-type]  # the group is flat
        if failures:
            raise await _cause(failures[0], [*running.services, *running.simulators])

    async def _until_end(self, observer: Observer, stopped: asyncio.Event) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(None if self._options.stay else self._options.story_s):
                while not stopped.is_set():
                    if not self._options.stay and self._is_complete(observer):
                        return
                    with suppress(TimeoutError):
                        await asyncio.wait_for(stopped.wait(), JUDGE_EVERY_S)

    def _is_complete(self, observer: Observer) -> bool:
        verdict = self._verdict(observer, to_micros(utc_now()))
        return not verdict.not_notified and not self._missing(observer, verdict)

    async def _settled(self, observer: Observer) -> dict[str, Any]:
        """Return the report, once nothing is missing or the time for it is over."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + (STOPPED_SETTLING_S if self._request.made else SETTLING_S)
        while True:
            await observer.poll()
            result = await self._count(observer)
            is_settled = result["lost"] == 0 and not result["not_notified"]
            if is_settled or loop.time() > deadline:
                return result
            await asyncio.sleep(0.2)

    async def _count(self, observer: Observer) -> dict[str, Any]:
        premises = {
            name: PremisesEnds(
                burned=name in self._burned,
                truth=read_ground_truth(self._plan.truth(name)),
                readings=await observer.center.counts(name),
                signals=[each for each in observer.signals if each.premises == name],
            )
            for name in GATEWAYS
        }
        verdict = self._verdict(observer, self._ended)
        missing = self._missing(observer, verdict)
        return report(premises, observer.arrivals, verdict, missing=missing)

    def _verdict(self, observer: Observer, end: Micros) -> Verdict:
        return check_notifications(
            self._registry, self._burned, observer.arrivals, answers=observer.answers, end=end
        )

    def _missing(self, observer: Observer, verdict: Verdict) -> list[str]:
        return missing_milestones(
            Story(self._registry, observer.signals, observer.status, observer.arrivals, verdict)
        )

    @cached_property
    def _registry(self) -> Registry:
        return read_registry([self._plan.registry])

    @cached_property
    def _burned(self) -> frozenset[str]:
        """The premises whose scenario has a fire, not merely something that smokes."""
        return frozenset(name for name in GATEWAYS if _has_fire(self._plan.scenario(name)))

    async def _draw(self, observer: Observer, running: World) -> None:
        if self._options.headless:
            return
        with (
            suppress(OSError),  # the terminal is gone, and SIGHUP is on its way, or ignored
            Live(console=self._console, auto_refresh=False, screen=False) as live,
        ):
            while True:
                live.update(self._screen(observer, running, self._console.size), refresh=True)
                await asyncio.sleep(0.25)

    def _screen(self, observer: Observer, running: World, size: ConsoleDimensions) -> RenderableType:
        now = to_micros(utc_now())
        if self._desk is None:
            return screen(observer, broker=running.broker, began=self._began, now=now, size=size)
        above = ConsoleDimensions(size.width, size.height - 1)
        shown = screen(observer, broker=running.broker, began=self._began, now=now, size=above)
        return Group(shown, self._code_line(self._desk))

    def _code_line(self, desk: DemoDesk) -> Text:
        """Return the line with which to sign in at the desk at this moment."""
        first, second = desk.names
        values = {"url": desk.url, "name": first, "second": second, "password": desk.password}
        return Text(
            self._options.words.text("demo.code", **values, code=desk.code(utc_now())),
            no_wrap=True,
            overflow="ellipsis",
        )

    def _draw_picture(self, observer: Observer, running: World) -> None:
        if self._options.svg is None:
            return
        paper = Console(record=True, width=132, height=31, file=io.StringIO())
        paper.print(self._screen(observer, running, paper.size))
        self._options.svg.write_text(paper.export_svg(title="tocsin demo", code_format=_SVG_FORMAT))


def _has_fire(scenario: Path) -> bool:
    return any(event.kind in {"fire", "press"} for event in load_scenario(scenario).events)


async def _cause(failure: ChildEnded | Unanswered, children: Sequence[Child]) -> BaseException:
    """Return the end of a process that explains *failure*: a service that is gone answers nothing."""
    ends = [asyncio.create_task(each.ended()) for each in children]
    done, still_running = await asyncio.wait(
        ends, timeout=ENDED_WITHIN_S, return_when=asyncio.FIRST_EXCEPTION
    )
    for each in still_running:
        each.cancel()
    return next((error for each in done if (error := each.exception())), failure)
