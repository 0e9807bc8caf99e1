"""When a suspected fire is confirmed; one rule a function, each with its name."""

from collections.abc import Iterable
from enum import StrEnum

from alerting.domain.events import Detector, Subject
from alerting.domain.incident import PointInFire


class Why(StrEnum):
    """The rule that confirmed a fire, or why it waits."""

    MANUAL_CALL_POINT = "manual_call_point"
    WATER_FLOW = "water_flow"
    IMMEDIATE_ZONE = "immediate_zone"
    SECOND_POINT_IN_WINDOW = "second_point_in_window"
    SECOND_POINT_WHILE_FIRST_STANDS = "second_point_while_first_stands"
    FIRST_POINT_WAITING = "first_point_waiting"
    SAME_POINT_AGAIN = "same_point_again"
    OTHER_ZONE_WAITING = "other_zone_waiting"
    SECOND_POINT_OUT_OF_WINDOW = "second_point_out_of_window"


CONFIRMING = frozenset(
    {
        Why.MANUAL_CALL_POINT,
        Why.WATER_FLOW,
        Why.IMMEDIATE_ZONE,
        Why.SECOND_POINT_IN_WINDOW,
        Why.SECOND_POINT_WHILE_FIRST_STANDS,
    }
)
"""The reasons that make a fire confirmed; all others leave it suspected."""


def judge(point: PointInFire, subject: Subject, others: Iterable[PointInFire]) -> Why:
    """Whether *point*, which has just raised fire, confirms it; *others* are the incident's so far.

    Points of one name are no two points here: two gateways that hear one detector both report it, and
    the registry, which knows a name once at a premises, cannot say that they are different detectors.
    """
    if (alone := _alone(point, subject)) is not None:
        return alone
    distinct = [other for other in others if other.name != point.name]
    partners = [other for other in distinct if _are_two(point, other)]
    if any(in_window(point, other) for other in partners):
        return Why.SECOND_POINT_IN_WINDOW
    # Its window is over and the command center knows of it; a point that still stands in fire when a
    # second one joins is no coincidence that a window would have to exclude.
    if any(other.reported and other.standing for other in partners):
        return Why.SECOND_POINT_WHILE_FIRST_STANDS
    return _waiting(point, has_partners=bool(partners), has_others=bool(distinct))


def standing_together(
    over: Iterable[PointInFire], points: Iterable[PointInFire]
) -> tuple[PointInFire, PointInFire] | None:
    """A point of *over*, whose wait has ended, and another of *points* that both stand and confirm.

    Their signals may have come together long after both windows, so that neither found the other
    reported; that does not make two points that stand in fire a coincidence.
    """
    standing = [point for point in points if point.standing]
    pairs = ((one, other) for one in over if one.standing for other in standing)
    return next(((one, other) for one, other in pairs if _are_two(one, other)), None)


def _are_two(one: PointInFire, other: PointInFire) -> bool:
    return one.name != other.name and may_confirm(one, other)


def _alone(point: PointInFire, subject: Subject) -> Why | None:
    """The rule by which *point* needs no other."""
    if subject.detector is Detector.MANUAL or point.quantity == "manual":
        return Why.MANUAL_CALL_POINT
    if subject.detector is Detector.FLOW:
        return Why.WATER_FLOW
    return Why.IMMEDIATE_ZONE if subject.immediate else None


def _waiting(point: PointInFire, *, has_partners: bool, has_others: bool) -> Why:
    if has_partners:
        return Why.SECOND_POINT_OUT_OF_WINDOW
    if has_others:
        return Why.OTHER_ZONE_WAITING
    return Why.SAME_POINT_AGAIN if len(point.raised) > 1 else Why.FIRST_POINT_WAITING


def may_confirm(one: PointInFire, other: PointInFire) -> bool:
    """Whether two different points can confirm each other.

    They must be of one zone; a point whose zone nobody registered may be in any.
    """
    return one.zone is None or other.zone is None or one.zone == other.zone


def in_window(one: PointInFire, other: PointInFire) -> bool:
    """Whether both points raised fire within the window of each other."""
    window = max(one.window, other.window)
    return any(abs(a - b) <= window for a in one.raised for b in other.raised)
