"""Collect readings, store them as numbered batches, and send them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import structlog

from contract.messages import encode
from gateway.adapters.metrics import Metrics
from gateway.adapters.uplink.lane_sender import LaneSender
from gateway.adapters.uplink.outbox_thinner import OutboxThinner
from gateway.domain.uplink.batching import ReadingBatcher
from gateway.plan import TelemetryPlan
from runtime.aligned_timers import until_next
from runtime.spool import NotStored

log = structlog.get_logger(__name__)

_TRY_AGAIN_S = 1.0

_FLUSH_S = 1.5


class ReadingsSender:
    """Stores a batch every *batch_s* seconds, or when it is full."""

    def __init__(self, lane: LaneSender, plan: TelemetryPlan, folder: Path, *, metrics: Metrics) -> None:
        self.batcher = ReadingBatcher(plan.batch_readings)
        self._lane = lane
        self._thinning = OutboxThinner(lane, plan, folder, metrics=metrics)
        self._batch_s = plan.batch_s
        self._metrics = metrics
        self._full = asyncio.Event()
        self._ending = False

    def add_reading(self, point: str, quantity: str, at: int, value: float) -> None:
        """Add one reading of the time *at*, in microseconds."""
        self.batcher.add_reading(point, quantity, at, value)
        if self.batcher.has_full_batch:
            self._full.set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Store batches within the block, and the last one at its end."""
        async with asyncio.TaskGroup() as tasks:
            task = tasks.create_task(self._run(), name="readings")
            try:
                yield
            finally:
                self._ending = True
                self._full.set()
                await asyncio.wait({task}, timeout=_FLUSH_S)
                if not task.done():
                    log.error("pending readings not stored: disk too slow")
                    task.cancel()

    async def _run(self) -> None:
        while not self._ending:
            with suppress(TimeoutError):
                async with asyncio.timeout(until_next(self._batch_s)):
                    await self._full.wait()
            self._full.clear()
            await self._store_all()

    async def _store_all(self) -> None:
        """Store what is full, or else the open batch; readings that come meanwhile wait for theirs."""
        await self._store_next()
        while self.batcher.has_full_batch or (self._ending and self.batcher.pending):
            await self._store_next()
        self._metrics.lost_readings.set(self.batcher.lost)

    async def _store_next(self) -> None:
        if series := self.batcher.next_batch():
            await self._thinning.make_room()
            await self._store(encode(series))

    async def _store(self, body: bytes) -> None:
        """Retry until the disk stores *body*; meanwhile new readings wait in memory."""
        while True:
            try:
                await self._lane.store_entry(lambda _: body)
                return
            except NotStored as error:
                log.error("batch write failed; thinning older ones", reason=str(error))
            await self._thinning.shrink_outbox()
            await asyncio.sleep(_TRY_AGAIN_S)
