"""Gathers gateways that are lost together into one incident of the network."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from alerting.domain.decisions.decision_context import CenterContext, apply_finding
from alerting.domain.decisions.premises_rules import PremisesRules
from alerting.domain.model.condition import Condition
from alerting.domain.model.events import TroubleFound
from alerting.domain.model.incident import IncidentKind
from alerting.domain.model.trouble import Trouble
from alerting.domain.notification.network import TOGETHER, WITHIN, lost_gateway, network_site
from contract.ids import GatewayKey
from contract.messages import Edge
from contract.times import Micros


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
    recent = context.gateways_lost_since(context.now - WITHIN) if changes.lost else {}
    if len(recent) < TOGETHER:
        return frozenset()
    told = _told(context)
    if new := [_condition(rules, *each) for each in recent.items() if "/".join(each[0]) not in told]:
        _apply_together(context, new, Edge.RAISED)
    return frozenset(changes.lost)


def _told(context: CenterContext) -> frozenset[str]:
    """Return the gateways that the open incident of the network tells of."""
    site = network_site()
    trouble = context.open_incident(site.id, IncidentKind.FAULT, "")
    standing = trouble.standing if isinstance(trouble, Trouble) else ()
    return frozenset(each.gateway for each in standing)


def _condition(rules: PremisesRules, gateway: GatewayKey, since: Micros) -> Condition:
    name = rules.site(gateway.premises, IncidentKind.FAULT).name
    return lost_gateway(*gateway, name=name, since=since)


def _apply_together(context: CenterContext, conditions: Sequence[Condition], edge: Edge) -> None:
    first, *more = conditions
    apply_finding(context, TroubleFound(first, network_site(), edge, more=tuple(more)))
