"""The newest events of the feed, encoded once, in memory: every reader is served from the same bytes."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from accounts.domain.visible import EVERYWHERE, Visible
from contract.incidents import IncidentKind
from contract.personal_texts import masked_json
from contract.timeline import Entry, encode

AT_ONCE = 65_536
"""Bytes that one reader is given at once: what a socket takes without waiting, roughly."""


DATA = b"\ndata: "
"""Begins the line of an event with its entry; an entry in JSON has no line feed."""


@dataclass(frozen=True, slots=True)
class RingLimits:
    """The bounds of a ring: so many events, and so many bytes of them."""

    events: int = 10_000
    bytes: int = 8_388_608


class FeedFilter(NamedTuple):
    """The events that a reader asked for, by *premises* and *kind*, and may have: those *visible* to it.

    *clear* are the premises whose people it may call: of others their numbers are masked.
    """

    premises: str | None = None
    kind: IncidentKind | None = None
    visible: Visible = EVERYWHERE
    clear: Visible = EVERYWHERE


@dataclass(slots=True)
class FeedEvent:
    """An entry as readers receive it, and what their filters ask about."""

    id: int
    premises: str
    kind: IncidentKind | None
    data: bytes
    _masked: bytes | None = None  # made for the first reader who may not read it as it is

    def matches(self, wanted: FeedFilter) -> bool:
        """Return whether a reader may have it, and asked for it."""
        return (
            self.premises in wanted.visible
            and wanted.premises in {None, self.premises}
            and wanted.kind in {None, self.kind}
        )

    def shown(self, wanted: FeedFilter) -> bytes:
        """Return it as a reader may read it."""
        return self.data if self.premises in wanted.clear else self.masked

    @property
    def masked(self) -> bytes:
        """It without numbers and addresses of people."""
        if self._masked is None:
            begin, said = self.data.split(DATA, 1)
            self._masked = b"%b%b%b\n\n" % (begin, DATA, masked_json(said[:-2]))
        return self._masked


def encode_event(entry: Entry) -> FeedEvent:
    """Return *entry* as an event of the stream."""
    data = b"id: %d\nevent: %b%b%b\n\n" % (entry.id, entry.event.encode(), DATA, encode(entry))
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


def batch(events: Sequence[FeedEvent], wanted: FeedFilter) -> FeedBatch:
    """Return those of the first *events* that are *wanted*, about ``AT_ONCE`` bytes."""
    found, size = list[bytes](), 0
    for event in events:
        if event.matches(wanted):
            shown = event.shown(wanted)
            found.append(shown)
            size += len(shown)
            if size >= AT_ONCE:
                return FeedBatch(b"".join(found), event.id)
    return FeedBatch(b"".join(found), events[-1].id)


class FeedBatches:
    """The batches of one pass over all readers: made once for all that are at one place.

    Readers with the same rights share them: what an account may see is one set of premises.
    """

    def __init__(self, ring: Ring) -> None:
        self._ring = ring
        self._made: dict[tuple[int, FeedFilter], FeedBatch | None] = {}

    def after(self, number: int, wanted: FeedFilter) -> FeedBatch | None:
        """Return the batch that follows *number*; None where nothing does."""
        if number >= self._ring.newest:
            return None  # most readers are here at most moments
        key = number, wanted
        if key not in self._made:
            events = self._ring.after(number)
            self._made[key] = batch(events, wanted) if events else None
        return self._made[key]
