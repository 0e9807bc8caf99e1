"""The newest events of the feed, encoded once, in memory: every reader is served from the same bytes."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from contract.http.feed import FeedQuery
from contract.incidents import IncidentKind
from contract.timeline import Entry, encode

AT_ONCE = 65_536
"""Bytes that one reader is given at once: what a socket takes without waiting, roughly."""


@dataclass(frozen=True, slots=True)
class RingLimits:
    """The bounds of a ring: so many events, and so many bytes of them."""

    events: int = 10_000
    bytes: int = 8_388_608


class FeedEvent(NamedTuple):
    """An entry as readers receive it, and what their filters ask about."""

    id: int
    premises: str
    kind: IncidentKind | None
    data: bytes

    def matches(self, asked: FeedQuery) -> bool:
        """Return whether a reader *asked* for it."""
        return asked.premises in {None, self.premises} and asked.kind in {None, self.kind}


def encode_event(entry: Entry) -> FeedEvent:
    """Return *entry* as an event of the stream."""
    data = b"id: %d\nevent: %b\ndata: %b\n\n" % (entry.id, entry.event.encode(), encode(entry))
    return FeedEvent(entry.id, entry.premises, entry.kind, data)


class Ring:
    """All events numbered above *floor* up to *newest*; the oldest make room for new ones."""

    def __init__(self, floor: int, limits: RingLimits) -> None:
        self.floor = floor
        self.newest = floor
        self._limits = limits
        self._ids: list[int] = []
        self._events: list[FeedEvent] = []
        self._bytes = 0

    def append(self, event: FeedEvent) -> None:
        """Append *event*, unless it is here already."""
        if event.id <= self.newest:
            return
        self._ids.append(event.id)
        self._events.append(event)
        self._bytes += len(event.data)
        self.newest = event.id
        self._make_room()

    def after(self, number: int) -> Sequence[FeedEvent]:
        """Return the events numbered above *number*, which must not be below *floor*."""
        return self._events[bisect_right(self._ids, number) :]

    def _make_room(self) -> None:
        gone = 0
        while len(self._ids) - gone > self._limits.events or self._bytes > self._limits.bytes:
            self._bytes -= len(self._events[gone].data)
            gone += 1
        if gone:
            self.floor = self._ids[gone - 1]
            del self._ids[:gone], self._events[:gone]


class FeedBatch(NamedTuple):
    """The *data* of a reader's next events *through* an id; empty where its filters leave all out."""

    data: bytes
    through: int


def batch(events: Sequence[FeedEvent], asked: FeedQuery) -> FeedBatch:
    """Return those of the first *events* that were *asked* for, about ``AT_ONCE`` bytes."""
    found, size = list[bytes](), 0
    for event in events:
        if event.matches(asked):
            found.append(event.data)
            size += len(event.data)
            if size >= AT_ONCE:
                return FeedBatch(b"".join(found), event.id)
    return FeedBatch(b"".join(found), events[-1].id)


class FeedBatches:
    """The batches of one pass over all readers: made once for all that are at one place."""

    def __init__(self, ring: Ring) -> None:
        self._ring = ring
        self._made: dict[tuple[int, str | None, IncidentKind | None], FeedBatch | None] = {}

    def after(self, number: int, asked: FeedQuery) -> FeedBatch | None:
        """Return the batch that follows *number*; None where nothing does."""
        key = number, asked.premises, asked.kind
        if key not in self._made:
            events = self._ring.after(number)
            self._made[key] = batch(events, asked) if events else None
        return self._made[key]
