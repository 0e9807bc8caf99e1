"""Report that another client takes over the gateway's connections to the center, as a fault."""

from collections import deque

from contract.messages import Kind
from gateway.domain.model.conditions import ConditionCause, ConditionChange, ConditionSet
from gateway.domain.model.moment import Moment
from gateway.domain.model.reasons import SignalReason

TAKE_OVERS = 3
"""Connections that are taken over within WITHIN_S before it is a fault: one may be the gateway's own, of
which the broker did not see the end."""

WITHIN_S = 60.0

SHOWN_S = 600.0
"""Seconds for which it is a fault after the last take-over."""

_TAKEN_OVER = ConditionCause(Kind.FAULT, SignalReason.SESSION_TAKEN_OVER)


class TakeOverWatch:
    """Counts take-overs by their total."""

    def __init__(self, conditions: ConditionSet) -> None:
        self._conditions = conditions
        self._total = 0
        self._times: deque[float] = deque(maxlen=TAKE_OVERS)

    def tick(self, moment: Moment, total: int) -> list[ConditionChange]:
        """Return the change that follows from *total* take-overs since the start."""
        self._times.extend([moment.t] * min(total - self._total, TAKE_OVERS))
        self._total = total
        times = self._times
        if len(times) == TAKE_OVERS and times[-1] - times[0] <= WITHIN_S and self._is_shown(moment):
            return self._conditions.begin(_TAKEN_OVER, moment, quantity="count", value=float(total))
        return [] if self._is_shown(moment) else self._conditions.end(_TAKEN_OVER, moment)

    def _is_shown(self, moment: Moment) -> bool:
        return bool(self._times) and moment.t - self._times[-1] < SHOWN_S
