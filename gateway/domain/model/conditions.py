"""Conditions that begin and end, and their changes."""

from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass
from typing import NamedTuple

from contract.messages import Edge, Kind, Scope
from gateway.domain.model.moment import Moment
from gateway.domain.model.reasons import SignalReason, sensed_quantity


@dataclass(frozen=True, slots=True)
class ConditionChange:
    """The beginning or end of a condition; *quantity* and *value* are its evidence."""

    kind: Kind
    edge: Edge
    scope: Scope
    name: str
    reason: str
    at: int
    quantity: str | None = None
    value: float | None = None


class ConditionCause(NamedTuple):
    """A cause of a condition; *source* tells independent causes apart."""

    kind: Kind
    reason: str
    source: str = ""


ConditionKey = tuple[Kind, str]

_OF_THEIR_OWN = frozenset({Kind.SUPERVISORY, Kind.TEST, Kind.DISABLED})
"""Kinds of which several conditions stand side by side, one for each reason; fires: see _SEEN_BY."""

_ALARMS = frozenset({Kind.FIRE, Kind.PREALARM})

_REASONS_OF_THEIR_OWN = frozenset(
    {
        # Somebody must learn of these whatever else is wrong with the detector.
        SignalReason.TEST_TOO_LONG,
        SignalReason.DISABLED_TOO_LONG,
        SignalReason.RESTORED_TOO_SOON,
        # Two detectors that are taken for one look faulty in other ways too.
        SignalReason.DUPLICATE_ADDRESS,
        # Once it has ended, the gateway can say nothing more at all.
        SignalReason.CERTIFICATE_ENDS,
        # It says what to set, where the line is noisy or silent because of it.
        SignalReason.WRONG_LINE_SETTINGS,
        # A panel has some fault for weeks: the loss of the panel itself must not hide behind it.
        SignalReason.PANEL_FAULT,
        SignalReason.PEER_CLOCK_OFF,
        SignalReason.WRONG_LINE_SETTINGS,
        # What is not understood may be a fire, whatever else is wrong with its source.
        SignalReason.UNREADABLE_MESSAGES,
    }
)
"""Reasons that are a condition of their own beside another one of the same kind."""

BEFORE_RESTART = "before-restart"
"""The source of a cause that is only known from before a restart."""


@dataclass(slots=True)
class _OpenCondition:
    """An open condition; one without causes waits for the other fires of its point to end."""

    reason: str
    causes: set[ConditionCause]
    quantity: str | None = None


# Of ten thousand points nearly all have nothing open: they share this, which stays empty.
_NOTHING_OPEN: dict[ConditionKey, _OpenCondition] = {}


