"""Whose turn it is on a bus with one master: everyone in time, whoever does not answer last.

Members are asked in the order in which they came due, so that a member waits for at most one turn of
each other. One that missed its turns is lost: all lost members together get a tenth of the bus, where
others live.
"""

from collections.abc import Sequence
from dataclasses import dataclass

LOST_SHARE = 0.1
"""Share of the bus for asking members that are lost whether they are back."""

_LOST_AFTER_S = 1.0
"""A member that is lost is asked again after so long at the earliest, however idle the bus is."""


@dataclass(frozen=True, slots=True)
class BusMember:
    """A member of the bus: its poll period, and the misses in a row until it is lost."""

    poll_s: float
    misses: int


@dataclass(slots=True)
class _Standing:
    due: float
    since: float  # the begin of its round
    missed: int = 0
    is_lost: bool = False
    was_late: bool = False  # its last answer came after a miss


class BusSchedule:
    """The turns of *members*, which are named by their place in the list."""

    def __init__(self, members: Sequence[BusMember], now: float) -> None:
        self._members = members
        self._standing = [_Standing(now, now) for _ in members]
        self._lost_free_at = now
        self._lost_count = 0

    def next_at(self) -> float | None:
        """Return when the next member is due; None where there is no member."""
        return min((self._due(each) for each in self._standing), default=None)

    def next(self, now: float) -> int | None:
        """Return the member whose turn it is; None while nobody is due."""
        due = [
            (self._due(each), each.is_lost, place)
            for place, each in enumerate(self._standing)
            if self._due(each) <= now
        ]
        return min(due)[2] if due else None

    def is_lost(self, member: int) -> bool:
        """Return whether *member* missed its turns."""
        return self._standing[member].is_lost

    def was_late(self, member: int) -> bool:
        """Return whether the last answer of *member* came after a miss."""
        return self._standing[member].was_late

    def set_answered(self, member: int, now: float, *, is_round_over: bool) -> None:
        """Note that *member* answered; its next turn is at once, or with its next round."""
        standing = self._standing[member]
        standing.was_late = standing.missed > 0
        self._lost_count -= standing.is_lost
        standing.missed, standing.is_lost = 0, False
        if is_round_over:
            # The period counts from the begin of the round, and what was missed of it is not made up.
            standing.since = max(standing.since + self._members[member].poll_s, now)
            standing.due = standing.since
        else:
            standing.due = now

    def set_missed(self, member: int, asked_at: float, now: float) -> bool:
        """Note that *member* did not answer; return whether it is lost by that."""
        standing = self._standing[member]
        standing.missed += 1
        standing.due = standing.since = now
        if standing.is_lost:
            if not self._are_all_lost:
                self._lost_free_at = now + (now - asked_at) * (1 - LOST_SHARE) / LOST_SHARE
            standing.due = now + _LOST_AFTER_S
            return False
        standing.is_lost = standing.missed >= self._members[member].misses
        self._lost_count += standing.is_lost
        return standing.is_lost

    def delay(self, member: int, until: float) -> None:
        """Do not ask *member* before *until*: an answer of it may still be under way."""
        standing = self._standing[member]
        standing.due = max(standing.due, until)

    @property
    def _are_all_lost(self) -> bool:
        return self._lost_count == len(self._standing)

    def _due(self, standing: _Standing) -> float:
        if not standing.is_lost or self._are_all_lost:
            return standing.due
        return max(standing.due, self._lost_free_at)
