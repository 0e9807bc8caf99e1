"""Gathers gateways that are lost together into one case of the network."""

from collections.abc import Collection, Sequence

from alerting.domain.model.events import TroubleFound
from alerting.domain.model.trouble import Condition
from alerting.domain.notification.network import TOGETHER, WITHIN, lost_gateway, network_site
from alerting.domain.watch.gateways import LOST
from alerting.engine.arrivals import OwnFinding
from alerting.engine.unit_of_work import UnitOfWork
from contract.messages import Edge
from contract.times import Micros
from registry.domain.index import Index, Unregistered

Gateway = tuple[str, str]
"""Premises and name."""


def follow_network(work: UnitOfWork, found: Sequence[OwnFinding], index: Index) -> frozenset[Gateway]:
    """Let what was *found* open, join or end the network's case; the gateways whose loss it tells.

    Those that were lost shortly before, one by one, join it too: that makes it count right.
    """
    back, lost = _of(found, Edge.RESTORED), _of(found, Edge.RAISED)
    if back:
        _happen(work, [_condition(index, each, work.now) for each in back], Edge.RESTORED)
    recent = work.store.conditions.lost_since(work.now - WITHIN) if lost else {}
    if len(recent) < TOGETHER:
        return frozenset()
    _happen(work, [_condition(index, *each) for each in recent.items()], Edge.RAISED)
    return frozenset(lost)


def _of(found: Collection[OwnFinding], edge: Edge) -> list[Gateway]:
    return [
        (each.premises, each.gateway)
        for each in found
        if each.finding.reason in LOST and each.finding.edge is edge
    ]


def _condition(index: Index, gateway: Gateway, since: Micros) -> Condition:
    place = index.premises(gateway[0])
    name = gateway[0] if isinstance(place, Unregistered) else place.name
    return lost_gateway(*gateway, name=name, since=since)


def _happen(work: UnitOfWork, conditions: Sequence[Condition], edge: Edge) -> None:
    first, *more = conditions
    work.find(TroubleFound(first, network_site(), edge, more=tuple(more)))
