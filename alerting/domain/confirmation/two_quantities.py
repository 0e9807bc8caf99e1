"""Two different quantities at one place: smoke alone may be steam, heat alone a stove."""

from alerting.domain.confirmation.scene import Scene, in_window
from alerting.domain.model.point_in_fire import PointInFire
from alerting.domain.model.reasons import ConfirmationReason


def confirms(point: PointInFire, scene: Scene) -> ConfirmationReason | None:
    """Return the reason if the point, or one beside it, reported another quantity in the window."""
    if len(_quantities(point)) > 1:
        return ConfirmationReason.SECOND_QUANTITY_IN_WINDOW
    others = (each for each in scene.partners(point) if _one_place(point, each))
    if any(_quantities(each) - _quantities(point) and in_window(point, each) for each in others):
        return ConfirmationReason.SECOND_QUANTITY_IN_WINDOW
    return None


def standing_together(point: PointInFire, scene: Scene) -> ConfirmationReason | None:
    """Return the reason if both quantities stand at the end of its wait."""
    others = (each for each in scene.partners(point) if _one_place(point, each) and each.standing)
    both = any(_quantities(each) - _quantities(point) for each in others)
    return ConfirmationReason.SECOND_POINT_WHILE_FIRST_STANDS if point.standing and both else None


def _quantities(point: PointInFire) -> set[str]:
    return {each for each in (point.quantity, *point.quantities) if each}


def _one_place(one: PointInFire, other: PointInFire) -> bool:
    """Return whether both places are the same, if the registry names them; else the zone is enough."""
    return not (one.place and other.place) or one.place == other.place
