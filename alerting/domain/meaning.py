"""What a signal is about, by the registry; what nobody registered has a meaning all the same."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from alerting.domain.events import Detector, Subject
from alerting.domain.figures import (
    Immediate,
    Rule,
    Staffed,
    TwoQuantities,
    TypeA,
    TypeB,
    TypeC,
    Verification,
)
from alerting.domain.incident import (
    LEVEL_EXHAUSTED,
    NOT_ACKNOWLEDGED,
    STILL_NOT_ACKNOWLEDGED,
    Site,
    Stage,
)
from contract.times import SECOND, Micros
from registry.domain.index import Index, Unregistered
from registry.model import Point, PointKind, Zone
from registry.model import Rule as Kind
from registry.people import COMMAND_CENTER, Policy

MINIMUM = (Stage(0, (COMMAND_CENTER,)),)
"""Who is told where the registry names nobody."""

NEED_A_PARTNER = (TypeB, TypeC, TwoQuantities)
"""The rules that nothing but another point can meet."""

DETECTORS = frozenset({PointKind.SMOKE, PointKind.HEAT, PointKind.LEVEL})
"""What may confirm another point; the rest needs no confirmation itself."""


def subject(index: Index, premises: str, *, gateway: str, name: str, window: Micros) -> Subject:
    """The point *name* of *gateway* at *premises*; *window* is that of a point that nobody registered.

    What another gateway reports by a registered name is another point, which nobody registered.
    """
    point = index.point(premises, name)
    if isinstance(point, Unregistered) or point.gateway != gateway:
        return Subject(None, "", "", None, TypeB(window, window))
    zone = index.zone(premises, point.zone)
    detector = Detector(point.kind.value)
    if isinstance(zone, Zone):
        return Subject(zone.id, zone.name, point.place, detector, rule_of(zone))
    return Subject(None, "", point.place, detector, TypeB(window, window))


def rule_of(zone: Zone) -> Rule:
    """How a fire in *zone* is confirmed."""

    def micros(name: str) -> Micros:
        return round(zone.figure(name) * SECOND)

    beside = zone.confirmed_with
    match zone.rule:
        case Kind.IMMEDIATE:
            return Immediate()
        case Kind.VERIFICATION:
            return Verification(micros("retard_s"), micros("confirm_s"), beside)
        case Kind.STAFFED:
            times = micros("acknowledge_s"), micros("investigate_s"), micros("window_s")
            return Staffed(*times, beside)
        case _:
            return _DEPENDENT[zone.rule](micros("window_s"), micros("hold_s"), beside)


_DEPENDENT: dict[Kind, type[TypeA | TypeB | TypeC | TwoQuantities]] = {
    Kind.TYPE_A: TypeA,
    Kind.TYPE_B: TypeB,
    Kind.TYPE_C: TypeC,
    Kind.TWO_QUANTITIES: TwoQuantities,
}


@dataclass(frozen=True, slots=True)
class Mute:
    """What cannot speak at a premises: *points*, by gateway and name, and all of *gateways*."""

    points: frozenset[tuple[str, str]] = frozenset()
    gateways: frozenset[str] = frozenset()

    def __contains__(self, point: Point) -> bool:
        return point.gateway in self.gateways or (point.gateway, point.id) in self.points


def alone(index: Index, premises: str, *, name: str, rule: Rule, mute: Mute) -> tuple[str, ...]:
    """The points that could confirm *name* by its *rule*, if none of them can speak; else nothing."""
    point = index.point(premises, name)
    if isinstance(point, Unregistered) or not isinstance(rule, NEED_A_PARTNER):
        return ()
    partners = [each for each in index.partners(point) if _can_confirm(each, point, rule)]
    if any(each not in mute for each in partners):
        return ()
    return tuple(each.id for each in partners)


def _can_confirm(other: Point, point: Point, rule: Rule) -> bool:
    if other.kind not in DETECTORS:
        return False
    return other.kind is not point.kind if isinstance(rule, TwoQuantities) else True


def site(index: Index, premises: str) -> Site:
    """*premises*, and who is told of a fire there."""
    place = index.premises(premises)
    if isinstance(place, Unregistered):
        return Site(premises, premises, "", MINIMUM, "unregistered_premises")
    policy = index.policy(premises)
    if isinstance(policy, Unregistered) or not policy.stages:
        return Site(premises, place.name, place.address, MINIMUM, "no_policy")
    levels = tuple(_levels(index, policy))
    repeat = round(levels[-1].repeat_s * SECOND)
    patience = round(policy.own_for_s * SECOND), round(policy.dispatched_for_s * SECOND)
    return Site(premises, place.name, place.address, _stages(levels), policy.id, repeat, *patience)


def _levels(index: Index, policy: Policy) -> Iterator[Policy]:
    """*policy* and the levels above it, each once."""
    seen: set[str] = set()
    level: Policy | Unregistered = policy
    while not isinstance(level, Unregistered) and level.id not in seen:
        seen.add(level.id)
        yield level
        level = index.policy_named(level.then or "")


def _stages(levels: Sequence[Policy]) -> tuple[Stage, ...]:
    """The stages of all levels in a row; each level's last one is told again before the next begins.

    The last level's is told again for ever, which is not for a list.
    """
    stages: list[Stage] = []
    for number, level in enumerate(levels):
        waited = round(levels[number - 1].repeat_s * SECOND)
        begin = stages[-1].after + waited if stages else 0
        for each in level.stages:
            is_first = number > 0 and each is level.stages[0]
            reason = LEVEL_EXHAUSTED if is_first else NOT_ACKNOWLEDGED
            stages.append(Stage(begin + round(each.after_s * SECOND), each.notify, reason))
        if level is not levels[-1]:
            stages += _repeated(stages[-1], level)
    return tuple(stages)


def _repeated(last: Stage, level: Policy) -> Iterator[Stage]:
    for turn in range(1, level.repeats + 1):
        after = last.after + turn * round(level.repeat_s * SECOND)
        yield Stage(after, last.notify, STILL_NOT_ACKNOWLEDGED)
