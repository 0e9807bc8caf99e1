"""The numbers of a lane that the center has seen: for its ledger, never for a receipt."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import islice

MOST_RANGES = 1_000
"""Ranges that are remembered; a number that would begin a further one is not noted."""

LONGEST_JUMP = 10_000_000
"""Numbers by which a sender may be ahead of what was seen of it: 115 days at one a second."""


class Coverage:
    """Seen numbers as *ranges*, and *floor*, the lowest number that the sender claims to keep.

    A sender numbers from 1 and tells its floor with each message: whatever is lower was receipted
    before, perhaps by a center that is gone. That is a claim: it explains why a number is not here,
    and makes none of them seen. It is believed only within the longest jump, and no longer once the
    sender itself sends a lower number that is new.
    """

    def __init__(self, ranges: Iterable[tuple[int, int]] = (), floor: int = 1) -> None:
        self._starts = [start for start, _ in ranges]
        self._ends = [end for _, end in ranges]
        self.floor = floor

    @property
    def ranges(self) -> list[tuple[int, int]]:
        """The first and last number of each range, ascending; no two ranges touch."""
        return list(zip(self._starts, self._ends, strict=True))

    @property
    def highest(self) -> int:
        """The highest number that was seen; 0 if none was."""
        return self._ends[-1] if self._ends else 0

    def __contains__(self, seq: int) -> bool:
        at = bisect_right(self._starts, seq) - 1
        return at >= 0 and seq <= self._ends[at]

    def note_message(self, numbers: Iterable[int], floor: int) -> list[int]:
        """Note the numbers of a message; return the numbers, or the floor, that are not believed."""
        came = sorted(set(numbers))
        if not came:
            return []
        new = [seq for seq in came if seq not in self]
        # No sender claims a floor above a number that it sends beside it.
        doubted = self._claim(min(floor, came[0]), new)
        doubted += [seq for seq in new if not self._is_near(seq)]
        for seq in new:
            if self._is_near(seq):
                self._add(seq)
        return doubted

    def count_seen(self, last: int) -> int:
        """Return how many of the numbers up to *last* were seen."""
        return self._between(1, last)

    def count_claimed(self, last: int) -> int:
        """Return how many of the numbers up to *last* were not seen, and lie below the floor."""
        below = min(last, self.floor - 1)
        return below - self._between(1, below)

    def count_missing(self, last: int) -> int:
        """Return how many of the numbers up to *last* were neither seen nor claimed."""
        return max(0, last - self.floor + 1 - self._between(self.floor, last))

    def missing(self, last: int, *, most: int) -> list[int]:
        """Return up to *most* of those numbers, ascending."""
        return list(islice(self._gaps(last), most))

    def _claim(self, floor: int, new: list[int]) -> list[int]:
        if not self._ends:
            self.floor = floor
        elif new and new[0] < self.floor:
            self.floor = floor
            self._drop_beyond(new[-1])
        elif not self._is_near(floor):
            return [floor]
        else:
            self.floor = max(self.floor, floor)
        return []

    def _is_near(self, seq: int) -> bool:
        return not self._ends or seq - self.highest <= LONGEST_JUMP

    def _drop_beyond(self, seq: int) -> None:
        """Forget numbers that the sender cannot have reached yet."""
        while self._starts and self._starts[-1] - seq > LONGEST_JUMP:
            self._starts.pop()
            self._ends.pop()

    def _add(self, seq: int) -> None:
        at = bisect_right(self._starts, seq)
        after_one = at > 0 and self._ends[at - 1] == seq - 1
        before_one = at < len(self._starts) and self._starts[at] == seq + 1
        if after_one and before_one:
            self._ends[at - 1] = self._ends[at]
            del self._starts[at], self._ends[at]
        elif after_one:
            self._ends[at - 1] = seq
        elif before_one:
            self._starts[at] = seq
        elif len(self._starts) < MOST_RANGES:
            self._starts.insert(at, seq)
            self._ends.insert(at, seq)

    def _between(self, first: int, last: int) -> int:
        overlaps = (min(end, last) - max(start, first) + 1 for start, end in self.ranges)
        return sum(each for each in overlaps if each > 0)

    def _gaps(self, last: int) -> Iterator[int]:
        follows = self.floor
        for start, end in self.ranges:
            yield from range(follows, min(start, last + 1))
            follows = max(follows, end + 1)
        yield from range(follows, last + 1)
