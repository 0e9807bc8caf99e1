"""The batches that wait in memory for the store: bounded, and each known by its number."""

import asyncio
from collections import deque
from collections.abc import Iterable

from contract.messages import Proof
from ingest.domain.batches import Batch, Lane, Number


class Backlog:
    """A queue of batches, bounded by the *limit* of readings in it or taken from it and not yet done."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._waiting: deque[Batch] = deque()
        self._held: set[tuple[Lane, Proof]] = set()
        self._filled = asyncio.Event()
        self.readings = 0

    def holds(self, number: Number) -> bool:
        """Return whether that very batch is here already."""
        return (number.lane, number.proof) in self._held

    def put(self, batch: Batch) -> bool:
        """Take *batch*; False if there is no room. A batch beyond the limit is taken alone."""
        if self.readings and self.readings + batch.readings > self._limit:
            return False
        self._held.add((batch.number.lane, batch.number.proof))
        self.readings += batch.readings
        self.put_back([batch])
        return True

    def put_back(self, batches: Iterable[Batch]) -> None:
        """Let *batches* that were taken wait again, behind all others."""
        self._waiting.extend(batches)
        if self._waiting:
            self._filled.set()

    async def take(self, most: int) -> list[Batch]:
        """At least one batch, as soon as there is one, and as many as have up to *most* readings."""
        await self._filled.wait()
        group = [self._waiting.popleft()]
        room = most - group[0].readings
        while self._waiting and self._waiting[0].readings <= room:
            room -= self._waiting[0].readings
            group.append(self._waiting.popleft())
        if not self._waiting:
            self._filled.clear()
        return group

    def done(self, batch: Batch) -> None:
        """Forget *batch*, which was taken and is stored or set aside."""
        self._held.discard((batch.number.lane, batch.number.proof))
        self.readings -= batch.readings
