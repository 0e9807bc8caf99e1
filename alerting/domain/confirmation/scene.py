"""The scene that a rule judges: a point in fire, and the others of its incident."""

from collections.abc import Iterator
from dataclasses import dataclass

from alerting.domain.model.point_in_fire import PointInFire
from alerting.domain.model.points_in_fire import PointsInFire
from alerting.domain.model.rule import Immediate
from contract.times import Micros


@dataclass(frozen=True, slots=True)
class Scene:
    """All *points* of an incident at the moment *now*; a person took it at *taken_at*, if any did."""

    points: PointsInFire
    now: Micros
    taken_at: Micros | None = None

    def others(self, point: PointInFire) -> Iterator[PointInFire]:
        """Yield the points that are surely not *point*.

        Points of one name do not count as two here: two gateways that receive one detector both report
        it, and the registry, which knows a name once at a premises, cannot tell them apart. Nor does the
        common alarm of a panel beside a point of that panel.
        """
        return (other for other in self.points.in_order() if not may_be_one(point, other))

    def partners(self, point: PointInFire) -> Iterator[PointInFire]:
        """Yield the other points that may confirm *point*, by its rule or by their own."""
        return (other for other in self.others(point) if may_confirm(point, other))


def may_be_one(one: PointInFire, other: PointInFire) -> bool:
    """Return whether one detector may have made both report fire."""
    if one.name == other.name:
        return True
    return one.gateway == other.gateway and (one.is_common or other.is_common)


def may_confirm(one: PointInFire, other: PointInFire) -> bool:
    """Return whether two different points can confirm each other.

    They must be of one zone, or of two that confirm each other; a point of an unregistered zone may be
    in any.
    """
    if one.zone is None or other.zone is None or one.zone == other.zone:
        return True
    return other.zone in _zones(one) or one.zone in _zones(other)


def in_window(one: PointInFire, other: PointInFire) -> bool:
    """Return whether both points raised fire within the window of each other."""
    window = max(_window(one), _window(other))
    return any(abs(a - b) <= window for a in one.raised for b in other.raised)


def _zones(point: PointInFire) -> tuple[str, ...]:
    return () if isinstance(point.rule, Immediate) else point.rule.zones


def _window(point: PointInFire) -> Micros:
    return 0 if isinstance(point.rule, Immediate) else point.rule.window
