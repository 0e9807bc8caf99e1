"""Which numbered messages of one lane have arrived, and the receipt that says so."""

from collections.abc import Iterable
from itertools import islice


class Coverage:
    """The numbers that are durably stored: all up to *through*, and those in *above*.

    A gateway numbers from 1 and tells with each message its floor, the lowest number that it still
    keeps: whatever is lower was receipted before, perhaps by a center that is gone. Raising the
    floor is what lets a new center begin in the middle of a gateway's life.
    """

    def __init__(self, through: int = 0, above: Iterable[int] = ()) -> None:
        self._through = through
        self._above = {seq for seq in above if seq > through}
        self._close_gap()

    @property
    def through(self) -> int:
        """Every number up to this one needs no further sending."""
        return self._through

    @property
    def above(self) -> list[int]:
        """The stored numbers beyond *through*, ascending."""
        return sorted(self._above)

    def __contains__(self, seq: int) -> bool:
        return seq <= self._through or seq in self._above

    def add(self, seq: int, *, most_above: int | None = None) -> bool:
        """Count *seq* as stored; False if it was already.

        Nor is it counted where *most_above* numbers stand beyond a gap already: past what a receipt can
        list, a number is better not noted, so that its message is sent again in its time.
        """
        if seq in self:
            return False
        if most_above is not None and seq != self._through + 1 and len(self._above) >= most_above:
            return False
        self._above.add(seq)
        self._close_gap()
        return True

    def missing(self, last: int, *, most: int) -> list[int]:
        """Up to *most* of the numbers up to *last* that are not stored, ascending."""
        gaps = (seq for seq in range(self._through + 1, last + 1) if seq not in self._above)
        return list(islice(gaps, most))

    def count(self, last: int) -> int:
        """How many of the numbers up to *last* are stored."""
        return min(self._through, last) + sum(1 for seq in self._above if seq <= last)

    def raise_floor(self, floor: int) -> None:
        """Take note that the sender no longer keeps anything below *floor*."""
        if floor - 1 > self._through:
            self._through = floor - 1
            self._above = {seq for seq in self._above if seq > self._through}
            self._close_gap()

    def _close_gap(self) -> None:
        while self._through + 1 in self._above:
            self._through += 1
            self._above.remove(self._through)
