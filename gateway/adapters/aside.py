"""Messages that cannot be taken are set aside for a person to look at, without holding up the others."""

import asyncio
from pathlib import Path

import structlog

from contract.messages import BadMessage
from gateway.adapters.metrics import Metrics
from runtime.clock import Clock
from runtime.mqtt import Message
from runtime.quarantine import Quarantine

log = structlog.get_logger(__name__)

_MOST_WAITING = 200


class Aside:
    """Writes refused messages to the quarantine, one after the other, away from the event loop."""

    def __init__(self, folder: Path, clock: Clock, metrics: Metrics) -> None:
        self._folder = folder
        self._clock = clock
        self._metrics = metrics
        self._waiting: asyncio.Queue[tuple[Message, BadMessage]] = asyncio.Queue(_MOST_WAITING)

    def put(self, message: Message, flaw: BadMessage) -> None:
        """Have *message* set aside; it is only counted where too many wait."""
        log.warning("message refused", topic=message.topic, reason=flaw.refusal.value, detail=str(flaw))
        try:
            self._waiting.put_nowait((message, flaw))
        except asyncio.QueueFull:
            self._metrics.not_set_aside.inc()

    async def run(self) -> None:
        """Write, until cancelled."""
        quarantine: Quarantine | None = None
        while True:
            message, flaw = await self._waiting.get()
            try:
                quarantine = quarantine or Quarantine(self._folder, self._clock, self._metrics.registry)
                await asyncio.to_thread(
                    quarantine.put,
                    message.topic,
                    message.payload,
                    reason=flaw.refusal.value,
                    detail=str(flaw),
                )
            except OSError as refusal:
                self._metrics.not_set_aside.inc()
                log.error("not even set aside", topic=message.topic, reason=str(refusal))
