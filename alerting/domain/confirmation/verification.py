"""Alarm verification: a detector's first alarm must outlast a pause, or come again after it.

Modelled on NFPA 72: retard, reset and restart take up to 60 s, then a confirmation period of 60 s or
more, in which any alarm confirms. The center cannot reset a detector; a restoration within the pause
has the same meaning. A fire flickers, steam passes once: what came again and stood for half of the pause
is no steam, even if it happens to be restored when the pause ends.
"""

from alerting.domain.confirmation import type_b
from alerting.domain.confirmation.scene import Scene
from alerting.domain.model.point_in_fire import PointInFire
from alerting.domain.model.reasons import ConfirmationReason
from alerting.domain.model.rule import Verification
from contract.times import Micros


def confirms(rule: Verification, point: PointInFire, scene: Scene) -> ConfirmationReason | None:
    """Return the reason if it came again after the pause, or another point did at any time."""
    over = point.waits_from + rule.retard
    if any(over <= again <= over + rule.confirm for again in point.raised):
        return ConfirmationReason.AGAIN_WHEN_VERIFIED
    return type_b.confirms(point, scene)


def at_the_end(rule: Verification, point: PointInFire) -> ConfirmationReason | None:
    """Return the reason if it stands after the pause, or flickered and stood for half of the pause in
    all.
    """
    if point.standing:
        return ConfirmationReason.STILL_STANDING_WHEN_VERIFIED
    came_again = any(point.waits_from < again for again in point.returns)
    return (
        ConfirmationReason.AGAIN_WHILE_VERIFIED
        if came_again and point.stood >= rule.retard // 2
        else None
    )


def next_look(rule: Verification, point: PointInFire, now: Micros) -> Micros | None:
    """Return the end of the confirmation period after the pause."""
    end = point.waits_from + rule.retard + rule.confirm
    return end if end > now else None
