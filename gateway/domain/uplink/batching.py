"""Collect readings in columns: one series for each quantity of each point."""

import math
from collections import deque

from contract.messages import Series

_SAME_BURST_US = 1_000
"""A reading that is this much older than the last one came in the same burst: its time is nudged."""


class _Column:
    """The readings of one series in the open batch."""

    __slots__ = ("latest", "t", "v")

    def __init__(self) -> None:
        self.t: list[int] = []
        self.v: list[float] = []
        self.latest = -1


class ReadingBatcher:
    """Collects readings into batches.

    No two readings of a series share a microsecond, or one would overwrite the other in a time
    series database. Full batches wait, at most *most_waiting* of them; beyond that the oldest is
    dropped and its readings are counted in *lost*.
    """

    def __init__(self, most_readings: int, *, most_waiting: int = 50) -> None:
        self._most_readings = most_readings
        self._columns: dict[tuple[str, str], _Column] = {}
        self._last: dict[tuple[str, str], int] = {}
        self._count = 0
        self._full: deque[tuple[int, list[Series]]] = deque()
        self._most_waiting = most_waiting
        self.lost = 0
        self.handed_over = 0

    @property
    def pending(self) -> int:
        """Number of readings that were added and are not in a batch that was handed over."""
        return self._count + sum(count for count, _ in self._full)

    @property
    def has_full_batch(self) -> bool:
        """Whether a batch is full."""
        return bool(self._full)

    def add_reading(self, point: str, quantity: str, at: int, value: float) -> None:
        """Add one reading of the time *at*, in microseconds; ignore a value that is not finite."""
        if not math.isfinite(value):
            return
        key = (point, quantity)
        column = self._columns.get(key)
        if column is None:
            column = self._columns[key] = _Column()
        last = self._last.get(key, -1)
        if at <= last and last - at < _SAME_BURST_US:
            at = last + 1
        if at <= column.latest:
            while at in column.t:  # the clock was set back and came by here before
                at += 1
        column.latest = max(column.latest, at)
        self._last[key] = at
        column.t.append(at)
        column.v.append(value)
        self._count += 1
        if self._count >= self._most_readings:
            self._close()

    def next_batch(self) -> list[Series]:
        """Return the oldest full batch, or else the open one; empty if there is nothing."""
        if not self._full:
            self._close()
        if not self._full:
            return []
        count, batch = self._full.popleft()
        self.handed_over += count
        return batch

    def _close(self) -> None:
        if not self._count:
            return
        batch = [
            Series(point=point, quantity=quantity, t=column.t, v=column.v)
            for (point, quantity), column in self._columns.items()
        ]
        self._full.append((self._count, batch))
        self._columns = {}
        self._count = 0
        if len(self._full) > self._most_waiting:
            self.lost += self._full.popleft()[0]
