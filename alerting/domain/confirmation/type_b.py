"""Dependency type B: another point confirms. Type C differs only in who is notified of the suspicion."""

from alerting.domain.confirmation.scene import Scene, in_window
from alerting.domain.model.point_in_fire import PointInFire
from alerting.domain.model.reasons import ConfirmationReason


def confirms(point: PointInFire, scene: Scene) -> ConfirmationReason | None:
    """Return the reason if another point is within the window, or still stands after it was notified."""
    partners = list(scene.partners(point))
    if any(in_window(point, other) for other in partners):
        return ConfirmationReason.SECOND_POINT_IN_WINDOW
    # Its window is over and the command center knows of it; a point that still stands in fire when a
    # second one joins is no coincidence that a window would have to exclude.
    if any(other.notified and other.standing for other in partners):
        return ConfirmationReason.SECOND_POINT_WHILE_FIRST_STANDS
    return None


def waiting(point: PointInFire, scene: Scene) -> ConfirmationReason:
    """Return the reason to wait."""
    if any(scene.partners(point)):
        return ConfirmationReason.SECOND_POINT_OUT_OF_WINDOW
    if any(scene.others(point)):
        return ConfirmationReason.OTHER_ZONE_WAITING
    return (
        ConfirmationReason.SAME_POINT_AGAIN
        if len(point.raised) > 1
        else ConfirmationReason.FIRST_POINT_WAITING
    )


def standing_together(point: PointInFire, scene: Scene) -> ConfirmationReason | None:
    """Return the reason if *point* and another stand at the end of its wait and may confirm each other.

    Their signals may have come together long after both windows, so that neither found the other
    notified; that does not make two points that stand in fire a coincidence.
    """
    if point.standing and any(other.standing for other in scene.partners(point)):
        return ConfirmationReason.SECOND_POINT_WHILE_FIRST_STANDS
    return None
