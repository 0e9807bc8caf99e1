"""Report a wall clock that jumps as a fault; no signal is dropped for it."""

from contract.messages import Kind
from gateway.domain.model.conditions import ConditionCause, ConditionChange, ConditionSet
from gateway.domain.model.moment import Moment
from gateway.domain.model.reasons import SignalReason

_TOLERANCE_S = 2.0
"""Daemons that slew a clock stay far below this between two looks; a clock that is set does not."""

_SHOWN_S = 60.0

_JUMPED = ConditionCause(Kind.FAULT, SignalReason.CLOCK_JUMPED)


class ClockJumpWatch:
    """Compares the wall clock with the monotonic clock."""

    def __init__(self, conditions: ConditionSet, since: Moment) -> None:
        self._conditions = conditions
        self._last = since
        self._jumped_at: float | None = None

    def tick(self, moment: Moment) -> list[ConditionChange]:
        """Return the changes by the progress of both clocks since the last tick."""
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
