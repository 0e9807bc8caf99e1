"""Runs a scenario in real time: opens its lines and brokers, and sends each message when it is due."""

import asyncio
import math
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, closing
from pathlib import Path

import structlog

from contract.sentences import Sentence, encode
from contract.times import to_micros
from firmware_sim.adapters.control_socket import open_control_socket
from firmware_sim.adapters.line import SimulatedLine
from firmware_sim.adapters.mqtt_source import MqttSource
from firmware_sim.domain.detectors import Damaged, DetectorMessage, ScheduledMessage
from firmware_sim.domain.manual import ManualControl
from firmware_sim.outputs.ground_truth import GroundTruthWriter, open_ground_truth
from firmware_sim.run.contact_carrier import ContactCarrier, open_contacts
from firmware_sim.run.lines import FINISHING_S, open_line
from firmware_sim.run.operate import Operator
from firmware_sim.run.panel_carrier import PanelCarrier, open_panel
from firmware_sim.run.panel_dialler import PanelDialler
from firmware_sim.run.panel_gbt import PanelGbt
from firmware_sim.run.polled_carrier import PolledCarrier, open_pair
from firmware_sim.run.progress import PROGRESS_EVERY_S, OnProgress, OnReady, RunProgress
from firmware_sim.run.transmitter_carrier import TransmitterCarrier
from firmware_sim.scenario.io_config import (
    DiallerConfig,
    GbtConfig,
    LineConfig,
    ModbusConfig,
    PanelConfig,
    PointConfig,
    PolledConfig,
)
from firmware_sim.scenario.scenario import Scenario
from firmware_sim.simulation.build import scheduled_messages
from runtime.clock import Clock

log = structlog.get_logger(__name__)

# A simulator that was suspended continues from there: real detectors do not make up for lost time in a
# burst.
MAX_LATE_S = 1.0


BATCH = 64
"""Messages sent in one go before other tasks may run."""

SETTLING_S = 1.0
"""Seconds to wait for readers before the start."""


class _SerialCarrier:
    """Puts the sentences of detectors on a line, if it has a reader."""

    def __init__(self, line: SimulatedLine, *, clock: Clock, ledger: GroundTruthWriter) -> None:
        self._line = line
        self._clock = clock
        self._ledger = ledger
        self.url = line.url
        self.ready = line.ready
        self.finish = line.finish

    async def run(self) -> None:
        """Do nothing: the event loop itself serves a line."""

    def offer(self, address: str, message: DetectorMessage) -> None:
        """Send the message, or count it as dropped."""
        if isinstance(message, Damaged):
            self._offer_damaged(message)
            return
        if not isinstance(message, Sentence):
            raise TypeError(f"{address} is on a line but sends no sentence")
        at = to_micros(self._clock())
        if self._line.offer(encode(message)):
            self._ledger.record_sentence(at, message)
        else:
            self._ledger.count_dropped()

    def _offer_damaged(self, message: Damaged) -> None:
        if self._line.offer(message.data):
            self._ledger.count_damaged()
        else:
            self._ledger.count_dropped()


async def run_scenario(
    scenario: Scenario,
    *,
    clock: Clock,
    truth: Path | None = None,
    speed: float = 1.0,
    duration: float | None = None,
    start: asyncio.Event | None = None,
    control: Path | None = None,
    on_ready: OnReady | None = None,
    on_progress: OnProgress | None = None,
) -> RunProgress:
    """Play *scenario* until *duration* (its own seconds; else its ``duration_s``, else for ever).

    Its clock runs *speed* times faster than real time, from when *start* is set. *on_ready* is called
    with the URL of each line and source, by name. Messages without a reader are dropped and counted;
    sent values are written to *truth*. At the socket *control* points are operated by hand. Raises
    CannotOpen, which names the line or the socket.
    """
    ends = next((each for each in (duration, scenario.duration_s) if each is not None), math.inf)
    with open_ground_truth(truth) as ledger:
        async with AsyncExitStack() as lines:
            every_s = scenario.sample_every_s / speed
            carriers = await _open_carriers(scenario, lines, clock=clock, ledger=ledger, every_s=every_s)
            manual = ManualControl()
            player = _Player(ledger, speed=speed, ends=ends, on_progress=on_progress)
            if control is not None:
                operator = Operator(scenario, manual, lambda: player.t)
                await lines.enter_async_context(open_control_socket(control, operator.answer))
            async with asyncio.TaskGroup() as tasks:
                running = [tasks.create_task(each.run(), name=name) for name, each in carriers.items()]
                if on_ready is not None:
                    on_ready({name: carrier.url for name, carrier in carriers.items()})
                if start is not None:
                    await start.wait()
                    await _await_readers(carriers.values())
                try:
                    await player.play(
                        scheduled_messages(scenario, manual=manual), _by_address(scenario, carriers)
                    )
                finally:
                    # Also when stopped: values counted as sent must be read before their line closes.
                    async with asyncio.TaskGroup() as finishing:
                        for carrier in carriers.values():
                            finishing.create_task(carrier.finish(FINISHING_S))
                for task in running:
                    task.cancel()
        log.info("scenario ended", title=scenario.title, sent=ledger.sent, dropped=ledger.dropped)
        return player.progress


