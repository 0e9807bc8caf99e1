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

    PATH_LOST = "path_lost"

    CLOCK_JUMPED = "clock_jumped"
    OUTBOX_LOST = "outbox_lost"
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
"""Kinds of which several conditions stand side by side, one for each reason."""

_REASONS_OF_THEIR_OWN = frozenset(
    {
        # A call point confirms at once: on an address that smokes already, it must still be told.
        Reason.MANUAL_CALL,
        # Somebody must learn of these whatever else is wrong with the detector.
        Reason.TEST_LEFT_OVER,
        Reason.DISABLED_LEFT_OVER,
        Reason.RESTORED_TOO_SOON,
        # Two detectors that are taken for one look faulty in other ways too.
        Reason.DOUBLE_ADDRESS,
    }
)
"""Reasons that are a condition of their own beside another one of the same kind."""

BEFORE_RESTART = "before-restart"
"""The source of a cause that is only known from before a restart."""


@dataclass(slots=True)
class _Open:
    reason: str
    causes: set[Cause]


# Of ten thousand points nearly all have nothing open: they share this, which stays empty.
_NOTHING_OPEN: dict[Key, _Open] = {}


class Conditions:
    """What holds of one thing. A condition is raised once, and restored once when no cause is left.

    Both edges carry the reason that was first, so that they pair up however they are matched. A
    later cause of the same kind prolongs the condition and is not signalled again.
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
        self._add(cause)
        return [
            self._change(cause.kind, Edge.RAISED, cause.reason, moment, quantity=quantity, value=value)
        ]

    def end(
        self, cause: Cause, moment: Moment, *, quantity: str | None = None, value: float | None = None
    ) -> list[Change]:
        """*cause* holds no longer; does nothing if it did not."""
        condition = self._open.get(_key(cause))
        if condition is None or cause not in condition.causes:
            return []
        condition.causes.remove(cause)
        if condition.causes:
            return []
        del self._open[_key(cause)]
        return [
            self._change(
                cause.kind, Edge.RESTORED, condition.reason, moment, quantity=quantity, value=value
            )
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

    def _add(self, cause: Cause) -> None:
        if self._open is _NOTHING_OPEN:
            self._open = {}
        self._open[_key(cause)] = _Open(cause.reason, {cause})

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
    apart = cause.kind in _OF_THEIR_OWN or cause.reason in _REASONS_OF_THEIR_OWN
    return cause.kind, cause.reason if apart else ""
