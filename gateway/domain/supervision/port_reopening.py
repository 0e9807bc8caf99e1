"""Reopen a silent line: dead connections do not stay, quiet lines are not disturbed."""

from runtime.backoff import Backoff

_LONGEST_DELAY_S = 45.0
"""Longest time between two reopenings: a device that returns is heard again within a minute."""


class ReopenBackoff:
    """The backoff between reopenings of one line.

    The first follows after *silent_after_s* of silence, the next ones after twice that, and so on.
    A connection that was heard for longer than the longest delay has proved itself: the next silence
    is acted upon as quickly as the first.
    """

    def __init__(self, silent_after_s: float) -> None:
        self._silent_after_s = silent_after_s
        self._backoff = Backoff(silent_after_s, _LONGEST_DELAY_S)
        self._in_vain = 0

    def is_due(self, t: float, *, heard_at: float, opened_at: float) -> bool:
        """Return whether to reopen at *t*; a true answer counts as a reopening."""
        if t - heard_at <= self._silent_after_s:
            if heard_at - opened_at > _LONGEST_DELAY_S:
                self._in_vain = 0
            return False
        if t - opened_at <= self._backoff.delay(self._in_vain + 1):
            return False
        self._in_vain += 1
        return True
