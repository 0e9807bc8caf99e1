"""The parts of an incident that its webhooks and its HTTP answers share (docs/protocol.md, 7)."""

from alerting.domain.model.fire import FireIncident
from alerting.domain.model.incident import Incident
from alerting.domain.model.override import Override
from alerting.domain.model.trouble import Trouble
from contract.incidents import Condition, PointInFire, Premises, TestSignal

SIGNALS_SHOWN = 50
"""Signals of a test that a message lists: the latest; the timeline has all of them."""


def premises(incident: Incident) -> Premises:
    """Return the premises of *incident*."""
    site = incident.site
    return Premises(id=site.id, name=site.name, address=site.address)


def points(incident: FireIncident) -> list[PointInFire]:
    """Return the points that reported fire, in the order in which they joined."""
    return [
        PointInFire(
            gateway=point.gateway,
            name=point.name,
            zone=point.zone,
            kind="fire",
            quantity=point.quantity,
            value=point.value,
            changed_at=point.changed_at,
            restored_at=point.restored_at,
        )
        for point in incident.points.values()
    ]


def conditions(trouble: Trouble) -> list[Condition]:
    """Return all that was out of order since *trouble* was opened."""
    return [
        Condition(
            gateway=each.gateway,
            scope=each.scope,
            name=each.name,
            kind=each.kind,
            reason=each.reason,
            since=each.since,
            value=each.value,
            restored_at=each.restored_at,
        )
        for each in trouble.conditions.values()
    ]


def signals(override: Override) -> list[TestSignal]:
    """Return the latest signals of the points on test."""
    return [
        TestSignal(name=each.name, kind=each.kind, edge=each.edge, at=each.at)
        for each in override.signals[-SIGNALS_SHOWN:]
    ]
