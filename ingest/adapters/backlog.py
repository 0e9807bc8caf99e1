"""The batches that wait in memory for the store: bounded, and each known by its id."""

import asyncio
from collections import deque
from collections.abc import Iterable

from contract.ids import StreamKey
from contract.messages import Proof
from ingest.domain.batches import Batch, BatchId


class Backlog:
    """A queue of batches, bounded by the *limit* of readings that wait in it or are being written."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._waiting: deque[Batch] = deque()
        self._held: set[tuple[StreamKey, Proof]] = set()
        self._filled = asyncio.Event()
        self.readings = 0

    def holds(self, batch_id: BatchId) -> bool:
        """Return whether that very batch is here already."""
        return (batch_id.stream, batch_id.proof) in self._held

    def add(self, batch: Batch) -> bool:
        """Add *batch*; False if there is no room. A batch beyond the limit is added alone."""
        if self.readings and self.readings + batch.readings > self._limit:
            return False
        self._held.add((batch.id.stream, batch.id.proof))
        self.readings += batch.readings
        self.put_back([batch])
        return True

    def put_back(self, batches: Iterable[Batch]) -> None:
        """Let *batches* that were taken wait again, behind all others."""
        self._waiting.extend(batches)
        if self._waiting:
            self._filled.set()

    async def take_group(self, most: int) -> list[Batch]:
        """Take the next batch, as soon as there is one, and those behind it up to *most* readings."""
        await self._filled.wait()
        group = [self._waiting.popleft()]
        room = most - group[0].readings
        while self._waiting and self._waiting[0].readings <= room:
            room -= self._waiting[0].readings
            group.append(self._waiting.popleft())
        if not self._waiting:
            self._filled.clear()
        return group

    def forget(self, batch: Batch) -> None:
        """Forget *batch*, which was taken and is stored or quarantined."""
        self._held.discard((batch.id.stream, batch.id.proof))
        self.readings -= batch.readings
