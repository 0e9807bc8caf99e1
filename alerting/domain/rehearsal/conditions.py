"""Standing conditions of premises in memory, while a history is replayed."""

from collections import defaultdict
from collections.abc import Collection
from typing import NamedTuple

from alerting.domain.confirmation.subject import OutOfService
from alerting.domain.model.events import StoredSignal
from alerting.domain.model.signal_order import SignalOrder
from alerting.domain.watch.conditions import (
    OUT_OF_SERVICE_KINDS,
    ConditionId,
    FireSignalOfPoint,
    condition_id,
    out_of_service,
    restored_at,
)
from contract.messages import Edge, Kind, Scope
from contract.times import Micros

_NONE = OutOfService()


class _Noted(NamedTuple):
    """A signal with its place among those of its condition, computed once."""

    order: SignalOrder
    stored: StoredSignal


class StandingConditions:
    """The latest signal of each condition of all premises, by the signals that were noted."""

    def __init__(self) -> None:
        self._latest: dict[str, dict[ConditionId, _Noted]] = defaultdict(dict)
        self._out_of_service: dict[str, OutOfService] = {}
        # Of each point and epoch the fire signal with the highest number.
        self._fires: dict[tuple[str, str, str], dict[str, _Noted]] = defaultdict(dict)

    def note_signal(self, premises: str, stored: StoredSignal) -> None:
        """Keep *stored*; one that was overtaken, or that its gateway did not sign, changes nothing."""
        if stored.is_unverified:
            return
        key, latest = condition_id(premises, stored), self._latest[premises]
        noted, known = _Noted(stored.order, stored), latest.get(key)
        if stored.signal.kind is Kind.FIRE:
            self._note_fire(premises, noted)
        if known is not None and noted.order.precedes(known.order):
            return
        latest.pop(key, None)  # the order of the conditions is that of their latest signals
        latest[key] = noted
        if stored.signal.kind in OUT_OF_SERVICE_KINDS:
            self._out_of_service.pop(premises, None)

    def _note_fire(self, premises: str, noted: _Noted) -> None:
        stored = noted.stored
        by_epoch = self._fires[premises, stored.gateway, stored.signal.name]
        known = by_epoch.get(stored.epoch)
        if known is None or known.order.precedes(noted.order):
            by_epoch[stored.epoch] = noted

    def out_of_service(self, premises: str) -> OutOfService | None:
        """The points and gateways of *premises* that are out of service; None if there are none."""
        if premises not in self._out_of_service:
            raised = self._raised(premises, OUT_OF_SERVICE_KINDS)
            self._out_of_service[premises] = out_of_service(raised) if raised else _NONE
        found = self._out_of_service[premises]
        return None if found is _NONE else found

    def restored_since(self, premises: str, point: tuple[str, str], order: SignalOrder) -> Micros | None:
        """Return when *point*, a gateway and a name, was restored after its fire signal at *order*."""
        noted = self._fires.get((premises, *point), {}).values()
        return restored_at(
            FireSignalOfPoint(*each.order.times, each.stored.signal.edge)
            for each in noted
            if order.precedes(each.order)
        )

    def raised_signals(
        self, premises: str, *, kinds: Collection[Kind], since: Micros
    ) -> list[StoredSignal]:
        """The signals that raised the standing conditions of points, from *since* on, oldest first."""
        raised = self._raised(premises, kinds).items()
        return [each for key, each in raised if key.scope == Scope.POINT and each.happened_at >= since]

    def _raised(self, premises: str, kinds: Collection[Kind]) -> dict[ConditionId, StoredSignal]:
        return {
            key: stored
            for key, (_, stored) in self._latest[premises].items()
            if stored.signal.edge is Edge.RAISED and stored.signal.kind in kinds
        }
