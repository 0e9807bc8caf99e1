"""Bound the frames of each address, so that a flood from one delays no other."""

from collections import OrderedDict

_MOST_ADDRESSES = 20_000
"""Addresses that are kept apart; the one that was silent longest is forgotten, and begins anew."""


class AddressBudget:
    """Gives each address *at_once* frames, and *each_s* more every second.

    All times are seconds of a clock that only goes forward.
    """

    def __init__(self, each_s: float, at_once: int) -> None:
        self._each_s = each_s
        self._at_once = float(at_once)
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, address: str, now: float, frames: int = 1) -> float:
        """Take *frames* of the budget of *address*; return the seconds until it is even again, or 0."""
        left, since = self._left.pop(address, (self._at_once, now))
        left = min(self._at_once, left + (now - since) * self._each_s) - frames
        self._left[address] = (left, now)
        if len(self._left) > _MOST_ADDRESSES:
            self._left.popitem(last=False)
        return max(0.0, -left / self._each_s)

    def try_take(self, address: str, now: float) -> bool:
        """Take one frame of the budget of *address* if there is one; else leave it as it is."""
        if self.take(address, now) == 0.0:
            return True
        left, since = self._left[address]
        self._left[address] = (left + 1, since)
        return False
