"""A queue that serves gateways in turn, so that one that sends much delays no other.

The order is that of FQ-CoDel's flows (RFC 8290, 4.2): a gateway that was idle is served before those
that were not, once; then it takes its turn among them. A turn is two items, as a fire often is two
signals: the one that makes it suspected, and the one that confirms it. With one item a turn nobody would
be notified in a storm before each of its fires was suspected.
"""

from collections import deque
from collections.abc import Container, Hashable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")

TURN = 2
"""Items of a flow in a turn of its own."""

LEFT_OF_LARGEST = 2
"""The part, one in so many, that the largest flow keeps when the queue as a whole is full."""


class Admission(StrEnum):
    """The fate of an item that came."""

    QUEUED = "queued"
    FLOW_FULL = "flow_full"  # as many items, or bytes, of this flow wait as may
    QUEUE_FULL = "queue_full"  # the whole queue is full, and of this flow waits the most


@dataclass(frozen=True, slots=True)
class QueueBounds:
    """Bounds of what waits: of one flow in *items* and *size*, of all flows in *size_of_all*."""

    items: int
    size: int
    size_of_all: int


@dataclass(slots=True)
class _Flow(Generic[T]):
    items: deque[tuple[T, int]] = field(default_factory=deque)
    size: int = 0
    turn_left: int = TURN
    is_new: bool = True


class FairQueue(Generic[K, T]):
    """Items of flows, each flow in its own order, flow after flow. Nothing in it is lost uncounted:
    what does not fit is answered with a reason, and what had to leave is counted in *displaced*.
    """

    def __init__(self, bounds: QueueBounds) -> None:
        self.displaced = 0
        self._bounds = bounds
        self._flows: dict[K, _Flow[T]] = {}
        self._new: deque[K] = deque()
        self._old: deque[K] = deque()
        self._served: K | None = None
        self._length = 0
        self._size = 0

    def __len__(self) -> int:
        return self._length

    @property
    def size(self) -> int:
        """The size of all items that wait."""
        return self._size

    def items(self) -> Iterator[T]:
        """Yield the items that wait, flow after flow, without taking them."""
        for flow in self._flows.values():
            for item, _ in flow.items:
                yield item

    def waiting_of(self, flow: K) -> int:
        """Return the number of items of *flow*."""
        known = self._flows.get(flow)
        return 0 if known is None else len(known.items)

    def add_item(self, flow: K, item: T, *, size: int) -> Admission:
        """Add *item* at the end of its *flow*, if there is room."""
        known = self._flows.get(flow)
        if known is not None and known.items and self._is_full(known, size):
            return Admission.FLOW_FULL
        while self._size and self._size + size > self._bounds.size_of_all:
            if not self._make_room(flow):
                return Admission.QUEUE_FULL
        self._flow(flow).items.append((item, size))
        self._count(self._flows[flow], 1, size)
        return Admission.QUEUED

    def return_rest(self, flow: K, item: T, *, size: int) -> None:
        """Put the rest of what was taken back at the head of its *flow*, for its next turn."""
        if flow == self._served:
            self._end_turn()
        self._flow(flow).items.appendleft((item, size))
        self._count(self._flows[flow], 1, size)

    def take_next(self, *, passing_over: Container[K] = ()) -> tuple[K, T] | None:
        """Return the item whose turn it is, and its flow; None if nothing waits but *passing_over*."""
        if (flow := self._served) is not None:
            if flow not in passing_over and self._goes_on(self._flows[flow]):
                return flow, self._take(flow)
            self._end_turn()
        for turns in (self._new, self._old):
            for _ in range(len(turns)):
                flow = turns.popleft()
                if flow in passing_over:
                    turns.append(flow)
                elif self._flows[flow].items:
                    self._served = flow
                    return flow, self._take(flow)
                else:
                    del self._flows[flow]
        return None

    def _goes_on(self, known: _Flow[T]) -> bool:
        """Return whether the turn of *known* has not ended: one that was idle does not wait for it."""
        return bool(known.items and known.turn_left and (known.is_new or not self._new))

    def _take(self, flow: K) -> T:
        known = self._flows[flow]
        item, size = known.items.popleft()
        known.turn_left -= 1
        self._count(known, -1, -size)
        return item

    def _end_turn(self) -> None:
        """Let the flow that is served go behind the others.

        Also when it is empty now: one that always has a single item would be new for ever.
        """
        if (flow := self._served) is None:
            return
        known = self._flows[flow]
        known.turn_left, known.is_new = TURN, False
        self._old.append(flow)
        self._served = None

    def _flow(self, flow: K) -> _Flow[T]:
        if flow not in self._flows:
            self._flows[flow] = _Flow()
            self._new.append(flow)
        return self._flows[flow]

    def _is_full(self, known: _Flow[T], size: int) -> bool:
        return len(known.items) >= self._bounds.items or known.size + size > self._bounds.size

    def _make_room(self, flow: K) -> bool:
        """Let the largest flow give up its latest items; False if that is *flow*."""
        largest = max(self._flows, key=lambda each: self._flows[each].size)
        if largest == flow:
            return False
        known = self._flows[largest]
        for _ in range(max(1, len(known.items) // LEFT_OF_LARGEST)):
            _, size = known.items.pop()
            self._count(known, -1, -size)
            self.displaced += 1
        return True

    def _count(self, known: _Flow[T], items: int, size: int) -> None:
        known.size += size
        self._length += items
        self._size += size
