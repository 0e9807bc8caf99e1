"""The destinations whose queues have to be looked at, each at its time."""

import heapq
from datetime import datetime

from alerting.domain.notification.recipients import Destination


class DueDestinations:
    """Keeps for each destination the earliest time that was named for it."""

    def __init__(self) -> None:
        self._at: dict[Destination, datetime] = {}
        self._heap: list[tuple[datetime, Destination]] = []  # and entries that hold no longer

    def add(self, destination: Destination, at: datetime) -> None:
        """Have *destination* looked at *at*, unless it is earlier."""
        known = self._at.get(destination)
        if known is None or at < known:
            self._at[destination] = at
            heapq.heappush(self._heap, (at, destination))

    def take(self, now: datetime, *, limit: int) -> list[Destination]:
        """Return up to *limit* destinations that are due by *now*; each is forgotten here."""
        due: list[Destination] = []
        while len(due) < limit and (at := self.earliest) is not None and at <= now:
            _, destination = heapq.heappop(self._heap)
            del self._at[destination]
            due.append(destination)
        return due

    @property
    def earliest(self) -> datetime | None:
        """The time at which the next one is due."""
        while self._heap and self._at.get(self._heap[0][1]) != self._heap[0][0]:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None