Carrier = (
    _SerialCarrier | MqttSource | PanelCarrier | PolledCarrier | ContactCarrier | TransmitterCarrier
)


async def _open_carriers(
    scenario: Scenario,
    lines: AsyncExitStack,
    *,
    clock: Clock,
    ledger: GroundTruthWriter,
    every_s: float,
) -> dict[str, Carrier]:
    """Open all lines, for as long as *lines* is open, and all sources; return them by name.

    Each sensor speaks *every_s* of real time.
    """
    carriers: dict[str, Carrier] = {}
    for line in scenario.lines:
        at_it = [point for point in scenario.points if point.line == line.name]
        opened = _opened_carrier(line, at_it, clock=clock, ledger=ledger, every_s=every_s)
        carriers[line.name] = await lines.enter_async_context(opened)
    for source in scenario.sources:
        addresses = [point.address for point in scenario.points if point.source == source.name]
        carriers[source.name] = MqttSource(source, addresses, clock=clock, ledger=ledger)
    return carriers


@asynccontextmanager
async def _opened_carrier(
    line: LineConfig,
    points: Sequence[PointConfig],
    *,
    clock: Clock,
    ledger: GroundTruthWriter,
    every_s: float,
) -> AsyncIterator[Carrier]:
    """Open *line*, to which *points* are wired, within the block; raises CannotOpen."""
    addresses = [point.address for point in points]
    match line:
        case PanelConfig():
            async with open_panel(line, clock=clock, ledger=ledger) as panel:
                yield panel
        case PolledConfig():
            async with open_pair(line, addresses, clock=clock, ledger=ledger, every_s=every_s) as pair:
                yield pair
        case ModbusConfig():
            async with open_contacts(line, addresses, clock=clock, ledger=ledger) as contacts:
                yield contacts
        case DiallerConfig():
            yield TransmitterCarrier(PanelDialler(line, points), clock=clock, ledger=ledger)
        case GbtConfig():
            with closing(PanelGbt(line, points)) as gbt:
                yield TransmitterCarrier(gbt, clock=clock, ledger=ledger)
        case _:
            async with open_line(line) as opened:
                yield _SerialCarrier(opened, clock=clock, ledger=ledger)


async def _await_readers(carriers: Iterable[Carrier]) -> None:
    try:
        async with asyncio.timeout(SETTLING_S), asyncio.TaskGroup() as waiting:
            for carrier in carriers:
                waiting.create_task(carrier.ready())
    except TimeoutError:
        log.warning("line or source has no reader; messages are dropped until it has one")


def _by_address(scenario: Scenario, carriers: Mapping[str, Carrier]) -> dict[str, Carrier]:
    return {point.address: carriers[point.line or point.source or ""] for point in scenario.points}


class _Player:
    """Offers each message to its carrier when it is due."""

    def __init__(
        self, ledger: GroundTruthWriter, *, speed: float, ends: float, on_progress: OnProgress | None
    ) -> None:
        self._ledger = ledger
        self._speed = speed
        self._ends = ends
        self._on_progress = on_progress
        self._reported_at = -math.inf
        self.t = 0.0
        self.late_s = 0.0

    async def play(self, dues: Iterator[ScheduledMessage], carriers: Mapping[str, Carrier]) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time()
        for number, due in enumerate(dues):
            until = began + min(due.t, self._ends) / self._speed
            late = loop.time() - until
            if late > MAX_LATE_S:
                began += late
            # Due messages are sent in one go: thousands of detectors leave no time to sleep between two
            # of them, and a sleep takes a millisecond at least.
            if late < 0.0 or number % BATCH == 0:
                await asyncio.sleep(max(0.0, -late))
                self._report_progress(loop.time())
            self.t = min(due.t, self._ends)
            if due.t >= self._ends:
                return
            self.late_s = max(self.late_s, late)
            if due.message is not None:
                carriers[due.address].offer(due.address, due.message)

    @property
    def progress(self) -> RunProgress:
        """The progress of the run."""
        ledger = self._ledger
        return RunProgress(
            self.t,
            ledger.sent,
            ledger.dropped,
            damaged=ledger.damaged,
            late_s=self.late_s,
            sent_by=ledger.sent_by,
        )

    def _report_progress(self, now: float) -> None:
        if self._on_progress is not None and now - self._reported_at >= PROGRESS_EVERY_S:
            self._reported_at = now
            self._on_progress(self.progress)
