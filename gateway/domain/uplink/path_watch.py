"""Watch one path to the center: up, unresponsive, down, and lost after its reporting time."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from contract.messages import Kind, Scope
from gateway.domain.model.conditions import ConditionCause, ConditionChange, ConditionSet
from gateway.domain.model.moment import Moment
from gateway.domain.model.reasons import SignalReason

_AWAY_S = 5.0
"""A path that is not connected for longer is lost; a reconnection takes less."""

_LOST = ConditionCause(Kind.FAULT, SignalReason.PATH_LOST)


class PathState(StrEnum):
    """The state of a path."""

    UP = "up"
    UNRESPONSIVE = "unresponsive"  # connected, and owes an answer for too long: perhaps half-open
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class PathTimings:
    """The time limits of a path, in seconds.

    *silent_after_s* is its reporting time, *settle_s* how long it must be up without a break before
    it is preferred again, *unresponsive_after_s* the longest wait for an answer before another is tried.
    """

    silent_after_s: float
    settle_s: float
    unresponsive_after_s: float


class PathWatch:
    """Watches one path by its connection and by the answers to what is sent."""

    def __init__(
        self,
        name: str,
        timings: PathTimings,
        *,
        since: Moment,
        held: Iterable[tuple[Kind, str]] = (),
    ) -> None:
        self.name = name
        self.conditions = ConditionSet(Scope.PATH, name, held)
        self._timings = timings
        self._since = since.t
        self._was_up = False
        self._away_since: float | None = since.t  # None while connected
        self._owes_since: float | None = None
        self._steady_since = since.t

    def set_connected(self, t: float, *, up: bool) -> None:
        """Note whether the path is connected; may be called as often as convenient."""
        if up == (self._away_since is None):
            return
        self._away_since = None if up else t
        self._owes_since = None
        if not up:
            return
        # At the start nothing has broken yet: the preferred path is taken as soon as it is there.
        first = not self._was_up and t - self._since <= self._timings.settle_s
        self._steady_since = t - self._timings.settle_s if first else t
        self._was_up = True

    def note_request(self, t: float) -> None:
        """Note that a message was sent that the other end must answer."""
        if self._owes_since is None and self._away_since is None:
            self._owes_since = t

    def note_answer(self, t: float) -> None:
        """Note that a message was received."""
        if self.state(t) is PathState.UNRESPONSIVE:
            self._steady_since = t
        self._owes_since = None

    def state(self, t: float) -> PathState:
        """Return the state at *t*."""
        if self._away_since is not None:
            return PathState.DOWN
        return (
            PathState.UNRESPONSIVE
            if self._owed_s(t) > self._timings.unresponsive_after_s
            else PathState.UP
        )

    def is_steady(self, t: float) -> bool:
        """Return whether the path was up without a break long enough to be preferred again."""
        return self.state(t) is PathState.UP and t - self._steady_since >= self._timings.settle_s

    def tick(self, moment: Moment) -> list[ConditionChange]:
        """Return the changes by time alone; call about once a second."""
        if self._is_lost(moment.t):
            return self.conditions.begin(_LOST, moment)
        return self.conditions.end(_LOST, moment) if self.state(moment.t) is PathState.UP else []

    def _is_lost(self, t: float) -> bool:
        silent_after_s = self._timings.silent_after_s
        if self._away_since is not None:
            return t - self._away_since > min(_AWAY_S, silent_after_s)
        return self._owed_s(t) > silent_after_s

    def _owed_s(self, t: float) -> float:
        return 0.0 if self._owes_since is None else t - self._owes_since
