"""Report a line or source that is lost, silent or noisy as a fault."""

from collections import deque
from collections.abc import Iterable
from enum import StrEnum

from contract.messages import Kind, Scope
from gateway.domain.model.conditions import ConditionCause, ConditionChange, ConditionSet
from gateway.domain.model.moment import Moment
from gateway.domain.model.reasons import SignalReason

_WINDOW_S = 60
"""Damage is judged over the last minute."""

_STEADY_S = 5.0
"""A connection that holds for so long is one; a server may accept and drop one after the other."""

_SETTLED_S = 90.0
"""Conditions from before a restart end so long after it, where silence of the line means nothing."""

_FEWEST_DAMAGED = 10
"""Less damage than this within the window says nothing, whatever its share."""


class LineState(StrEnum):
    """The state of a line, for people and for the heartbeat."""

    UP = "up"
    LOST = "lost"
    SILENT = "silent"
    NOISY = "noisy"


_LOST = ConditionCause(Kind.FAULT, SignalReason.LINE_LOST)
_SILENT = ConditionCause(Kind.FAULT, SignalReason.LINE_SILENT)
_NOISY = ConditionCause(Kind.FAULT, SignalReason.LINE_NOISY)


class LineWatch:
    """Watches one serial line, or one MQTT source, by its sentences.

    *silent_after_s* is None where the other end has nothing to say while nothing happens.
    """

    def __init__(
        self,
        name: str,
        *,
        silent_after_s: float | None,
        noisy_share: float,
        since: Moment,
        held: Iterable[tuple[Kind, str]] = (),
    ) -> None:
        self.name = name
        self.conditions = ConditionSet(Scope.LINE, name, held)
        self.valid_sentences = 0
        self.damaged_sentences = 0
        self._silent_after_s = silent_after_s
        self._settles_after_s = _SETTLED_S if silent_after_s is None else silent_after_s
        self._noisy_share = noisy_share
        self._since = since
        self._heard_at = since
        self._settled = False
        self._holds: set[ConditionCause] = set()
        self._back_since: float | None = None
        # At the start and at each tick: t, and how much was sound and damaged until then.
        self._minute = deque([(since.t, 0, 0)])

    @property
    def state(self) -> LineState:
        """The worst state that applies."""
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
        """Time of the last valid sentence, or of the start of the watch."""
        return self._heard_at.t

    def count_sentences(self, sound: int, damaged: int, moment: Moment) -> list[ConditionChange]:
        """Count *sound* and *damaged* sentences; only a sound one is a sign of life."""
        self.valid_sentences += sound
        self.damaged_sentences += damaged
        if not sound:
            return []
        self._heard_at = moment
        return self._end(_SILENT, moment) if _SILENT in self._holds else []

    def set_lost(self, moment: Moment) -> list[ConditionChange]:
        """Begin the fault that the port or broker is gone."""
        self._back_since = None
        return self._begin(_LOST, moment)

    def set_back(self, moment: Moment) -> None:
        """Note that the port or broker is there again; the fault ends after a few steady seconds."""
        if self._back_since is None:
            self._back_since = moment.t

    def tick(self, moment: Moment) -> list[ConditionChange]:
        """Return the changes by time alone; call about once a second."""
        changes: list[ConditionChange] = []
        if self._silent_after_s is not None and moment.t - self._heard_at.t > self._silent_after_s:
            changes += self._begin(_SILENT, moment)
        changes += self._noise(moment)
        if self._back_since is not None and moment.t - self._back_since >= _STEADY_S:
            changes += self._end(_LOST, moment)
        if not self._settled and not self._holds and moment.t - self._since.t > self._settles_after_s:
            self._settled = True
            changes += self.conditions.end_from_before_restart(moment)
        return changes

    def _noise(self, moment: Moment) -> list[ConditionChange]:
        self._minute.append((moment.t, self.valid_sentences, self.damaged_sentences))
        while moment.t - self._minute[0][0] > _WINDOW_S:
            self._minute.popleft()
        _, sound, damaged = self._minute[0]
        sound, damaged = self.valid_sentences - sound, self.damaged_sentences - damaged
        share = damaged / max(1, sound + damaged)
        if damaged >= _FEWEST_DAMAGED and share >= self._noisy_share:
            return self._begin(_NOISY, moment)
        if damaged < _FEWEST_DAMAGED or share < self._noisy_share / 2:
            return self._end(_NOISY, moment)
        return []

    def _begin(self, cause: ConditionCause, moment: Moment) -> list[ConditionChange]:
        self._holds.add(cause)
        return self.conditions.begin(cause, moment)

    def _end(self, cause: ConditionCause, moment: Moment) -> list[ConditionChange]:
        self._holds.discard(cause)
        return self.conditions.end(cause, moment)
