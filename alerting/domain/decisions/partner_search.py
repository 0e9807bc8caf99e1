"""The search for partners: which suspicions wait for points that are out of service."""

from collections.abc import Iterator
from dataclasses import replace

from alerting.domain.confirmation.subject import OutOfService
from alerting.domain.decisions.decision_context import DecisionContext
from alerting.domain.decisions.premises_rules import PremisesRules
from alerting.domain.model.events import PartnersLost, SignalSubject, StoredSignal
from alerting.domain.model.fire import FireIncident
from alerting.domain.model.incident import IncidentKind
from alerting.domain.model.rule import needs_a_partner
from alerting.domain.notification.center import CENTER
from alerting.domain.watch.conditions import OUT_OF_SERVICE_KINDS
from alerting.domain.watch.gateways import LOST
from contract.messages import Edge, Scope


def takes_out_of_service(stored: StoredSignal) -> bool:
    """Return whether some point cannot confirm another one from this signal on.

    The center's own findings about gateways do not, unless it lost the gateway (``loses_gateway``).
    """
    signal = stored.signal
    is_of_gateway = stored.epoch == CENTER and signal.scope is not Scope.POINT
    return signal.kind in OUT_OF_SERVICE_KINDS and signal.edge is Edge.RAISED and not is_of_gateway


def loses_gateway(stored: StoredSignal) -> bool:
    """Return whether the center does not hear the signal's gateway any more."""
    signal = stored.signal
    return stored.epoch == CENTER and signal.edge is Edge.RAISED and signal.reason in LOST


def partners_of_subject(
    context: DecisionContext, rules: PremisesRules, premises: str, *, name: str, subject: SignalSubject
) -> tuple[str, ...]:
    """The partners of the point *name*, which raises fire now, if all of them are out of service."""
    if subject.detector is None or not needs_a_partner(subject.rule):
        return ()
    if (out_of_service := _out_of_service(context, premises)) is None:
        return ()
    return rules.unavailable_partners(premises, name, rule=subject.rule, out_of_service=out_of_service)


def search_partners(context: DecisionContext, rules: PremisesRules, premises: str) -> None:
    """Confirm suspicions of *premises* that wait only for points that are out of service.

    The points of a lost gateway are notified as unconfirmed instead: its loss is no evidence.
    """
    suspicions = [
        fire for fire in context.fires(premises) if fire.confirmed_at is None and not fire.is_unverified
    ]
    if not suspicions or (out_of_service := _out_of_service(context, premises)) is None:
        return
    for fire in suspicions:
        waiting = dict(_without_partners(rules, fire, out_of_service))
        context.apply_event(premises, fire, PartnersLost(waiting))


def _out_of_service(context: DecisionContext, premises: str) -> OutOfService | None:
    """The points that cannot confirm a fire now: by their conditions, or since they are on test."""
    by_conditions = context.out_of_service(premises)
    tests = tuple(
        each
        for each in context.overrides(premises)
        if each.kind is IncidentKind.TEST and each.holds_at(context.now)
    )
    return replace(by_conditions or OutOfService(), overrides=tests) if tests else by_conditions


def _without_partners(
    rules: PremisesRules, fire: FireIncident, out_of_service: OutOfService
) -> Iterator[tuple[str, tuple[str, ...]]]:
    for point in fire.points.in_order():
        if point.gateway not in out_of_service.gateways and point.detector is not None:
            names = rules.unavailable_partners(
                fire.site.id, point.name, rule=point.rule, out_of_service=out_of_service
            )
            if names:
                yield point.key, names
