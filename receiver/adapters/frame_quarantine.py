"""Set refused frames aside in the quarantine, several with one sync, and answer when they are there."""

import asyncio
from collections.abc import Callable, Iterable
from datetime import date, timedelta

import structlog

from receiver.adapters.metrics import Metrics
from receiver.domain.faults import FrameFault
from runtime.clock import Clock
from runtime.quarantine import Quarantine, RefusedPayload

log = structlog.get_logger(__name__)

_MOST_WAITING = 1_000

_KEPT = timedelta(days=90)

Refusal = tuple[RefusedPayload, Callable[[], None]]


class FrameQuarantine:
    """Writes refused frames to the quarantine, outside the event loop."""

    def __init__(self, quarantine: Quarantine, clock: Clock, metrics: Metrics) -> None:
        self._quarantine = quarantine
        self._clock = clock
        self._metrics = metrics
        self._waiting: asyncio.Queue[Refusal] = asyncio.Queue(_MOST_WAITING)
        self._tidied: date | None = None

    def put(
        self, peer: str, raw: bytes, fault: FrameFault, detail: str, *, then: Callable[[], None]
    ) -> None:
        """Have *raw* of *peer* set aside, and *then* called once it is on disk; never, if it is not."""
        self._quarantine.count(fault.value)
        payload = RefusedPayload(peer, raw, reason=fault.value, detail=detail)
        try:
            self._waiting.put_nowait((payload, then))
        except asyncio.QueueFull:
            self._metrics.quarantine_failures.inc()

    async def run(self) -> None:
        """Write what waits until cancelled."""
        while True:
            batch = [await self._waiting.get()]
            while not self._waiting.empty():
                batch.append(self._waiting.get_nowait())
            try:
                await self._quarantine.store_all([payload for payload, _ in batch])
            except OSError as error:
                self._metrics.quarantine_failures.inc(len(batch))
                log.error("quarantine write failed", frames=len(batch), reason=str(error))
                continue
            _answer(then for _, then in batch)
            await self._tidy()

    async def _tidy(self) -> None:
        today = self._clock().date()
        if self._tidied != today:
            self._tidied = today
            await self._quarantine.tidy(today - _KEPT)


def _answer(calls: Iterable[Callable[[], None]]) -> None:
    for call in calls:
        call()