class ConditionSet:
    """The open conditions of one thing: each is raised once, and restored when its last cause ends.

    Both edges carry the reason that was first, so that they pair up however they are matched. A
    later cause of the same kind prolongs the condition and is not signalled again.

    A fire is a condition for each quantity that sees it, so that a second quantity is reported. What one
    of them no longer sees is not over while another sees it: their restorations come together.
    """

    __slots__ = ("_open", "name", "scope")

    def __init__(self, scope: Scope, name: str, held: Iterable[tuple[Kind, str]] = ()) -> None:
        self.scope = scope
        self.name = name
        self._open: dict[ConditionKey, _OpenCondition] = _NOTHING_OPEN
        for kind, reason in held:
            self._add(ConditionCause(kind, reason, BEFORE_RESTART))

    def begin(
        self,
        cause: ConditionCause,
        moment: Moment,
        *,
        quantity: str | None = None,
        value: float | None = None,
    ) -> list[ConditionChange]:
        """Begin *cause*; return the changes."""
        condition = self._open.get(_key(cause))
        if condition is not None:
            condition.causes.add(cause)
            return []
        self._add(cause, quantity)
        return [
            self._change(cause.kind, Edge.RAISED, cause.reason, moment, quantity=quantity, value=value)
        ]

    def end(
        self,
        cause: ConditionCause,
        moment: Moment,
        *,
        quantity: str | None = None,
        value: float | None = None,
    ) -> list[ConditionChange]:
        """End *cause*; return the changes, none if it had not begun."""
        key = _key(cause)
        condition = self._open.get(key)
        if condition is None or cause not in condition.causes:
            return []
        condition.causes.remove(cause)
        if condition.causes or self._outlasted(key):
            return []
        del self._open[key]
        over = [
            self._change(
                cause.kind, Edge.RESTORED, condition.reason, moment, quantity=quantity, value=value
            )
        ]
        return [*over, *self._release(cause.kind, moment)]

    def raise_again(
        self, kind: Kind, source: str, moment: Moment, *, quantity: str, value: float | None
    ) -> list[ConditionChange]:
        """Return another signal of each condition of *kind* from *source*, with its first reason."""
        return [
            self._change(kind, Edge.RAISED, each.reason, moment, quantity=quantity, value=value)
            for (own, _), each in self._open.items()
            if own is kind and source in {cause.source for cause in each.causes}
        ]

    def end_from_before_restart(
        self, moment: Moment, *, but: Set[ConditionKey] = frozenset()
    ) -> list[ConditionChange]:
        """End all causes from before the restart that were not seen again, *but* for these."""
        return self._end_from_before_restart(moment, set(Kind), but=but)

    def end_alarms_from_before_restart(self, moment: Moment) -> list[ConditionChange]:
        """End the fires and pre-alarms from before the restart: their panel was reset."""
        return self._end_from_before_restart(moment, _ALARMS)

    def _end_from_before_restart(
        self, moment: Moment, kinds: Set[Kind], *, but: Set[ConditionKey] = frozenset()
    ) -> list[ConditionChange]:
        known = [
            cause
            for condition in list(self._open.values())
            for cause in list(condition.causes)
            if cause.source == BEFORE_RESTART
            and cause.kind in kinds
            and (cause.kind, cause.reason) not in but
        ]
        return [change for cause in known for change in self.end(cause, moment)]

    def has(self, kind: Kind) -> bool:
        """Return whether a condition of *kind* is open."""
        return any(open_kind is kind for open_kind, _ in self._open)

    def open_conditions(self) -> Iterator[tuple[Kind, str]]:
        """Yield kind and first reason of each open condition."""
        for (kind, _), condition in self._open.items():
            yield kind, condition.reason

    def __bool__(self) -> bool:
        return bool(self._open)

    def _add(self, cause: ConditionCause, quantity: str | None = None) -> None:
        if self._open is _NOTHING_OPEN:
            self._open = {}
        self._open[_key(cause)] = _OpenCondition(cause.reason, {cause}, quantity)

    def _outlasted(self, key: ConditionKey) -> bool:
        """Return whether the end of *key* waits for another fire of the same thing to end."""
        if key[0] is not Kind.FIRE or key == _PRESSED:
            return False
        return any(
            kind is Kind.FIRE and sensed != key[1] and other.causes
            for (kind, sensed), other in self._open.items()
        )

    def _release(self, kind: Kind, moment: Moment) -> list[ConditionChange]:
        """Restore the fires that waited for the last one to end."""
        if kind is not Kind.FIRE or any(self._open[key].causes for key in self._of(kind)):
            return []
        waiting = [self._open.pop(key) for key in self._of(kind)]
        return [
            self._change(kind, Edge.RESTORED, each.reason, moment, quantity=each.quantity, value=None)
            for each in waiting
        ]

    def _of(self, kind: Kind) -> list[ConditionKey]:
        return [key for key in self._open if key[0] is kind]

    def _change(
        self,
        kind: Kind,
        edge: Edge,
        reason: str,
        moment: Moment,
        *,
        quantity: str | None,
        value: float | None,
    ) -> ConditionChange:
        return ConditionChange(kind, edge, self.scope, self.name, reason, moment.at, quantity, value)


def _key(cause: ConditionCause) -> ConditionKey:
    if cause.kind is Kind.FIRE:
        return cause.kind, sensed_quantity(cause.reason)
    apart = cause.kind in _OF_THEIR_OWN or cause.reason in _REASONS_OF_THEIR_OWN
    return cause.kind, cause.reason if apart else ""


_PRESSED: ConditionKey = (Kind.FIRE, "manual")
"""A call point is restored on its own: pressed again, it must ring again."""
