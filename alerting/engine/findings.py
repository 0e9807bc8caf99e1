"""Stores and follows what the center finds by itself: of gateways, of points, and of its own parts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from alerting.domain.decisions.decision_context import apply_finding
from alerting.domain.decisions.network_loss import GatewayChanges, follow_network_loss
from alerting.domain.model.condition import Condition
from alerting.domain.model.events import ClockSource, StoredSignal, TroubleFound
from alerting.domain.notification.center import CENTER, center_site
from alerting.domain.watch.gateways import LOST, TAMPERS, GatewayFinding, GatewayReason
from alerting.domain.watch.points import PointFinding
from alerting.engine.transactions import Transactions
from alerting.engine.unit_of_work import UnitOfWork
from contract.ids import GatewayKey, StreamKey
from contract.messages import Edge, Kind, Scope, Signal


@dataclass(frozen=True, slots=True)
class OwnFinding:
    """A finding of the center about a gateway, or about a point that is registered there."""

    premises: str
    gateway: str
    finding: GatewayFinding | PointFinding

    @property
    def gateway_key(self) -> GatewayKey:
        """The gateway that it is about."""
        return GatewayKey(self.premises, self.gateway)


class Findings:
    """Reports findings in *transactions*."""

    def __init__(self, transactions: Transactions) -> None:
        self._transactions = transactions

    async def report_findings(self, found: Sequence[OwnFinding], now: datetime) -> None:
        """Store what the center *found* of gateways, as signals of its own, and route them."""
        await self._transactions.run(lambda unit: _store_and_route(unit, found), now)

    async def report_conditions(
        self, conditions: Sequence[Condition], now: datetime, *, edge: Edge = Edge.RAISED
    ) -> None:
        """Notify the command center of *conditions* of the center itself, or that they are over."""

        def change(unit: UnitOfWork) -> None:
            for each in conditions:
                apply_finding(unit, TroubleFound(each, center_site(), edge))

        await self._transactions.run(change, now)


def _store_and_route(unit: UnitOfWork, found: Sequence[OwnFinding]) -> None:
    own = [(each.premises, signal) for each, signal in zip(found, _signals(unit, found), strict=True)]
    unit.store_signals(own)
    unit.load_premises({each.premises for each in found})
    router = unit.registry.router
    common = follow_network_loss(unit, router.rules, _gateway_changes(found))
    router.route_signals(unit, own, common=common)
    for each in found:
        if each.finding.reason is GatewayReason.ALARM_UNATTENDED:
            unit.check_standing_alarms(each.premises)


def _gateway_changes(found: Sequence[OwnFinding]) -> GatewayChanges:
    by_edge: dict[Edge, list[GatewayKey]] = {edge: [] for edge in Edge}
    for each in found:
        if each.finding.reason in LOST:
            by_edge[each.finding.edge].append(each.gateway_key)
    return GatewayChanges(lost=by_edge[Edge.RAISED], back=by_edge[Edge.RESTORED])


def _signals(unit: UnitOfWork, found: Sequence[OwnFinding]) -> list[StoredSignal]:
    """The signals about *found*, numbered after the center's last ones of each gateway."""
    last = dict[StreamKey, int]()
    signals: list[StoredSignal] = []
    for each in found:
        stream = StreamKey(each.premises, each.gateway, CENTER)
        last[stream] = last.get(stream, 0) or unit.store.last_number(stream)
        last[stream] += 1
        signals.append(_signal(unit, each, last[stream]))
    return signals


def _signal(unit: UnitOfWork, found: OwnFinding, seq: int) -> StoredSignal:
    finding = found.finding
    kind = Kind.TAMPER if finding.reason in TAMPERS else Kind.FAULT
    scope, name = Scope.GATEWAY, found.gateway
    if isinstance(finding, PointFinding):
        kind, scope, name = finding.deviation.kind, Scope.POINT, finding.deviation.point
    signal = Signal(
        seq=seq,
        kind=kind,
        edge=finding.edge,
        scope=scope,
        name=name,
        reason=str(finding.reason),
        value=finding.value,
        changed_at=unit.now,
        committed_at=unit.now,
    )
    return StoredSignal(found.gateway, CENTER, signal, unit.now, unit.now, ClockSource.GATEWAY)
