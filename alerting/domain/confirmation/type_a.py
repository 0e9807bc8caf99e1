"""Dependency type A: the same point again, or another of the zone."""

from alerting.domain.confirmation import type_b
from alerting.domain.confirmation.scene import Scene
from alerting.domain.model.point_in_fire import PointInFire
from alerting.domain.model.reasons import ConfirmationReason
from alerting.domain.model.rule import TypeA


def confirms(rule: TypeA, point: PointInFire, scene: Scene) -> ConfirmationReason | None:
    """Return the reason if the point was restored and raised again in the window, or another one did.

    A signal that merely repeats a standing fire, as a restarted gateway sends it, is not the point
    again.
    """
    for again in point.returns:
        before = [moment for moment in point.raised if moment < again]
        if before and again - max(before) <= rule.window:
            return ConfirmationReason.POINT_AGAIN_IN_WINDOW
    return type_b.confirms(point, scene)
