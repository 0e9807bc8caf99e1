"""Alarm verification: a detector's first alarm must outlast a pause, or come again after it.

Modelled on NFPA 72: retard, reset and restart take up to 60 s, then a confirmation period of 60 s or
more. The center cannot reset a detector; a restoration within the pause has the same meaning.
"""

from alerting.domain.figures import Verification
from alerting.domain.incident import PointInFire
from alerting.domain.rules import type_b
from alerting.domain.rules.scene import Scene
from alerting.domain.why import Why
from contract.times import Micros


def confirms(rule: Verification, point: PointInFire, scene: Scene) -> Why | None:
    """It came again after the pause; or another point did, at any time."""
    over = point.waits_from + rule.retard
    if any(over <= again <= over + rule.confirm for again in point.raised):
        return Why.AGAIN_WHEN_VERIFIED
    return type_b.confirms(point, scene)


def at_the_end(point: PointInFire) -> Why | None:
    """The pause is over: it still stands."""
    return Why.STILL_STANDING_WHEN_VERIFIED if point.standing else None


def next_look(rule: Verification, point: PointInFire, now: Micros) -> Micros | None:
    """After the pause the confirmation period."""
    end = point.waits_from + rule.retard + rule.confirm
    return end if end > now else None
