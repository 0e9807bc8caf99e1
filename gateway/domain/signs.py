"""Several signs of a fire at one point, each too weak to be one, are a fire together."""

from collections.abc import Iterable

from gateway.domain.filters import Latch

LEAST_SIGN = 0.25
"""A sign counts from this share of the way to its own alarm: noise of two quantities is no fire."""

# Together they must go as far as one alone.
_ENOUGH = 1.0


class Signs:
    """Adds up how far the quantities of a multi-sensor point are on the way to an alarm of their own.

    Each is still judged alone, by the same figures as in a detector that measures nothing else: with
    several quantities an alarm comes earlier or at the same moment, and never later.
    """

    __slots__ = ("_latch", "_restore_share")

    def __init__(self, *, restore_share: float, restore_s: float) -> None:
        self._latch = Latch(restore_s)
        self._restore_share = restore_share

    @property
    def on(self) -> bool:
        """Whether they are a fire."""
        return self._latch.on

    def take(self, shares: Iterable[float], t: float) -> bool:
        """Whether *shares*, 1 being an alarm, are a fire together at *t*."""
        counted = [min(1.0, share) for share in shares if share >= LEAST_SIGN]
        total = sum(counted)
        begins = len(counted) > 1 and total >= _ENOUGH
        return self._latch.take(begins=begins, calm=total < _ENOUGH * self._restore_share, t=t)
