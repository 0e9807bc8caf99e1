"""Judge several quantities of one point together: each may be too weak for an alarm of its own."""

from collections.abc import Iterable

from gateway.domain.detection.filters import Latch

LEAST_SHARE = 0.25
"""A sign counts from this share of the way to its own alarm: noise of two quantities is no fire."""

# Together they must go as far as one alone.
_ENOUGH = 1.0


class MultiCriteriaJudge:
    """Adds up the shares that the quantities of a point have of their own alarms.

    Each is still judged alone, by the same figures as in a detector that measures nothing else: with
    several quantities an alarm comes earlier or at the same moment, and never later.
    """

    __slots__ = ("_latch", "_restore_share")

    def __init__(self, *, restore_share: float, restore_s: float) -> None:
        self._latch = Latch(restore_s)
        self._restore_share = restore_share

    @property
    def on(self) -> bool:
        """Whether the quantities together are a fire."""
        return self._latch.on

    def judge_shares(self, shares: Iterable[float], t: float) -> bool:
        """Return whether *shares*, 1 being an alarm, are a fire together at *t*."""
        counted = [min(1.0, share) for share in shares if share >= LEAST_SHARE]
        total = sum(counted)
        begins = len(counted) > 1 and total >= _ENOUGH
        return self._latch.update(begins=begins, calm=total < _ENOUGH * self._restore_share, t=t)
