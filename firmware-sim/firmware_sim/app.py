"""Runs a scenario: opens its lines and brokers, and lets its detectors speak when their time comes."""

import asyncio
import math
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AsyncExitStack
from pathlib import Path

import structlog

from contract.sentences import Sentence, encode
from contract.times import to_micros
from firmware_sim.adapters.line import Line
from firmware_sim.adapters.mqtt_source import MqttSource
from firmware_sim.domain.detectors import Due, Garbled, Says
from firmware_sim.lines import FINISHING_S, open_line
from firmware_sim.progress import PROGRESS_EVERY_S, OnProgress, OnReady, Progress
from firmware_sim.scenario import Scenario
from firmware_sim.staging import everything_said
from firmware_sim.truth import Ledger, open_ledger
from runtime.clock import Clock

log = structlog.get_logger(__name__)

# A simulator that was held up (a suspended machine) goes on from there: real detectors do not make up
# for lost time in a burst.
LATEST_S = 1.0


BREATH = 64
"""Sentences that may go out in one go before other tasks have their turn."""

SETTLING_S = 1.0
"""How long to wait for readers that are said to be there."""


class _WiredLine:
    """Puts what detectors say on a line, if somebody reads it."""

    def __init__(self, line: Line, *, clock: Clock, ledger: Ledger) -> None:
        self._line = line
        self._clock = clock
        self._ledger = ledger
        self.url = line.url
        self.ready = line.ready
        self.finish = line.finish

    async def run(self) -> None:
        """Nothing to do: a line is served by the event loop itself."""

    def offer(self, address: str, says: Says) -> None:
        """Say it, or count that nobody heard it."""
        if isinstance(says, Garbled):
            self._offer_garbled(says)
            return
        if not isinstance(says, Sentence):
            raise TypeError(f"{address} is on a line and says no sentence")
        at = to_micros(self._clock())
        if self._line.offer(encode(says)):
            self._ledger.put(at, says)
        else:
            self._ledger.drop()

    def _offer_garbled(self, says: Garbled) -> None:
        if self._line.offer(says.data):
            self._ledger.garble()
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

    Its clock runs *speed* times faster than real time, from when *start* is set. *on_ready* is told, by
    name, where a gateway finds each line and source. What nobody is there to hear is dropped and
    counted; what really went out is written to *truth*. Raises CannotOpen, which says for which line.
    """
    ends = next((each for each in (duration, scenario.duration_s) if each is not None), math.inf)
    with open_ledger(truth) as ledger:
        async with AsyncExitStack() as lines:
            carriers = await _open_carriers(scenario, lines, clock=clock, ledger=ledger)
            async with asyncio.TaskGroup() as tasks:
                running = [tasks.create_task(each.run(), name=name) for name, each in carriers.items()]
                if on_ready is not None:
                    on_ready({name: carrier.url for name, carrier in carriers.items()})
                if start is not None:
                    await start.wait()
                    await _await_readers(carriers.values())
                player = _Player(ledger, speed=speed, ends=ends, on_progress=on_progress)
                try:
                    await player.play(everything_said(scenario), _by_address(scenario, carriers))
                finally:
                    # Also when told to stop: what counts as sent must be read before its line goes.
                    async with asyncio.TaskGroup() as finishing:
                        for carrier in carriers.values():
                            finishing.create_task(carrier.finish(FINISHING_S))
                for task in running:
                    task.cancel()
        log.info("scenario ended", title=scenario.title, sent=ledger.sent, dropped=ledger.dropped)
        return player.progress


Carrier = _WiredLine | MqttSource


async def _open_carriers(
    scenario: Scenario, lines: AsyncExitStack, *, clock: Clock, ledger: Ledger
) -> dict[str, Carrier]:
    """All lines, open for as long as *lines* is, and all sources, by their names."""
    carriers: dict[str, Carrier] = {}
    for line in scenario.lines:
        opened = await lines.enter_async_context(open_line(line))
        carriers[line.name] = _WiredLine(opened, clock=clock, ledger=ledger)
    for source in scenario.sources:
        at_it = [point.address for point in scenario.points if point.source == source.name]
        carriers[source.name] = MqttSource(source, at_it, clock=clock, ledger=ledger)
    return carriers


async def _await_readers(carriers: Iterable[Carrier]) -> None:
    try:
        async with asyncio.timeout(SETTLING_S), asyncio.TaskGroup() as waiting:
            for carrier in carriers:
                waiting.create_task(carrier.ready())
    except TimeoutError:
        log.warning("a line or source has no reader; what its detectors say is dropped until it has")


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
        self.late_s = 0.0

    async def play(self, dues: Iterator[Due], carriers: Mapping[str, Carrier]) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time()
        for number, due in enumerate(dues):
            until = began + min(due.t, self._ends) / self._speed
            late = loop.time() - until
            if late > LATEST_S:
                began += late
            # What is due by now is said in one go: thousands of detectors leave no time to sleep between
            # two of them, and a sleep takes a millisecond at least.
            if late < 0.0 or number % BREATH == 0:
                await asyncio.sleep(max(0.0, -late))
                self._tell(loop.time())
            self.t = min(due.t, self._ends)
            if due.t >= self._ends:
                return
            self.late_s = max(self.late_s, late)
            if due.says is not None:
                carriers[due.address].offer(due.address, due.says)

    @property
    def progress(self) -> Progress:
        """How far the run is."""
        ledger = self._ledger
        return Progress(
            self.t,
            ledger.sent,
            ledger.dropped,
            garbled=ledger.garbled,
            late_s=self.late_s,
            sent_by=ledger.sent_by,
        )

    def _tell(self, now: float) -> None:
        if self._on_progress is not None and now - self._told_at >= PROGRESS_EVERY_S:
            self._told_at = now
            self._on_progress(self.progress)
