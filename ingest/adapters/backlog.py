"""The batches that wait in memory for the store: bounded, in turns of gateways, each known by its id."""

import asyncio
from collections.abc import Callable, Iterable

from contract.ids import GatewayKey, StreamKey
from contract.messages import Proof
from ingest.domain.batches import Batch, BatchId
from ingest.domain.turn_queue import TurnQueue

SHARE = 2_000
"""Readings that a gateway passes in its turn: one full batch of Tocsin's own."""


def _ignore(_batch: Batch) -> None:
    """Do nothing about a displaced batch."""


class Backlog:
    """A queue of batches, bounded by the *limit* of readings that wait in it or are being written.

    A gateway of which little waits is not refused because of one of which much does: the latest batches
    of that one are displaced, and *on_displaced* is called with each.
    """

    def __init__(self, limit: int, *, on_displaced: Callable[[Batch], None] = _ignore) -> None:
        self._limit = limit
        self._on_displaced = on_displaced
        self._waiting: TurnQueue[GatewayKey, Batch] = TurnQueue(SHARE)
        self._held: set[tuple[StreamKey, Proof]] = set()
        self._filled = asyncio.Event()
        self.readings = 0

    def holds(self, batch_id: BatchId) -> bool:
        """Return whether that very batch is here already."""
        return (batch_id.stream, batch_id.proof) in self._held

    def add(self, batch: Batch) -> bool:
        """Add *batch*; False if there is no room. A batch beyond the limit is added alone."""
        if not self._has_room(batch) and not self._make_room(batch):
            return False
        self._held.add((batch.id.stream, batch.id.proof))
        self.readings += batch.readings
        self.put_back([batch])
        return True

    def put_back(self, batches: Iterable[Batch]) -> None:
        """Let *batches* that were taken wait again, behind all others of their gateway."""
        for each in batches:
            self._waiting.add(each.id.stream.gateway_key, each, size=each.readings)
        if self._waiting:
            self._filled.set()

    async def take_group(self, most: int) -> list[Batch]:
        """Take the next batch, as soon as there is one, and those behind it up to *most* readings."""
        await self._filled.wait()
        group: list[Batch] = []
        room: int | None = None
        while (batch := self._waiting.take(room)) is not None:
            group.append(batch)
            room = (most if room is None else room) - batch.readings
        if not self._waiting:
            self._filled.clear()
        return group

    def forget(self, batch: Batch) -> None:
        """Forget *batch*, which was taken and is stored or quarantined."""
        self._held.discard((batch.id.stream, batch.id.proof))
        self.readings -= batch.readings

    def _has_room(self, batch: Batch) -> bool:
        return not self.readings or self.readings + batch.readings <= self._limit

    def _make_room(self, batch: Batch) -> bool:
        own = self._waiting.size_of(batch.id.stream.gateway_key) + batch.readings
        while not self._has_room(batch):
            displaced = self._waiting.displace(at_least=own)
            if displaced is None:
                return False
            self.forget(displaced)
            self._on_displaced(displaced)
        return True
