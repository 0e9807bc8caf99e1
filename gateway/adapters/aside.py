"""Messages that cannot be taken are set aside for a person to look at, without holding up the others."""

import asyncio
from datetime import date, timedelta
from pathlib import Path

import structlog

from contract.messages import BadMessage
from gateway.adapters.metrics import Metrics
from runtime.clock import Clock
from runtime.mqtt import Message
from runtime.quarantine import Quarantine

log = structlog.get_logger(__name__)

_MOST_WAITING = 200

_KEPT = timedelta(days=30)


class Aside:
    """Writes refused messages to the quarantine, one after the other, away from the event loop."""

    def __init__(self, folder: Path, clock: Clock, metrics: Metrics) -> None:
        self._folder = folder
        self._clock = clock
        self._metrics = metrics
        self._waiting: asyncio.Queue[tuple[Message, BadMessage]] = asyncio.Queue(_MOST_WAITING)
        self._quarantine: Quarantine | None = None
        self._tidied: date | None = None

    def put(self, message: Message, error: BadMessage) -> None:
        """Have *message* set aside; it is only counted where too many wait."""
        log.warning(
            "message refused", topic=message.topic, reason=error.refusal.value, detail=str(error)
        )
        try:
            self._waiting.put_nowait((message, error))
        except asyncio.QueueFull:
            self._metrics.not_set_aside.inc()

    async def run(self) -> None:
        """Write, until cancelled."""
        while True:
            message, error = await self._waiting.get()
            try:
                await asyncio.to_thread(self._write, message, error)
            except OSError as refusal:
                self._metrics.not_set_aside.inc()
                log.error("not even set aside", topic=message.topic, reason=str(refusal))

    def _write(self, message: Message, error: BadMessage) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        if self._quarantine is None:
            self._quarantine = Quarantine(self._folder, self._clock, self._metrics.registry)
        today = self._clock().date()
        if self._tidied != today:
            self._quarantine.delete_before(today - _KEPT)
            self._tidied = today
        self._quarantine.store_payload(
            message.topic, message.payload, reason=error.refusal.value, detail=str(error)
        )
