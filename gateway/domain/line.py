"""A line that is lost, silent or noisy is in fault: what hangs on it can no longer be heard."""

from collections import deque
from collections.abc import Iterable
from enum import StrEnum

from contract.messages import Kind, Scope
from gateway.domain.changes import Cause, Change, Conditions, Moment, Reason

_WINDOW_S = 60
"""Damage is judged over the last minute."""

_STEADY_S = 5.0
"""A connection that holds for so long is one; a server may accept and drop one after the other."""

_FEWEST_DAMAGED = 10
"""Less damage than this within the window says nothing, whatever its share."""


class LineState(StrEnum):
    """How a line is, for people and for the heartbeat."""

    UP = "up"
    LOST = "lost"
    SILENT = "silent"
    NOISY = "noisy"


_LOST = Cause(Kind.FAULT, Reason.LINE_LOST)
_SILENT = Cause(Kind.FAULT, Reason.LINE_SILENT)
_NOISY = Cause(Kind.FAULT, Reason.LINE_NOISY)


class LineWatch:
    """Watches one serial line, or one MQTT source, from what is heard there."""

    def __init__(
        self,
        name: str,
        *,
        silent_after_s: float,
        noisy_share: float,
        since: Moment,
        held: Iterable[tuple[Kind, str]] = (),
    ) -> None:
        self.name = name
        self.conditions = Conditions(Scope.LINE, name, held)
        self.sound = 0
        self.damaged = 0
        self._silent_after_s = silent_after_s
        self._noisy_share = noisy_share
        self._since = since
        self._heard_at = since
        self._settled = False
        self._holds: set[Cause] = set()
        self._back_since: float | None = None
        # At the start and at each tick: t, and how much was sound and damaged until then.
        self._minute = deque([(since.t, 0, 0)])

    @property
    def state(self) -> LineState:
        """The worst that holds."""
        for cause, state in (
            (_LOST, LineState.LOST),
            (_SILENT, LineState.SILENT),
            (_NOISY, LineState.NOISY),
        ):
            if cause in self._holds:
                return state
        return LineState.UP

    @property
    def heard_at(self) -> float:
        """Time at which a sound sentence was heard last, or the watch began."""
        return self._heard_at.t

    def heard(self, sound: int, damaged: int, moment: Moment) -> list[Change]:
        """Take note of *sound* and *damaged* sentences; only a sound one is a sign of life."""
        self.sound += sound
        self.damaged += damaged
        if not sound:
            return []
        self._heard_at = moment
        return self._end(_SILENT, moment) if _SILENT in self._holds else []

    def lost(self, moment: Moment) -> list[Change]:
        """Its port or broker is gone."""
        self._back_since = None
        return self._begin(_LOST, moment)

    def back(self, moment: Moment) -> None:
        """Its port or broker is there again; it counts as back if it stays so for a few seconds."""
        if self._back_since is None:
            self._back_since = moment.t

    def tick(self, moment: Moment) -> list[Change]:
        """What follows from time alone; to be asked about once a second."""
        changes: list[Change] = []
        if moment.t - self._heard_at.t > self._silent_after_s:
            changes += self._begin(_SILENT, moment)
        changes += self._noise(moment)
        if self._back_since is not None and moment.t - self._back_since >= _STEADY_S:
            changes += self._end(_LOST, moment)
        if not self._settled and not self._holds and moment.t - self._since.t > self._silent_after_s:
            self._settled = True
            changes += self.conditions.end_those_from_before(moment)
        return changes

    def _noise(self, moment: Moment) -> list[Change]:
        self._minute.append((moment.t, self.sound, self.damaged))
        while moment.t - self._minute[0][0] > _WINDOW_S:
            self._minute.popleft()
        _, sound, damaged = self._minute[0]
        sound, damaged = self.sound - sound, self.damaged - damaged
        share = damaged / max(1, sound + damaged)
        if damaged >= _FEWEST_DAMAGED and share >= self._noisy_share:
            return self._begin(_NOISY, moment)
        if damaged < _FEWEST_DAMAGED or share < self._noisy_share / 2:
            return self._end(_NOISY, moment)
        return []

    def _begin(self, cause: Cause, moment: Moment) -> list[Change]:
        self._holds.add(cause)
        return self.conditions.begin(cause, moment)

    def _end(self, cause: Cause, moment: Moment) -> list[Change]:
        self._holds.discard(cause)
        return self.conditions.end(cause, moment)
