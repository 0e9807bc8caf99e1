"""Standing conditions of premises: which of them put points out of service, and which have ended."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from alerting.domain.confirmation.subject import OutOfService
from alerting.domain.model.events import StoredSignal
from alerting.domain.watch.gateways import LOST
from contract.messages import Edge, Kind, Scope
from contract.times import Micros

OUT_OF_SERVICE_KINDS = frozenset({Kind.FAULT, Kind.DISABLED, Kind.TEST})
"""The conditions in which a point cannot confirm the fire of another one."""

LONGEST_REASON = 200
"""Characters of a reason that tell conditions apart."""


class ConditionId(NamedTuple):
    """The identity of a condition: its signals begin and end it."""

    premises: str
    gateway: str
    scope: str
    name: str
    kind: str
    reason: str


@dataclass(frozen=True, slots=True)
class StandingCondition:
    """A condition that holds: a fault, say, of a point, a line, a path or a gateway."""

    premises: str
    gateway: str
    scope: str
    name: str
    kind: str
    reason: str
    since: Micros
    value: float | None


class RaisedCondition(Protocol):
    """The part of a standing condition that decides what is out of service."""

    @property
    def gateway(self) -> str:
        """The gateway that reported the condition."""

    @property
    def scope(self) -> str:
        """The kind of thing that the condition is about."""

    @property
    def name(self) -> str:
        """The thing that the condition is about."""

    @property
    def reason(self) -> str:
        """The reason of the condition."""


class FireSignalOfPoint(NamedTuple):
    """A stored fire signal of a point: its edge, and when it happened and was committed."""

    happened_at: Micros
    committed_at: Micros
    edge: Edge


def condition_id(premises: str, stored: StoredSignal) -> ConditionId:
    """Return the condition that *stored* begins or ends."""
    signal = stored.signal
    reason = signal.reason[:LONGEST_REASON]
    return ConditionId(
        premises, stored.gateway, signal.scope.value, signal.name, signal.kind.value, reason
    )


def out_of_service(raised: Iterable[RaisedCondition]) -> OutOfService:
    """Return the points and gateways that the *raised* conditions of one premises put out of service.

    The conditions are of ``OUT_OF_SERVICE_KINDS``.
    """
    held = list(raised)
    points = ((each.gateway, each.name) for each in held if each.scope == Scope.POINT)
    lost = (each.gateway for each in held if each.scope == Scope.GATEWAY and each.reason in LOST)
    return OutOfService(frozenset(points), frozenset(lost))


def restored_at(later: Iterable[FireSignalOfPoint]) -> Micros | None:
    """Return when the latest of the *later* signals of a point restored it; None where it did not."""
    last = max(later, key=lambda each: (each.happened_at, each.committed_at), default=None)
    return last.happened_at if last is not None and last.edge == Edge.RESTORED else None
