"""The parts of an incident that its webhooks and its HTTP answers share (docs/protocol.md, 7)."""

from collections.abc import Iterable
from itertools import chain, islice

from alerting.domain.model import condition as troubles
from alerting.domain.model import point_in_fire as fire
from alerting.domain.model.incident import Incident
from alerting.domain.model.override import Override
from alerting.domain.model.trouble import Trouble
from alerting.domain.watch.gateways import GatewayReason
from contract.incidents import Condition, PointInFire, Premises, TestSignal
from contract.messages import Scope
from words.people_text import shown

SHOWN = 20
"""Points, zones or conditions that a message or a list shows, the first ones; it counts the rest, so
that its size does not grow with the incident."""

LONGEST_TEXT = 200
"""Letters of a gateway's own reason that a message or a list repeats."""

LONGEST_QUANTITY = 63
"""Letters of the name of a quantity that a message or a list repeats."""

_OWN_REASONS = frozenset(each.value for each in GatewayReason)

SIGNALS_SHOWN = 50
"""Signals of a test that a message lists: the latest; the timeline has all of them."""


def premises(incident: Incident) -> Premises:
    """Return the premises of *incident*."""
    site = incident.site
    return Premises(id=site.id, name=shown(site.name), address=shown(site.address))


def left_out(total: int, most: int | None = SHOWN) -> int:
    """Return how many of *total* are left out where up to *most* are shown; None shows all."""
    return 0 if most is None else max(0, total - most)


def points(points: Iterable[fire.PointInFire], most: int | None = SHOWN) -> list[PointInFire]:
    """Return the first of *points*, up to *most* of them; None for all."""
    return [
        PointInFire(
            gateway=point.gateway,
            name=point.name,
            zone=point.zone,
            kind="fire",
            quantity=None if point.quantity is None else point.quantity[:LONGEST_QUANTITY],
            value=point.value,
            changed_at=point.changed_at,
            restored_at=point.restored_at,
        )
        for point in islice(points, most)
    ]


def conditions(trouble: Trouble, most: int | None = SHOWN) -> list[Condition]:
    """Return what was out of order since *trouble* was opened, up to *most* conditions; None for all.

    Those of whole gateways come first, of which the center's own reports lead; then those that still
    stand come before the others. So one that explains thousands of others is not among the left out.
    """
    return [
        Condition(
            gateway=each.gateway,
            scope=each.scope,
            name=each.name,
            kind=each.kind,
            reason=each.reason[:LONGEST_TEXT],
            since=each.since,
            value=each.value,
            restored_at=each.restored_at,
        )
        for each in islice(_standing_first(trouble), most)
    ]


def _standing_first(trouble: Trouble) -> Iterable[troubles.Condition]:
    conditions = trouble.conditions
    reported = (each for each in conditions.standing_of_gateways() if each.reason in _OWN_REASONS)
    said = (each for each in conditions.standing_of_gateways() if each.reason not in _OWN_REASONS)
    others = (each for each in conditions.still_standing() if each.scope != Scope.GATEWAY)
    over = (each for each in conditions.in_order() if not each.standing)
    return chain(reported, said, others, over)


def signals(override: Override) -> list[TestSignal]:
    """Return the latest signals of the points on test."""
    return [
        TestSignal(name=each.name, kind=each.kind, edge=each.edge, at=each.at)
        for each in override.signals[-SIGNALS_SHOWN:]
    ]
