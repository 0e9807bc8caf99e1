"""Readings on their way to the center: gathered, stored as numbered batches, then sent."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import structlog

from contract.messages import encode
from gateway.adapters.lane import Lane
from gateway.adapters.metrics import Metrics
from gateway.adapters.thinning import Thinning
from gateway.domain.batching import Batcher
from gateway.settings import Telemetry
from runtime.spool import NotStored

log = structlog.get_logger(__name__)

_TRY_AGAIN_S = 1.0

_FLUSH_S = 1.5


class Readings:
    """Stores a batch each *batch_s* seconds, or when it is full."""

    def __init__(self, lane: Lane, settings: Telemetry, folder: Path, *, metrics: Metrics) -> None:
        self.batcher = Batcher(settings.batch_readings)
        self._lane = lane
        self._thinning = Thinning(lane, settings, folder, metrics=metrics)
        self._batch_s = settings.batch_s
        self._metrics = metrics
        self._full = asyncio.Event()
        self._ending = False

    def add(self, point: str, quantity: str, at: int, value: float) -> None:
        """Take one reading, seen at *at* microseconds."""
        self.batcher.add(point, quantity, at, value)
        if self.batcher.has_full:
            self._full.set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Store within the block, and at its end what is in hand."""
        async with asyncio.TaskGroup() as tasks:
            task = tasks.create_task(self._run(), name="readings")
            try:
                yield
            finally:
                self._ending = True
                self._full.set()
                await asyncio.wait({task}, timeout=_FLUSH_S)
                if not task.done():
                    log.error("readings in hand were not stored: the disk is too slow")
                    task.cancel()

    async def _run(self) -> None:
        while not self._ending:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._batch_s):
                    await self._full.wait()
            self._full.clear()
            await self._store_all()

    async def _store_all(self) -> None:
        while series := self.batcher.take():
            await self._thinning.make_room()
            body = encode(series)
            await self._store(body)
        self._metrics.readings_lost.set(self.batcher.lost)

    async def _store(self, body: bytes) -> None:
        """Try until the disk takes it; meanwhile what follows waits in memory, as far as it fits."""
        while True:
            try:
                await self._lane.add(lambda _: body)
                return
            except NotStored as error:
                log.error("the disk refuses a batch; older ones are thinned", reason=str(error))
            await self._thinning.shrink()
            await asyncio.sleep(_TRY_AGAIN_S)
