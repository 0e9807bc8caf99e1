"""The orders that take so much protection away that one person must not give them alone."""

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum

from alerting.domain.decisions.overrides import HOUR, OverrideOrder
from alerting.domain.model.incident import IncidentKind
from alerting.domain.model.override import OF_POINTS
from contract.times import Micros
from registry.model.places import Point, PointKind

LONGEST_SMALL: Micros = 8 * HOUR
"""The longest silence that one person orders: a shift, whose people know of it."""

MOST_POINTS = 10
"""Points in the largest silence that one person orders: a line that flaps, and not a building."""


class TwoPersons(StrEnum):
    """The reason why an order needs a second person."""

    NO_FIRE_ALARM = "no_fire_alarm"
    """A test or a drill: a real fire of its points would be taken for one."""
    PLANNED = "planned"
    """Maintenance: nobody hears of faults for days."""
    WHOLE_PREMISES = "whole_premises"
    CALL_POINTS = "call_points"
    MANY_POINTS = "many_points"
    LONG = "long"
    IN_A_ROW = "in_a_row"
    """It goes beyond what is permitted in a row."""


def why_two_persons(
    kind: IncidentKind, order: OverrideOrder, points: Mapping[str, Point]
) -> TwoPersons | None:
    """Return the first reason why *order* needs a second person; None where one is enough.

    *points* are those of the premises. A short silence of a few detectors is left to one person.
    """
    return next(iter(_reasons(kind, order, list(_covered(order, points)))), None)


def _reasons(kind: IncidentKind, order: OverrideOrder, covered: list[Point]) -> Iterator[TwoPersons]:
    if kind in OF_POINTS:
        yield TwoPersons.NO_FIRE_ALARM
    if kind is IncidentKind.MAINTENANCE:
        yield TwoPersons.PLANNED
    if order.extends:
        yield TwoPersons.IN_A_ROW
    if not (order.zones or order.points):
        yield TwoPersons.WHOLE_PREMISES
    if any(each.kind is PointKind.MANUAL for each in covered):
        yield TwoPersons.CALL_POINTS
    if len(covered) > MOST_POINTS:
        yield TwoPersons.MANY_POINTS
    if order.ends - order.begins > LONGEST_SMALL:
        yield TwoPersons.LONG


def _covered(order: OverrideOrder, points: Mapping[str, Point]) -> Iterable[Point]:
    for name, point in points.items():
        if name in order.points or point.zone in order.zones:
            yield point
