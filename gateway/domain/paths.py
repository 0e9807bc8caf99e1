"""Several ways to the center: which of them live, and which one is taken."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from contract.messages import Kind, Scope
from gateway.domain.changes import Cause, Change, Conditions, Moment, Reason

_AWAY_S = 5.0
"""A path that is not connected for longer is lost; a reconnection takes less."""

_LOST = Cause(Kind.FAULT, Reason.PATH_LOST)


class PathState(StrEnum):
    """How a path is, for people and for the choice."""

    UP = "up"
    MUTE = "mute"  # connected, and owes an answer for too long: perhaps half-open
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class PathFigures:
    """When a path is passed over, when it is taken again, and when it is lost; all in seconds.

    *silent_after_s* is its reporting time, *settle_s* how long it must be up without a break before
    it is preferred again, *mute_after_s* the longest wait for an answer before another is tried.
    """

    silent_after_s: float
    settle_s: float
    mute_after_s: float


class PathWatch:
    """Watches one path, from whether it is connected and whether what is sent is answered."""

    def __init__(
        self,
        name: str,
        figures: PathFigures,
        *,
        since: Moment,
        held: Iterable[tuple[Kind, str]] = (),
    ) -> None:
        self.name = name
        self.conditions = Conditions(Scope.PATH, name, held)
        self._figures = figures
        self._since = since.t
        self._was_up = False
        self._away_since: float | None = since.t  # None while connected
        self._owes_since: float | None = None
        self._steady_since = since.t

    def connection_is(self, t: float, *, up: bool) -> None:
        """It is connected, or not; may be told as often as is convenient."""
        if up == (self._away_since is None):
            return
        self._away_since = None if up else t
        self._owes_since = None
        if not up:
            return
        # At the start nothing has broken yet: the preferred path is taken as soon as it is there.
        first = not self._was_up and t - self._since <= self._figures.settle_s
        self._steady_since = t - self._figures.settle_s if first else t
        self._was_up = True

    def asked(self, t: float) -> None:
        """Something was sent that the other end must answer."""
        if self._owes_since is None and self._away_since is None:
            self._owes_since = t

    def answered(self, t: float) -> None:
        """Something came back, whatever it was."""
        if self.state(t) is PathState.MUTE:
            self._steady_since = t
        self._owes_since = None

    def state(self, t: float) -> PathState:
        """How it is at *t*."""
        if self._away_since is not None:
            return PathState.DOWN
        return PathState.MUTE if self._owed_s(t) > self._figures.mute_after_s else PathState.UP

    def is_steady(self, t: float) -> bool:
        """Whether it has been up without a break for long enough to be preferred again."""
        return self.state(t) is PathState.UP and t - self._steady_since >= self._figures.settle_s

    def tick(self, moment: Moment) -> list[Change]:
        """What follows from time alone; to be asked about once a second."""
        if self._is_lost(moment.t):
            return self.conditions.begin(_LOST, moment)
        return self.conditions.end(_LOST, moment) if self.state(moment.t) is PathState.UP else []

    def _is_lost(self, t: float) -> bool:
        silent_after_s = self._figures.silent_after_s
        if self._away_since is not None:
            return t - self._away_since > min(_AWAY_S, silent_after_s)
        return self._owed_s(t) > silent_after_s

    def _owed_s(self, t: float) -> float:
        return 0.0 if self._owes_since is None else t - self._owes_since


class Choice:
    """Takes the first path that is up; one that was left is taken again when it is steady."""

    def __init__(self, paths: Sequence[PathWatch]) -> None:
        self._paths = paths
        self._taken: PathWatch | None = None

    def take(self, t: float) -> PathWatch | None:
        """The path to take now, in the order of preference; None if none is connected."""
        live = [each for each in self._paths if each.state(t) is PathState.UP]
        if self._taken in live:
            preferred = self._paths[: self._paths.index(self._taken)]
            self._taken = next((each for each in preferred if each.is_steady(t)), self._taken)
        else:
            self._taken = live[0] if live else self._any_mute(t)
        return self._taken

    def _any_mute(self, t: float) -> PathWatch | None:
        mute = [each for each in self._paths if each.state(t) is PathState.MUTE]
        return self._taken if self._taken in mute else next(iter(mute), None)
