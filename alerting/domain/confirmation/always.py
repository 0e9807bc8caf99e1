"""Before every rule: what is never delayed and depends on nothing (NFPA 72, EN 54-2)."""

from alerting.domain.model.events import Detector
from alerting.domain.model.fire import PointInFire
from alerting.domain.model.reasons import Why


def confirms(point: PointInFire) -> Why | None:
    """A manual call point or a water flow switch confirms at once, under every rule.

    So does a point whose rule needs another one, where none of those could speak: a rule that waits
    for the impossible is no rule.
    """
    if point.detector == Detector.MANUAL or "manual" in (point.quantity, *point.quantities):
        return Why.MANUAL_CALL_POINT
    if point.detector == Detector.FLOW:
        return Why.WATER_FLOW
    return Why.PARTNER_UNAVAILABLE if point.alone else None
