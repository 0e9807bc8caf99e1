"""Staffed premises (positive alarm sequence): a person may look first, and not for long.

Modelled on NFPA 72: acknowledge within 15 s, investigate within 180 s; a second detector ends it.
"""

from alerting.domain.confirmation.scene import Scene
from alerting.domain.model.point_in_fire import PointInFire
from alerting.domain.model.reasons import ConfirmationReason
from alerting.domain.model.rule import Staffed
from contract.times import Micros


def at_the_end(rule: Staffed, point: PointInFire, scene: Scene) -> ConfirmationReason | None:
    """Return the reason if nobody took it in time, or who took it did not close it in time."""
    if not point.standing or scene.now < _until(rule, point, scene.taken_at):
        return None
    return (
        ConfirmationReason.INVESTIGATION_OVER
        if scene.taken_at is not None
        else ConfirmationReason.NOT_ACKNOWLEDGED_IN_TIME
    )


def next_look(rule: Staffed, point: PointInFire, scene: Scene) -> Micros | None:
    """Return the end of the time to investigate."""
    until = _until(rule, point, scene.taken_at)
    return until if point.standing and until > scene.now else None


def _until(rule: Staffed, point: PointInFire, taken_at: Micros | None) -> Micros:
    if taken_at is not None:
        return taken_at + rule.investigate
    return point.waits_from + rule.acknowledge
