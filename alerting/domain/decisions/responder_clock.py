"""The clock of a fire: the next step of the responders, and when it is due by the policy.

It notifies nobody: the desk counts it down, and sorts fires by it. Each step counts from a moment that
nobody can move: who takes a fire late does not gain time to dispatch. A fire that is open again has its
clocks anew, from the moment of that: those of before were the ones that its owner let pass.
"""

from dataclasses import dataclass

from alerting.domain.model.fire import FireIncident, Phase
from contract.http.queue import ClockStep
from contract.times import Micros


@dataclass(frozen=True, slots=True)
class RunningClock:
    """A *step* that is due *limit* microseconds after *begin*."""

    step: ClockStep
    begin: Micros
    limit: Micros

    @property
    def due(self) -> Micros:
        """The moment at which the step is due."""
        return self.begin + self.limit


def running_clock(fire: FireIncident) -> RunningClock | None:
    """Return the clock of *fire*; None once forces are there, or it is over."""
    limits = fire.site.clocks
    again = fire.reopened_at or 0
    confirmed = max(fire.confirmed_at or fire.acknowledged_at or fire.opened_at, again)
    match fire.phase:
        case Phase.SUSPECTED:
            return RunningClock(ClockStep.CONFIRM, max(fire.opened_at, again), limits.confirm)
        case Phase.CONFIRMED:
            return RunningClock(ClockStep.ACKNOWLEDGE, confirmed, limits.acknowledge)
        case Phase.ACKNOWLEDGED:
            return RunningClock(ClockStep.DISPATCH, confirmed, limits.dispatch)
        case Phase.DISPATCHED:
            return RunningClock(ClockStep.ARRIVE, fire.heard_at or confirmed, limits.arrive)
    return None
