"""Chooses the points that go into fire in a training: two detectors of smoke in one zone."""

from collections.abc import Mapping

from registry.model.places import Point

POINTS = 2
"""Points of one zone, as the rules of most zones confirm a fire."""


def training_points(points: Mapping[str, Point]) -> list[Point]:
    """Return the points of a training among those of premises, by name; none where no zone has smoke."""
    by_zone: dict[str, list[Point]] = {}
    for name in sorted(points):
        if points[name].kind == "smoke":
            by_zone.setdefault(points[name].zone, []).append(points[name])
    fullest = max(by_zone.values(), key=len, default=[])
    return fullest[:POINTS]
