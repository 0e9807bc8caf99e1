"""The verb ``demo``: a whole Tocsin on this machine, for as long as one likes to watch."""

import asyncio
import io
import json
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Annotated, Any

import aiohttp
import typer
from rich.console import Console, ConsoleDimensions
from rich.live import Live

from contract.times import to_micros
from firmware_sim.scenario import load_scenario
from firmware_sim.truth import read_truth
from registry.files import read_registry
from runtime.clock import utc_now
from tocsin.demo.center import Center, Unanswered
from tocsin.demo.ending import Ending, ending
from tocsin.demo.people import told
from tocsin.demo.plan import GATEWAYS, BrokerKind, Plan, make_plan
from tocsin.demo.processes import ChildEnded
from tocsin.demo.report import Premises, burning, report
from tocsin.demo.screen import screen
from tocsin.demo.story import Language
from tocsin.demo.witness import Witness
from tocsin.demo.world import World, first_that_starts
from tocsin.failures import stop

MORE_PLANS = 3
"""So many times other ports are taken, where one of those chosen was not free any more."""

DRAINING_S = 6.0
"""Kept at the end of ``--for`` for what is still under way; on its own, a receipt takes milliseconds."""


def demo(
    seconds: Annotated[
        float | None, typer.Option("--for", min=20, help="End after so many seconds, start-up included.")
    ] = None,
    headless: Annotated[bool, typer.Option("--headless", help="Draw no screen.")] = False,
    json_file: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write what was proved here.")
    ] = None,
    broker: Annotated[BrokerKind, typer.Option(help="Which broker carries it.")] = BrokerKind.AUTO,
    svg: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write a picture of the last screen here.")
    ] = None,
    language: Annotated[Language, typer.Option(help="What relays are shown in.")] = Language.EN,
    keep: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Keep logs and stores in this new folder.")
    ] = None,
) -> None:
    """Watch a simulated fire travel from detectors to a command center.

    Two premises that do not exist run on free ports of this machine: in a market a fire grows, in a
    shophouse somebody fries fish. The fire must be relayed as confirmed, the cooking must not, nothing
    may be lost, everybody whom the policy names must be told by webhook and by MQTT when it is their
    turn, and nobody anything else; the exit code says whether that is so. Ctrl-C ends it, and
    everything with it; so does closing the terminal.
    """
    console = Console(stderr=True)
    _see_that_they_can_be_written(json_file, svg)
    with ending() as asked:
        folder = _folder(keep)
        try:
            result = asyncio.run(
                _Demonstration(
                    folder, asked, console, seconds, language, svg, broker, headless=headless
                ).run()
            )
        except asyncio.CancelledError:
            console.print("ended before it had begun; nothing is left running")
            _forget(folder, keep)
            raise typer.Exit(1) from None
        except (ChildEnded, Unanswered, TimeoutError) as error:
            if asked.asked:  # nobody is there to read its logs
                _forget(folder, keep)
            else:
                _break_off(console, folder, error)
            raise typer.Exit(1) from error
        if json_file is not None:
            json_file.write_text(json.dumps(result, indent=2) + "\n")
        _tell(console, result)
        _forget(folder, keep)
    raise typer.Exit(0 if result["ok"] else 1)


def _forget(folder: Path, keep: Path | None) -> None:
    if keep is None:
        shutil.rmtree(folder)


def _break_off(console: Console, folder: Path, error: Exception) -> None:
    console.print(f"[red]The demonstration broke off:[/] {error or 'it took too long'}", highlight=False)
    console.print(f"Its logs are in {folder}")


def _see_that_they_can_be_written(*files: Path | None) -> None:
    """End at once, not after the demonstration, where what it shall write cannot be."""
    if wrong := [f"{file}: {why}" for file in files if file is not None and (why := _why_not(file))]:
        stop(*wrong)


def _why_not(file: Path) -> str | None:
    is_new = not file.exists()
    try:
        file.open("a").close()
    except OSError as error:
        return f"cannot be written ({error.strerror}); name a file in a folder that is there and yours"
    if is_new:
        file.unlink()
    return None


def _folder(keep: Path | None) -> Path:
    if keep is None:
        return Path(tempfile.mkdtemp(prefix="tocsin-demo-"))
    try:
        keep.mkdir(parents=True, exist_ok=False)
    except OSError as error:
        stop(f"{keep}: cannot be made ({error.strerror}); name a folder that is not there yet")
    return keep.resolve()


def _tell(console: Console, result: dict[str, Any]) -> None:
    counts = ("fires_simulated", "confirmed", "relayed", "false_relays", "lost")
    console.print("  ".join(f"{name} {result[name]}" for name in counts), highlight=False)
    for what, sent in (("signals", "due by what points showed"), ("readings", "put on the wires")):
        count, stored = result[f"{what}_sent"], result[f"{what}_stored"]
        console.print(f"{what}: {count} {sent}, {stored} stored", highlight=False)
    by = ", ".join(f"{count} by {channel}" for channel, count in result["told_by"].items())
    console.print(f"messages to people: {by}", highlight=False)
    for what in ("untold", "unexpected"):
        for each in result[what]:
            console.print(f"[red]{what}:[/] {each}", highlight=False)
    latency = result["latency_ms"]
    console.print(
        f"wire to relay: median {latency['p50']} ms, worst {latency['max']} ms "
        f"({latency['relays']} relays)",
        highlight=False,
    )
    console.print("everything is ended; nothing is left running")


