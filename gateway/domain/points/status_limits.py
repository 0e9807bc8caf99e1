"""Time limits of a detector's status that suppresses its fires: every such status expires."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from contract.sentences import Status


@dataclass(frozen=True, slots=True)
class StatusLimits:
    """The longest times in seconds for which a status may suppress fires."""

    # A self-test or a push of the test button takes seconds; a person with a pole and smoke, minutes.
    test_s: float = 300.0
    # As long as a person may put a point on test at the center: a shift.
    disabled_s: float = 28_800.0

    def longest_s(self, status: Status) -> float | None:
        """Return the longest time for which *status* suppresses a fire; None if it never does."""
        return {Status.TEST: self.test_s, Status.DISABLED: self.disabled_s}.get(status)


DEFAULT_STATUS_LIMITS = StatusLimits()


class StatusTimer:
    """Times the statuses that suppress the fires of one channel.

    Each word's time begins when it is heard first and ends only with a word that holds back nothing:
    a detector that says ``test`` and ``disabled`` in turn gains no time by that.
    """

    __slots__ = ("_limits", "_since")

    def __init__(self, limits: StatusLimits, expired: Iterable[Status] = ()) -> None:
        self._limits = limits
        self._since = dict.fromkeys(expired, -math.inf)

    def note_status(self, status: Status, t: float) -> None:
        """Note the *status* of a sample at *t* seconds."""
        if self._limits.longest_s(status) is None:
            self._since.clear()
        else:
            self._since.setdefault(status, t)

    def effective(self, status: Status, t: float) -> Status:
        """Return *status*, or NORMAL once it has expired at *t* and a fire counts again."""
        longest = self._limits.longest_s(status)
        if longest is not None and t - self._since.get(status, t) >= longest:
            return Status.NORMAL
        return status
