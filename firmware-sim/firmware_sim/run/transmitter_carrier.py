"""A line of a scenario with a fire panel whose transmitter tells a receiver."""

import asyncio
from typing import Protocol

import structlog

from contract.times import to_micros
from firmware_sim.adapters.line import ends_within
from firmware_sim.domain.detectors import DetectorMessage
from firmware_sim.domain.panel_judge import PanelEvent, PanelJudge, PanelWord
from firmware_sim.outputs.ground_truth import GroundTruthWriter
from firmware_sim.run.panel_carrier import judged
from runtime.clock import Clock

log = structlog.get_logger(__name__)


class PanelTransmitter(Protocol):
    """The transmitter of a panel, in its own language; each word is told until it is answered."""

    url: str
    beat_s: float

    async def beat(self) -> None:
        """Tell the receiver that the transmitter is alive."""
        ...

    async def tell_event(self, event: PanelEvent) -> bool:
        """Tell *event*; return whether the receiver has acknowledged it, and not refused it."""
        ...

    async def listen(self) -> None:
        """Answer what the receiver asks, until cancelled."""
        ...


class TransmitterCarrier:
    """Lets a panel judge what its detectors measure; its *transmitter* tells each event."""

    def __init__(
        self, transmitter: PanelTransmitter, *, clock: Clock, ledger: GroundTruthWriter
    ) -> None:
        self.url = transmitter.url
        self._transmitter = transmitter
        self._clock = clock
        self._ledger = ledger
        self._judge = PanelJudge()
        self._waiting: asyncio.Queue[PanelEvent] = asyncio.Queue()
        self._is_heard = asyncio.Event()

    def offer(self, address: str, message: DetectorMessage) -> None:
        """Let the panel judge *message*, and tell what follows."""
        event = judged(self._judge, address, message, self._ledger)
        if event is not None:
            self._waiting.put_nowait(event)

    async def run(self) -> None:
        """Tell what waits, and that it is alive while nothing does, until cancelled."""
        await self._transmitter.beat()
        self._is_heard.set()
        while True:
            event = await self._next_event()
            if event is None:
                await self._transmitter.beat()
                continue
            is_acknowledged = await self._transmitter.tell_event(event)
            self._record(event, is_acknowledged=is_acknowledged)
            self._waiting.task_done()

    async def ready(self) -> None:
        """Wait until the receiver has answered."""
        await self._is_heard.wait()

    async def finish(self, patience_s: float) -> None:
        """Wait until everything is told, at most *patience_s*."""
        await ends_within(patience_s, self._waiting.join())

    async def _next_event(self) -> PanelEvent | None:
        """Return what waits, once something does; None when it is time for a sign of life."""
        listening = asyncio.create_task(self._transmitter.listen())
        try:
            async with asyncio.timeout(self._transmitter.beat_s):
                return await self._waiting.get()
        except TimeoutError:
            return None
        finally:
            listening.cancel()
            await asyncio.wait({listening})

    def _record(self, event: PanelEvent, *, is_acknowledged: bool) -> None:
        if not is_acknowledged:
            log.warning(
                "receiver refused an event; see its quarantine",
                receiver=self.url,
                point=event.address,
                event_word=event.word.value,
            )
            self._ledger.count_dropped()
        elif event.word is PanelWord.ALARM:
            self._ledger.record_value(to_micros(self._clock()), event.address, "alarm", 1.0)
