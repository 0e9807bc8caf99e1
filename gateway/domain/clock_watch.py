"""A wall clock that jumps is a fault to be shown; it never makes a signal be dropped."""

from contract.messages import Kind
from gateway.domain.changes import Cause, Change, Conditions, Moment, Reason

_TOLERANCE_S = 2.0
"""Daemons that slew a clock stay far below this between two looks; a clock that is set does not."""

_SHOWN_S = 60.0

_JUMPED = Cause(Kind.FAULT, Reason.CLOCK_JUMPED)


class ClockWatch:
    """Compares the wall clock with the one that only goes forward."""

    def __init__(self, conditions: Conditions, since: Moment) -> None:
        self._conditions = conditions
        self._last = since
        self._jumped_at: float | None = None

    def tick(self, moment: Moment) -> list[Change]:
        """What follows from how the two clocks went on since the last look."""
        wall_s = (moment.at - self._last.at) / 1e6
        difference = wall_s - (moment.t - self._last.t)
        self._last = moment
        if abs(difference) > _TOLERANCE_S:
            self._jumped_at = moment.t
            return self._conditions.begin(_JUMPED, moment, quantity="seconds", value=difference)
        if self._jumped_at is not None and moment.t - self._jumped_at > _SHOWN_S:
            self._jumped_at = None
            return self._conditions.end(_JUMPED, moment)
        return []
