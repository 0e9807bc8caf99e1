"""Judges a point by its rule: when it raises fire, and when its wait is over."""

from typing import assert_never

from alerting.domain.confirmation import always, staffed, two_quantities, type_a, type_b, verification
from alerting.domain.confirmation.scene import Scene
from alerting.domain.model.point_in_fire import PointInFire
from alerting.domain.model.reasons import ConfirmationReason
from alerting.domain.model.rule import (
    Immediate,
    Rule,
    Staffed,
    TwoQuantities,
    TypeA,
    TypeB,
    TypeC,
    Verification,
)
from contract.times import Micros


def judge(point: PointInFire, scene: Scene) -> ConfirmationReason:
    """Return the reason that confirms *point*, which has just raised fire, or the reason to wait."""
    return confirms(point, scene) or type_b.waiting(point, scene)


def confirms(point: PointInFire, scene: Scene) -> ConfirmationReason | None:
    """Return the reason for which the signals so far confirm *point*; None if they do not."""
    if (why := always.confirms(point)) is not None:
        return why
    match point.rule:
        case Immediate():
            return ConfirmationReason.IMMEDIATE_ZONE
        case TypeA() as rule:
            return type_a.confirms(rule, point, scene)
        case TypeB() | TypeC() | Staffed():
            return type_b.confirms(point, scene)
        case TwoQuantities():
            return two_quantities.confirms(point, scene)
        case Verification() as rule:
            return verification.confirms(rule, point, scene)
        case _:
            assert_never(point.rule)


def at_the_end(point: PointInFire, scene: Scene) -> ConfirmationReason | None:
    """Return the reason for which the end of its wait confirms *point*; None if it does not."""
    match point.rule:
        case Verification() as rule:
            return verification.at_the_end(rule, point)
        case Staffed() as rule:
            return staffed.at_the_end(rule, point, scene)
        case TwoQuantities():
            return two_quantities.standing_together(point, scene)
        case Immediate() | TypeA() | TypeB() | TypeC():
            return type_b.standing_together(point, scene)
        case _:
            assert_never(point.rule)


def wait(rule: Rule) -> Micros:
    """Return how long after its fire signal a point is judged again, in microseconds."""
    match rule:
        case Immediate():
            return 0
        case Verification(retard=retard):
            return retard
        case Staffed(acknowledge=acknowledge):
            return acknowledge
        case TypeA() | TypeB() | TypeC() | TwoQuantities():
            return rule.window
        case _:
            assert_never(rule)


def next_look(point: PointInFire, scene: Scene) -> Micros | None:
    """Return when *point*, whose wait is over, is judged again; None to notify or clear it now."""
    match point.rule:
        case Immediate():
            return None
        case Verification() as rule:
            return verification.next_look(rule, point, scene.now)
        case Staffed() as rule:
            return staffed.next_look(rule, point, scene)
        case TypeA() | TypeB() | TypeC() | TwoQuantities() as rule:
            kept = point.raised[-1] + rule.hold
            return kept if not point.standing and kept > scene.now else None
        case _:
            assert_never(point.rule)
