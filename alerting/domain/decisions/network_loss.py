"""Gathers gateways that are lost together into one incident of the network."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from alerting.domain.decisions.decision_context import CenterContext, apply_finding
from alerting.domain.decisions.premises_rules import PremisesRules
from alerting.domain.model.condition import Condition
from alerting.domain.model.events import TroubleFound
from alerting.domain.model.incident import IncidentKind
from alerting.domain.notification.network import TOGETHER, WITHIN, lost_gateway, network_site
from contract.ids import GatewayKey
from contract.messages import Edge
from contract.times import Micros

MANY = 100
"""Gateways lost lately that are looked at one by one, each with its premises."""


class GatewayChanges(NamedTuple):
    """The gateways that the center has just *lost*, and those that are *back*."""

    lost: Sequence[GatewayKey]
    back: Sequence[GatewayKey]


def follow_network_loss(
    context: CenterContext, rules: PremisesRules, changes: GatewayChanges
) -> Collection[GatewayKey]:
    """Open, widen or end the network's incident by *changes*; returns the gateways that it tells of.

    Those that were lost shortly before, one by one, join it too: that makes it count right.
    """
    if changes.back:
        back = [_condition(rules, each, context.now) for each in changes.back]
        _apply_together(context, back, Edge.RESTORED)
    joining = _joining(context, changes.lost)
    if not joining:
        return frozenset()
    _apply_together(context, [_condition(rules, *each) for each in joining.items()], Edge.RAISED)
    return frozenset(changes.lost)


def _joining(context: CenterContext, lost: Sequence[GatewayKey]) -> Mapping[GatewayKey, Micros]:
    """Return the gateways that join the network's incident, and since when; none if too few were lost.

    While it is open and many were lost lately, it has those before the *lost* ones already.
    """
    if not lost:
        return {}
    is_open = context.open_incident(network_site().id, IncidentKind.FAULT, "") is not None
    if is_open and len(lost) >= TOGETHER:
        return dict.fromkeys(lost, context.now)
    recent = context.gateways_lost_since(context.now - WITHIN)
    if is_open and len(recent) > MANY:
        return dict.fromkeys(lost, context.now)
    return recent if len(recent) >= TOGETHER else {}


def _condition(rules: PremisesRules, gateway: GatewayKey, since: Micros) -> Condition:
    name = rules.site(gateway.premises, IncidentKind.FAULT, since).name
    return lost_gateway(*gateway, name=name, since=since)


def _apply_together(context: CenterContext, conditions: Sequence[Condition], edge: Edge) -> None:
    first, *more = conditions
    apply_finding(context, TroubleFound(first, network_site(), edge, more=tuple(more)))
