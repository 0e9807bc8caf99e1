"""The subject of a signal by the registry; an unregistered point has a meaning all the same."""

from dataclasses import dataclass
from typing import Literal, assert_never

from alerting.domain.model.events import DetectorKind, SignalSubject
from alerting.domain.model.override import Override
from alerting.domain.model.rule import (
    Immediate,
    Rule,
    Staffed,
    TwoQuantities,
    TypeA,
    TypeB,
    TypeC,
    Verification,
    needs_a_partner,
)
from contract.messages import Signal
from contract.recovered_fires import MALFORMED
from contract.times import SECOND, Micros
from registry.domain.index import Index, Unregistered
from registry.domain.rooms import DETECTORS
from registry.model.places import Point, Zone
from registry.model.rules import RuleKind


def subject(
    index: Index, premises: str, *, gateway: str, signal: Signal, window: Micros
) -> SignalSubject:
    """Return the point of *gateway* at *premises* that *signal* is about.

    *window* is that of an unregistered point. A registered name reported by another gateway is another,
    unregistered point. A malformed fire of such a point is confirmed at once: nobody can say which
    other point could confirm it.
    """
    point = index.point(premises, signal.name)
    if isinstance(point, Unregistered) or point.gateway != gateway:
        malformed = signal.reason == MALFORMED
        return SignalSubject(None, "", "", None, Immediate() if malformed else TypeB(window, window))
    zone = index.zone(premises, point.zone)
    detector = DetectorKind(point.kind.value)
    if isinstance(zone, Zone):
        building = zone.building or ""
        rule = rule_of(zone, is_alone=index.is_alone(point))
        return SignalSubject(zone.id, zone.name, point.place, detector, rule, building=building)
    return SignalSubject(None, "", point.place, detector, TypeB(window, window))


def rule_of(zone: Zone, *, is_alone: bool = False) -> Rule:
    """Return the rule that confirms a fire in *zone*, of a point that *is_alone* in its room or is not.

    A rule that the zone names holds for all its points; the default does not wait for what cannot come.
    """
    chosen = zone.rules[-1] if is_alone else zone.rules[0]

    def micros(name: str) -> Micros:
        return round(zone.figure(name, chosen) * SECOND)

    beside = zone.confirmed_with
    match chosen:
        case RuleKind.IMMEDIATE:
            return Immediate()
        case RuleKind.VERIFICATION:
            return Verification(micros("retard_s"), micros("confirm_s"), beside)
        case RuleKind.STAFFED:
            times = micros("acknowledge_s"), micros("investigate_s"), micros("window_s")
            return Staffed(*times, beside)
        case RuleKind.TYPE_A | RuleKind.TYPE_B | RuleKind.TYPE_C | RuleKind.TWO_QUANTITIES:
            return _dependent(chosen)(micros("window_s"), micros("hold_s"), beside)
        case _:
            assert_never(chosen)


_Dependent = Literal[RuleKind.TYPE_A, RuleKind.TYPE_B, RuleKind.TYPE_C, RuleKind.TWO_QUANTITIES]


def _dependent(kind: _Dependent) -> type[TypeA | TypeB | TypeC | TwoQuantities]:
    match kind:
        case RuleKind.TYPE_A:
            return TypeA
        case RuleKind.TYPE_B:
            return TypeB
        case RuleKind.TYPE_C:
            return TypeC
        case RuleKind.TWO_QUANTITIES:
            return TwoQuantities
        case _:
            assert_never(kind)


@dataclass(frozen=True, slots=True)
class OutOfService:
    """The points out of service at a premises: *points*, by gateway and name, and all of *gateways*.

    Points on test by *overrides* count too: their fires are no fires.
    """

    points: frozenset[tuple[str, str]] = frozenset()
    gateways: frozenset[str] = frozenset()
    overrides: tuple[Override, ...] = ()

    def __contains__(self, point: Point) -> bool:
        return (
            point.gateway in self.gateways
            or (point.gateway, point.id) in self.points
            or any(each.covers(point.id, point.zone, point.kind) for each in self.overrides)
        )


def unavailable_partners(
    index: Index, premises: str, *, name: str, rule: Rule, out_of_service: OutOfService
) -> tuple[str, ...]:
    """Return the points that could confirm *name* by its *rule* if all of them are out of service; else
    nothing.
    """
    point = index.point(premises, name)
    if isinstance(point, Unregistered) or not needs_a_partner(rule):
        return ()
    partners = [each for each in index.partners(point) if _can_confirm(each, point, rule)]
    if any(each not in out_of_service for each in partners):
        return ()
    return tuple(each.id for each in partners)


def _can_confirm(other: Point, point: Point, rule: Rule) -> bool:
    if other.kind not in DETECTORS:
        return False
    return other.kind is not point.kind if isinstance(rule, TwoQuantities) else True
