"""Confirmations before every rule, never delayed and dependent on nothing (NFPA 72, EN 54-2)."""

from alerting.domain.model.events import DetectorKind
from alerting.domain.model.point_in_fire import PointInFire
from alerting.domain.model.reasons import ConfirmationReason


def confirms(point: PointInFire) -> ConfirmationReason | None:
    """Return the reason of a manual call point or water flow switch, which confirm under every rule.

    So does a point whose rule needs another one, where all of those are out of service: a rule that
    waits for the impossible is no rule.
    """
    if point.detector == DetectorKind.MANUAL or "manual" in (point.quantity, *point.quantities):
        return ConfirmationReason.MANUAL_CALL_POINT
    if point.detector == DetectorKind.FLOW:
        return ConfirmationReason.WATER_FLOW
    return ConfirmationReason.PARTNER_UNAVAILABLE if point.unavailable_partners else None
