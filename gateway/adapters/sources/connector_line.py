"""A line with a connector: its port, and the ticks of its conversation."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial

import msgspec
import structlog

from gateway.adapters.message_quarantine import MessageQuarantine
from gateway.adapters.metrics import Metrics
from gateway.adapters.sources.connector_intake import ConnectorIntake
from gateway.adapters.uplink.readings_sender import ReadingsSender
from gateway.adapters.uplink.signal_reporter import SignalReporter
from gateway.domain.connectors.all_connectors import connector_named
from gateway.domain.model.moment import Moment
from gateway.domain.points.site_points import SitePoints
from gateway.domain.supervision.line_journal import LineJournal
from gateway.domain.supervision.line_watch import LineWatch
from gateway.domain.supervision.port_reopening import ReopenBackoff
from gateway.plan import LinePlan
from runtime.own_thread import PurposeThreads
from runtime.serial_port import ERRORS, open_port
from runtime.serial_reader import Chunk, SerialReader, never_silent

log = structlog.get_logger(__name__)

_WRITE_TIMEOUT_S = 2.0

_LOOK_S = 0.5
"""The longest time between two ticks, by which senders that are readable again are found."""


def silence_of(line: LinePlan, watch: LineWatch) -> Callable[[float, float], bool]:
    """Return whether the port of *line* is to be opened anew, of a time and of that of its opening."""
    if line.silent_after_s is None:
        return never_silent
    reopening = ReopenBackoff(line.silent_after_s)
    return lambda t, opened_at: reopening.is_due(t, heard_at=watch.heard_at, opened_at=opened_at)


class ConnectorLine:
    """Runs the conversation with the peer at the port of *line*."""

    def __init__(
        self,
        line: LinePlan,
        watch: LineWatch,
        site: SitePoints,
        *,
        reporter: SignalReporter,
        readings: ReadingsSender,
        quarantine: MessageQuarantine,
        now: Callable[[], Moment],
        metrics: Metrics,
        journal: LineJournal,
    ) -> None:
        connector = connector_named(line.connector)
        self._name = line.name
        self._now = now
        self._turn = asyncio.Lock()  # bytes and ticks come one after the other
        self._heard = asyncio.Event()
        self._writer = PurposeThreads(f"write {line.name}")
        self._intake = ConnectorIntake(
            watch,
            connector.converse(msgspec.convert(line.options, connector.options)),
            site,
            reporter=reporter,
            readings=readings,
            quarantine=quarantine,
            metrics=metrics,
            write=self._write,
            journal=journal,
        )
        self._reader: SerialReader[Moment] = SerialReader(
            line.port,
            partial(open_port, line.port, line.baud, frame=line.frame, write_timeout_s=_WRITE_TIMEOUT_S),
            on_chunk=self._accept_chunk,
            is_silent=silence_of(line, watch),
            on_reopen=self._intake.report_silence,
            now=now,
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Talk with the peer within the block."""
        async with self._reader.running(), asyncio.TaskGroup() as tasks:
            ticking = tasks.create_task(self._tick(), name=f"line {self._name} ticks")
            try:
                yield
            finally:
                ticking.cancel()

    def is_progressing(self, t: float) -> bool:
        """Return whether nothing that was read has been waiting for long."""
        return self._reader.is_progressing(t)

    async def _accept_chunk(self, chunk: Chunk[Moment]) -> None:
        async with self._turn:
            await self._intake.accept_chunk(chunk)
        self._heard.set()

    async def _tick(self) -> None:
        while True:
            await self._wait()
            await self._accept_what_came()
            async with self._turn:
                await self._intake.tick(self._now())

    async def _wait(self) -> None:
        """Wait until the conversation wants a tick; what is heard meanwhile may change when."""
        until = self._now().t + _LOOK_S
        while (left := min(until, self._intake.next_at() or until) - self._now().t) > 0:
            self._heard.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(left):
                    await self._heard.wait()

    async def _accept_what_came(self) -> None:
        """Accept what was read until now: an answer that came in time is not late. A flood waits."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_LOOK_S):
                await self._reader.hand_over_all()

    async def _write(self, data: bytes) -> None:
        """Write *data*; what cannot be written now is asked for again by the peer, or polled again."""
        port = self._reader.port
        if port is None:
            return
        try:
            await self._writer.run(lambda: port.write(data))
        except ERRORS as error:
            log.warning("line not written; the peer asks again", line=self._name, reason=str(error))
