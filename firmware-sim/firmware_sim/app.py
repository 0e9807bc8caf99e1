"""Runs a scenario: opens its lines and brokers, and lets its detectors speak when their time comes."""

import asyncio
import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import structlog

from contract.sentences import Sentence, encode
from contract.times import to_micros
from firmware_sim.adapters.line import Line
from firmware_sim.adapters.mqtt_source import MqttSource
from firmware_sim.adapters.pty_line import open_pty
from firmware_sim.adapters.tcp_line import open_tcp
from firmware_sim.domain.detectors import Due
from firmware_sim.scenario import Pty, Scenario, Tcp
from firmware_sim.staging import everything_said
from firmware_sim.truth import Ledger, open_ledger
from runtime.clock import Clock

log = structlog.get_logger(__name__)

FINISHING_S = 5.0
"""How long readers have, at the end, to read what they were sent."""

PROGRESS_EVERY_S = 0.5

# A simulator that was held up (a suspended machine) goes on from there: real detectors do not make up
# for lost time in a burst.
LATEST_S = 1.0


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: *t* in its own seconds, and values sent and dropped so far."""

    t: float
    sent: int
    dropped: int


OnProgress = Callable[[Progress], None]
OnReady = Callable[[Mapping[str, str]], None]
"""Told the name of each line and source, and where a gateway finds it."""


class _WiredLine:
    """Puts what detectors say on a line, if somebody reads it."""

    def __init__(self, line: Line, *, clock: Clock, ledger: Ledger) -> None:
        self._line = line
        self._clock = clock
        self._ledger = ledger
        self.url = line.url
        self.finish = line.finish

    def offer(self, due: Due) -> None:
        if not isinstance(due.says, Sentence):
            raise TypeError(f"{due.address} is on a line and says no sentence")
        at = to_micros(self._clock())
        if self._line.offer(encode(due.says)):
            self._ledger.put(at, due.says)
        else:
            self._ledger.drop()


async def run_scenario(
    scenario: Scenario,
    *,
    clock: Clock,
    truth: Path | None = None,
    speed: float = 1.0,
    duration: float | None = None,
    start: asyncio.Event | None = None,
    on_ready: OnReady | None = None,
    on_progress: OnProgress | None = None,
) -> Progress:
    """Play *scenario* until *duration* (its own seconds; else its ``duration_s``, else for ever).

    Its clock runs *speed* times faster than real time, from when *start* is set. What really went out is
    written to *truth*. Raises CannotOpen for a line that cannot be opened.
    """
    ends = duration or scenario.duration_s or math.inf
    with open_ledger(truth) as ledger:
        async with AsyncExitStack() as lines, asyncio.TaskGroup() as tasks:
            carriers = await _open_lines(scenario, lines, clock=clock, ledger=ledger)
            sources = _sources(scenario, clock=clock, ledger=ledger)
            running = [tasks.create_task(each.run(), name=name) for name, each in sources.items()]
            carriers |= sources
            if on_ready is not None:
                on_ready({name: carrier.url for name, carrier in carriers.items()})
            if start is not None:
                await start.wait()
            player = _Player(ledger, speed=speed, ends=ends, on_progress=on_progress)
            await player.play(everything_said(scenario), _by_address(scenario, carriers))
            for carrier in carriers.values():
                await carrier.finish(FINISHING_S)
            for task in running:
                task.cancel()
        log.info("scenario ended", title=scenario.title, sent=ledger.sent, dropped=ledger.dropped)
        return Progress(player.t, ledger.sent, ledger.dropped)


Carrier = _WiredLine | MqttSource


async def _open_lines(
    scenario: Scenario, lines: AsyncExitStack, *, clock: Clock, ledger: Ledger
) -> dict[str, Carrier]:
    return {
        each.name: _WiredLine(await open_line(each, lines), clock=clock, ledger=ledger)
        for each in scenario.lines
    }


async def open_line(line: Pty | Tcp, lines: AsyncExitStack) -> Line:
    """Open *line* for as long as *lines* is open; raises CannotOpen."""
    match line:
        case Pty():
            return await lines.enter_async_context(open_pty(line.link))
        case Tcp():
            return await lines.enter_async_context(open_tcp(line.host, line.port))


def _sources(scenario: Scenario, *, clock: Clock, ledger: Ledger) -> dict[str, MqttSource]:
    return {
        source.name: MqttSource(
            source,
            [point.address for point in scenario.points if point.source == source.name],
            clock=clock,
            ledger=ledger,
        )
        for source in scenario.sources
    }


def _by_address(scenario: Scenario, carriers: Mapping[str, Carrier]) -> dict[str, Carrier]:
    return {point.address: carriers[point.line or point.source or ""] for point in scenario.points}


class _Player:
    """Lets everything be said at its time."""

    def __init__(
        self, ledger: Ledger, *, speed: float, ends: float, on_progress: OnProgress | None
    ) -> None:
        self._ledger = ledger
        self._speed = speed
        self._ends = ends
        self._on_progress = on_progress
        self._told_at = -math.inf
        self.t = 0.0

    async def play(self, dues: Iterator[Due], carriers: Mapping[str, Carrier]) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time()
        for due in dues:
            until = began + min(due.t, self._ends) / self._speed
            late = loop.time() - until
            if late > LATEST_S:
                began += late
            await asyncio.sleep(max(0.0, -late))
            self.t = min(due.t, self._ends)
            if due.t >= self._ends:
                return
            carriers[due.address].offer(due)
            self._tell(loop.time())

    def _tell(self, now: float) -> None:
        if self._on_progress is not None and now - self._told_at >= PROGRESS_EVERY_S:
            self._told_at = now
            self._on_progress(Progress(self.t, self._ledger.sent, self._ledger.dropped))
