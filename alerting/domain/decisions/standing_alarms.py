"""Begins and ends standing alarms: points that stand in fire while no open incident has them."""

from collections.abc import Iterable, Sequence

from alerting.domain.decisions.decision_context import CenterContext, apply_finding
from alerting.domain.decisions.premises_rules import PremisesRules
from alerting.domain.model.condition import Condition
from alerting.domain.model.events import TroubleFound
from alerting.domain.model.incident import Incident, IncidentKind, PremisesSnapshot
from alerting.domain.model.override import Override
from alerting.domain.watch import standing_alarm
from alerting.domain.watch.conditions import StandingCondition
from alerting.domain.watch.standing_alarm import UnattendedPoint, attended_points, is_standing_alarm
from contract.messages import Edge
from contract.times import Micros


def follow_standing_alarms(context: CenterContext, rules: PremisesRules, premises: str) -> None:
    """Begin and end the standing alarms of *premises*."""
    stands = unattended_points(context.standing_fires(premises))
    troubles = [each for each in context.troubles(premises) if is_standing_alarm(each)]
    found = standing_alarm.standing_alarm_changes(
        stands,
        attended=attended_points(context.fires(premises)),
        on_test=points_on_test(
            stands, context.overrides(premises), rules, premises=premises, now=context.now
        ),
        notified=[each for trouble in troubles for each in trouble.standing],
        now=context.now,
    )
    fault_policy = rules.site(premises, IncidentKind.FAULT, context.now)
    site = standing_alarm.standing_alarm_policy(fault_policy)
    for edge in Edge:
        _apply_together(context, site, [one for one, its in found if its is edge], edge)


def _apply_together(
    context: CenterContext, site: PremisesSnapshot, conditions: Sequence[Condition], edge: Edge
) -> None:
    """Apply all *conditions* at once: one message names all points that a closing left in alarm."""
    if conditions:
        first, *more = conditions
        found = TroubleFound(first, site, edge, part=standing_alarm.PART, more=tuple(more))
        apply_finding(context, found)


def unattended_points(fires: Iterable[StandingCondition]) -> list[UnattendedPoint]:
    """The points of which *fires* hold."""
    return [UnattendedPoint(each.gateway, each.name, each.since) for each in fires]


def points_on_test(
    stands: Iterable[UnattendedPoint],
    incidents: Sequence[Incident],
    rules: PremisesRules,
    *,
    premises: str,
    now: Micros,
) -> set[str]:
    """The keys of the points whose fires are a test by now, of which a tester is notified."""
    tests = [
        each
        for each in incidents
        if isinstance(each, Override) and each.kind is IncidentKind.TEST and each.holds_at(now)
    ]
    return {
        each.key
        for each in stands
        if any(rules.is_covered(premises, (each.gateway, each.name), test) for test in tests)
    }


def count_unattended(
    fires: Iterable[StandingCondition],
    incidents: Sequence[Incident],
    rules: PremisesRules,
    *,
    premises: str,
    now: Micros,
) -> int:
    """Return how many points stand in fire by *fires* that none of the open *incidents* is about."""
    stands = unattended_points(fires)
    if not stands:
        return 0
    on_test = points_on_test(stands, incidents, rules, premises=premises, now=now)
    return len({each.key for each in stands} - attended_points(incidents) - on_test)
