"""A queue that serves several senders in turns, so that one who sends much delays no other.

Deficit round robin (Shreedhar and Varghese, 1995): each turn lets a sender pass as much as its share,
whatever the size of its items. Where room must be made, it is made at the expense of whoever has most.
"""

import heapq
from collections import OrderedDict, deque
from collections.abc import Hashable
from dataclasses import dataclass, field
from itertools import count
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")


@dataclass(slots=True)
class _Turns(Generic[T]):
    """The items of one sender, and what it may still pass in its turn."""

    items: deque[tuple[T, int]] = field(default_factory=deque)
    size: int = 0
    credit: int = 0


class TurnQueue(Generic[K, T]):
    """Items of senders; a turn lets a sender pass up to *share* of size, and more if it saved it up."""

    def __init__(self, share: int) -> None:
        self._share = share
        self._senders: OrderedDict[K, _Turns[T]] = OrderedDict()
        self._sizes: list[tuple[int, int, K]] = []
        self._order = count()
        self.size = 0

    def __bool__(self) -> bool:
        return bool(self._senders)

    def size_of(self, sender: K) -> int:
        """Return the size of what waits of *sender*."""
        known = self._senders.get(sender)
        return 0 if known is None else known.size

    def add(self, sender: K, item: T, *, size: int) -> None:
        """Add *item* behind the others of *sender*."""
        known = self._senders.setdefault(sender, _Turns())
        known.items.append((item, size))
        self._resize(sender, known, size)

    def take(self, most: int | None = None) -> T | None:
        """Take the item whose turn it is; None if there is none, or it is larger than *most*."""
        while self._senders:
            sender, known = next(iter(self._senders.items()))
            item, size = known.items[0]
            if known.credit < size:
                known.credit += self._share
                self._senders.move_to_end(sender)
                continue
            if most is not None and size > most:
                return None
            known.items.popleft()
            known.credit -= size
            self._resize(sender, known, -size)
            return item
        return None

    def displace(self, *, at_least: int) -> T | None:
        """Take the latest item of the sender of whom most waits; None unless that is over *at_least*."""
        sender = self._largest()
        if sender is None or self._senders[sender].size <= at_least:
            return None
        known = self._senders[sender]
        item, size = known.items.pop()
        self._resize(sender, known, -size)
        return item

    def _resize(self, sender: K, known: _Turns[T], change: int) -> None:
        known.size += change
        self.size += change
        if not known.items:
            del self._senders[sender]
        else:
            heapq.heappush(self._sizes, (-known.size, next(self._order), sender))
        if len(self._sizes) > 4 * len(self._senders) + 64:
            self._sizes = [(-each.size, next(self._order), key) for key, each in self._senders.items()]
            heapq.heapify(self._sizes)

    def _largest(self) -> K | None:
        """Return the sender of whom most waits; each change of a size left its own entry."""
        while self._sizes:
            size, _, sender = self._sizes[0]
            if sender in self._senders and self._senders[sender].size == -size:
                return sender
            heapq.heappop(self._sizes)
        return None
