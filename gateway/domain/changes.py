"""Conditions that begin and end, and the changes that are reported of them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from contract.messages import Edge, Kind, Scope


class Reason(StrEnum):
    """Why a condition began: the word that stands in the signal, the log and the tests."""

    SMOKE_ABOVE_ALARM = "smoke_above_alarm"
    SMOKE_ABOVE_PREALARM = "smoke_above_prealarm"
    HEAT_ABOVE_ALARM = "heat_above_alarm"
    HEAT_RISING = "heat_rising"
    HEAT_ABOVE_PREALARM = "heat_above_prealarm"
    CO_ABOVE_ALARM = "co_above_alarm"
    CO_ABOVE_PREALARM = "co_above_prealarm"
    SIGNS_TOGETHER = "signs_together"
    MANUAL_CALL = "manual_call"
    DETECTOR_ALARM = "detector_alarm"
    HEAT_ALARM = "heat_alarm"
    CO_ALARM = "co_alarm"
    GAS_ALARM = "gas_alarm"
    RETAINED_ALARM = "retained_alarm"

    DETECTOR_FAULT = "detector_fault"
    NO_VALUE = "no_value"
    OUT_OF_RANGE = "out_of_range"
    RAILED = "railed"
    OFFSET = "offset"
    JUMPING = "jumping"
    STUCK = "stuck"
    NOISY = "noisy"
    DISAGREES = "disagrees"
    DIRTY = "dirty"
    SILENT = "silent"
    NEVER_HEARD = "never_heard"
    DOUBLE_ADDRESS = "double_address"
    UNAVAILABLE = "unavailable"

    DETECTOR_TAMPER = "detector_tamper"
    RESTORED_TOO_SOON = "restored_too_soon"
    DETECTOR_DISABLED = "detector_disabled"
    DISABLED_LEFT_OVER = "disabled_left_over"
    ON_TEST = "on_test"
    TEST_LEFT_OVER = "test_left_over"
    BATTERY_LOW = "battery_low"
    WATER_LEAK = "water_leak"
    CLEANING_DUE = "cleaning_due"
    UNKNOWN_POINT = "unknown_point"
    TOO_MANY_UNKNOWN = "too_many_unknown"

    LINE_LOST = "line_lost"
    LINE_NOISY = "line_noisy"
    LINE_SILENT = "line_silent"
    UNREADABLE_MESSAGES = "unreadable_messages"

    PATH_LOST = "path_lost"

    CLOCK_JUMPED = "clock_jumped"
    OUTBOX_LOST = "outbox_lost"
    RECEIPT_REFUSED = "receipt_refused"
    OUTBOX_REFUSED = "outbox_refused"
    UNRECEIPTED = "unreceipted"


class Moment(NamedTuple):
    """One moment on two clocks.

    *at*: microseconds since 1970 by the wall clock, which may be set; it goes into messages.
    *t*: seconds of a clock that only goes forward; all waiting and filtering is measured by it.
    """

    at: int
    t: float


@dataclass(frozen=True, slots=True)
class Change:
    """A condition of one thing began or ended; *quantity* and *value* are what it was seen by."""

    kind: Kind
    edge: Edge
    scope: Scope
    name: str
    reason: str
    at: int
    quantity: str | None = None
    value: float | None = None


class Cause(NamedTuple):
    """One ground for a condition; *source* tells apart grounds that hold independently."""

    kind: Kind
    reason: str
    source: str = ""


Key = tuple[Kind, str]

_OF_THEIR_OWN = frozenset({Kind.SUPERVISORY, Kind.TEST, Kind.DISABLED})
"""Kinds of which several conditions stand side by side, one for each reason; fires: see _SEEN_BY."""

_REASONS_OF_THEIR_OWN = frozenset(
    {
        # Somebody must learn of these whatever else is wrong with the detector.
        Reason.TEST_LEFT_OVER,
        Reason.DISABLED_LEFT_OVER,
        Reason.RESTORED_TOO_SOON,
        # Two detectors that are taken for one look faulty in other ways too.
        Reason.DOUBLE_ADDRESS,
        # What is not understood may be a fire, whatever else is wrong with its source.
        Reason.UNREADABLE_MESSAGES,
    }
)
"""Reasons that are a condition of their own beside another one of the same kind."""

BEFORE_RESTART = "before-restart"
"""The source of a cause that is only known from before a restart."""


# What each fire is seen by: fires by different quantities are told apart.
_SEEN_BY: dict[str, str] = {
    Reason.SMOKE_ABOVE_ALARM: "smoke",
    Reason.HEAT_ABOVE_ALARM: "temperature",
    Reason.HEAT_RISING: "temperature",
    Reason.CO_ABOVE_ALARM: "co",
    Reason.SIGNS_TOGETHER: "signs",
    # A call point confirms at once: on an address that smokes already, it must still be told.
    Reason.MANUAL_CALL: "manual",
    Reason.DETECTOR_ALARM: "alarm",
    Reason.HEAT_ALARM: "heat-alarm",
    Reason.CO_ALARM: "co-alarm",
    Reason.GAS_ALARM: "gas-alarm",
}


def seen_by(reason: str) -> str:
    """The quantity that a fire of *reason* is seen by."""
    return _SEEN_BY.get(reason, "")


@dataclass(slots=True)
class _Open:
    """A condition; one without causes waits for the other fires of its point to end."""

    reason: str
    causes: set[Cause]
    quantity: str | None = None


# Of ten thousand points nearly all have nothing open: they share this, which stays empty.
_NOTHING_OPEN: dict[Key, _Open] = {}


class Conditions:
    """What holds of one thing. A condition is raised once, and restored once when no cause is left.

    Both edges carry the reason that was first, so that they pair up however they are matched. A
    later cause of the same kind prolongs the condition and is not signalled again.

    A fire is a condition for each quantity that sees it, so that a second quantity is told. What one
    of them no longer sees is not over while another sees it: their restorations come together.
    """

    __slots__ = ("_open", "name", "scope")

    def __init__(self, scope: Scope, name: str, held: Iterable[tuple[Kind, str]] = ()) -> None:
        self.scope = scope
        self.name = name
        self._open: dict[Key, _Open] = _NOTHING_OPEN
        for kind, reason in held:
            self._add(Cause(kind, reason, BEFORE_RESTART))

    def begin(
        self, cause: Cause, moment: Moment, *, quantity: str | None = None, value: float | None = None
    ) -> list[Change]:
        """*cause* holds from now on."""
        condition = self._open.get(_key(cause))
        if condition is not None:
            condition.causes.add(cause)
            return []
        self._add(cause, quantity)
        return [
            self._change(cause.kind, Edge.RAISED, cause.reason, moment, quantity=quantity, value=value)
        ]

    def end(
        self, cause: Cause, moment: Moment, *, quantity: str | None = None, value: float | None = None
    ) -> list[Change]:
        """*cause* holds no longer; does nothing if it did not."""
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
    ) -> list[Change]:
        """Signal once more what holds of *kind* by *source*, with the reason that was first."""
        return [
            self._change(kind, Edge.RAISED, each.reason, moment, quantity=quantity, value=value)
            for (own, _), each in self._open.items()
            if own is kind and source in {cause.source for cause in each.causes}
        ]

    def end_those_from_before(self, moment: Moment) -> list[Change]:
        """Nothing of what held before the restart was seen again: it is over."""
        known = [
            cause
            for condition in list(self._open.values())
            for cause in list(condition.causes)
            if cause.source == BEFORE_RESTART
        ]
        return [change for cause in known for change in self.end(cause, moment)]

    def has(self, kind: Kind) -> bool:
        """Whether a condition of *kind* holds."""
        return any(open_kind is kind for open_kind, _ in self._open)

    def held(self) -> Iterator[tuple[Kind, str]]:
        """Kind and first reason of each condition that holds."""
        for (kind, _), condition in self._open.items():
            yield kind, condition.reason

    def __bool__(self) -> bool:
        return bool(self._open)

    def _add(self, cause: Cause, quantity: str | None = None) -> None:
        if self._open is _NOTHING_OPEN:
            self._open = {}
        self._open[_key(cause)] = _Open(cause.reason, {cause}, quantity)

    def _outlasted(self, key: Key) -> bool:
        """Return whether the end of *key* is held until another fire of the same thing ends too."""
        if key[0] is not Kind.FIRE or key == _PRESSED:
            return False
        return any(
            kind is Kind.FIRE and seen_by != key[1] and other.causes
            for (kind, seen_by), other in self._open.items()
        )

    def _release(self, kind: Kind, moment: Moment) -> list[Change]:
        """Restore the fires that waited for the last one to end."""
        if kind is not Kind.FIRE or any(self._open[key].causes for key in self._of(kind)):
            return []
        waiting = [self._open.pop(key) for key in self._of(kind)]
        return [
            self._change(kind, Edge.RESTORED, each.reason, moment, quantity=each.quantity, value=None)
            for each in waiting
        ]

    def _of(self, kind: Kind) -> list[Key]:
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
    ) -> Change:
        return Change(kind, edge, self.scope, self.name, reason, moment.at, quantity, value)


def _key(cause: Cause) -> Key:
    if cause.kind is Kind.FIRE:
        return cause.kind, seen_by(cause.reason)
    apart = cause.kind in _OF_THEIR_OWN or cause.reason in _REASONS_OF_THEIR_OWN
    return cause.kind, cause.reason if apart else ""


_PRESSED: Key = (Kind.FIRE, "manual")
"""A call point is restored on its own: pressed again, it must ring again."""