class _Demonstration:
    """One run from the first process to the last count."""

    def __init__(
        self,
        folder: Path,
        asked: Ending,
        console: Console,
        seconds: float | None,
        language: Language,
        svg: Path | None,
        broker: BrokerKind,
        *,
        headless: bool,
    ) -> None:
        self._folder = folder
        self._plan = make_plan(folder)
        self._asked = asked
        self._console = console
        self._seconds = seconds
        self._language = language
        self._svg = svg
        self._broker = broker
        self._headless = headless
        self._began = self._ended = to_micros(utc_now())

    async def run(self) -> dict[str, Any]:
        """Returns the report."""
        self._console.print("Starting every part of Tocsin on free ports of this machine ...")
        async with AsyncExitStack() as stack:
            with self._cancelled_when_asked():
                self._plan, running = await first_that_starts(stack, self._plans(), self._broker)
            return await self._watched(running)

    def _plans(self) -> Iterator[Plan]:
        """Ports and files to begin with, and others for each time that a port was taken meanwhile."""
        yield self._plan
        for _ in range(MORE_PLANS):
            self._console.print("A port was taken meanwhile; starting anew on others ...")
            shutil.rmtree(self._folder)
            self._folder.mkdir()
            yield make_plan(self._folder)

    @contextmanager
    def _cancelled_when_asked(self) -> Iterator[None]:
        """Break the start off when asked to end; once, for a second time would break off the end."""
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        if self._asked.asked:
            raise asyncio.CancelledError
        with self._asked.calling(lambda: loop.call_soon_threadsafe(task.cancel) if task else None):
            yield

    async def _watched(self, running: World) -> dict[str, Any]:
        loop, stopped = asyncio.get_running_loop(), asyncio.Event()
        with self._asked.calling(lambda: loop.call_soon_threadsafe(stopped.set)):
            async with aiohttp.ClientSession() as http:
                witness = Witness(self._plan, Center(self._plan, http), self._language)
                self._plan.start_file.touch()
                async with self._everyone(witness, running):
                    await self._until(stopped)
                self._ended = to_micros(utc_now())
                self._picture(witness, running)
                for each in running.simulators:
                    await each.stop()
                return await self._settled(witness)

    @asynccontextmanager
    async def _everyone(self, witness: Witness, running: World) -> AsyncIterator[None]:
        """Watch, answer and draw within the block, and break off if a process ends by itself."""
        async with asyncio.TaskGroup() as tasks:
            parts = [witness.watch(), witness.answer(), witness.take(), self._draw(witness, running)]
            parts += [each.ended() for each in (*running.services, *running.simulators)]
            begun = [tasks.create_task(part) for part in parts]
            yield
            for task in begun:
                task.cancel()

    async def _until(self, stopped: asyncio.Event) -> None:
        left = None
        if self._seconds is not None:
            spent = (to_micros(utc_now()) - self._began) / 1e6
            left = max(1.0, self._seconds - spent - DRAINING_S)
        try:
            await asyncio.wait_for(stopped.wait(), left)
        except TimeoutError:
            return

    async def _settled(self, witness: Witness) -> dict[str, Any]:
        """The report, once nothing is missing or patience is spent."""
        deadline = asyncio.get_running_loop().time() + DRAINING_S
        while True:
            await witness.look()
            result = await self._count(witness)
            if (
                result["lost"] == 0 and not result["untold"]
            ) or asyncio.get_running_loop().time() > deadline:
                return result
            await asyncio.sleep(0.2)

    async def _count(self, witness: Witness) -> dict[str, Any]:
        premises = {
            name: Premises(
                burned=self._burned(name),
                truth=read_truth(self._plan.truth(name)),
                readings=await witness.center.counts(name),
                signals=[each for each in witness.signals if each["premises"] == name],
            )
            for name in GATEWAYS
        }
        judged = told(
            read_registry([self._plan.registry]),
            burning(premises),
            witness.arrivals,
            answers=witness.answers,
            end=self._ended,
        )
        return report(premises, witness.arrivals, judged)

    def _burned(self, premises: str) -> bool:
        """Whether the scenario of *premises* has a fire, not merely something that smokes."""
        scenario = load_scenario(self._plan.folder / f"{premises}.scenario.toml")
        return any(event.kind in {"fire", "press"} for event in scenario.events)

    async def _draw(self, witness: Witness, running: World) -> None:
        if self._headless:
            return
        with (
            suppress(OSError),  # the terminal is gone, and SIGHUP is on its way, or ignored
            Live(console=self._console, auto_refresh=False, screen=False) as live,
        ):
            while True:
                live.update(self._screen(witness, running, self._console.size), refresh=True)
                await asyncio.sleep(0.25)

    def _screen(self, witness: Witness, running: World, size: ConsoleDimensions) -> Any:
        now = to_micros(utc_now())
        return screen(witness, broker=running.broker, began=self._began, now=now, size=size)

    def _picture(self, witness: Witness, running: World) -> None:
        if self._svg is None:
            return
        paper = Console(record=True, width=132, height=31, file=io.StringIO())
        paper.print(self._screen(witness, running, paper.size))
        self._svg.write_text(paper.export_svg(title="tocsin demo"))
