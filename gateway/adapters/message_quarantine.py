"""Quarantine refused messages on disk for a person to inspect, without delaying the others."""

import asyncio
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import structlog

from contract.messages import BadMessage
from gateway.adapters.metrics import Metrics
from runtime.clock import Clock
from runtime.mqtt_message import MqttMessage
from runtime.own_thread import PurposeThreads
from runtime.quarantine import Quarantine

log = structlog.get_logger(__name__)

_MOST_WAITING = 200

_KEPT = timedelta(days=30)


class MessageQuarantine:
    """Writes refused messages to the quarantine one at a time, outside the event loop."""

    def __init__(self, folder: Path, clock: Clock, metrics: Metrics) -> None:
        self._folder = folder
        self._clock = clock
        self._metrics = metrics
        self._waiting: asyncio.Queue[tuple[MqttMessage, BadMessage]] = asyncio.Queue(_MOST_WAITING)
        self._quarantine: Quarantine | None = None
        self._tidied: date | None = None
        self._thread = PurposeThreads("quarantine")

    def quarantine_message(self, message: MqttMessage, error: BadMessage) -> None:
        """Queue *message* for the quarantine; only count it if the queue is full."""
        log.warning(
            "message refused; quarantined",
            topic=message.topic,
            reason=error.refusal.value,
            detail=str(error),
        )
        try:
            self._waiting.put_nowait((message, error))
        except asyncio.QueueFull:
            self._metrics.quarantine_failures.inc()

    async def run(self) -> None:
        """Write queued messages until cancelled."""
        while True:
            message, error = await self._waiting.get()
            try:
                await self._thread.run(partial(self._write, message, error))
            except OSError as refusal:
                self._metrics.quarantine_failures.inc()
                log.error(
                    "quarantine write failed; message lost", topic=message.topic, reason=str(refusal)
                )

    def _write(self, message: MqttMessage, error: BadMessage) -> None:
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
