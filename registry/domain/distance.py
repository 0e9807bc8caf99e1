"""The distance of two places on the ground, and the nearest ones of many."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from heapq import heappush, heappushpop
from math import asin, cos, radians, sin, sqrt
from typing import Generic, TypeVar

T = TypeVar("T")

EARTH_RADIUS_M = 6_371_008.8
"""Metres: the mean radius of the Earth (IUGG); distances are right to half a percent."""

METRES_OF_A_DEGREE = radians(1.0) * EARTH_RADIUS_M
"""Metres of one degree of latitude."""


@dataclass(frozen=True, slots=True)
class Coordinates:
    """A place in degrees of WGS 84."""

    lat: float
    lon: float


def distance_m(one: Coordinates, other: Coordinates) -> float:
    """Return the metres of the great circle between *one* and *other* (haversine)."""
    south, north = radians(one.lat), radians(other.lat)
    half_lat = sin((north - south) / 2)
    half_lon = sin(radians(other.lon - one.lon) / 2)
    square = half_lat * half_lat + cos(south) * cos(north) * half_lon * half_lon
    return 2 * EARTH_RADIUS_M * asin(sqrt(min(1.0, square)))


@dataclass(frozen=True, slots=True)
class Nearby(Generic[T]):
    """A thing, and its distance in m."""

    thing: T
    distance_m: float


class PlacesByLatitude(Generic[T]):
    """Things with coordinates in the order of latitude, of which the nearest are found from there.

    No place is nearer than its difference in latitude says, anywhere on the Earth: the search goes north
    and south from the asked place, and ends where that alone is further than what it has.
    """

    def __init__(self, placed: Iterable[tuple[Coordinates, T]]) -> None:
        self._placed = sorted(placed, key=lambda each: each[0].lat)
        self._latitudes = [each.lat for each, _ in self._placed]

    def nearest(
        self, at: Coordinates, count: int, *, wanted: Callable[[T], bool] = lambda _: True
    ) -> list[Nearby[T]]:
        """Return up to *count* things that are *wanted*, the nearest first."""
        found: list[tuple[float, int]] = []  # the furthest of the nearest first, as negative distances
        for index, apart_m in self._outwards(at):
            if len(found) == count and (not count or apart_m > -found[0][0]):
                break
            place, thing = self._placed[index]
            if wanted(thing):
                entry = -distance_m(at, place), -index
                heappush(found, entry) if len(found) < count else heappushpop(found, entry)
        return [Nearby(self._placed[-index][1], -away) for away, index in sorted(found, reverse=True)]

    def _outwards(self, at: Coordinates) -> Iterator[tuple[int, float]]:
        """Yield each index with its difference in latitude in m, the smallest first."""
        north = bisect_left(self._latitudes, at.lat)
        south = north - 1
        while south >= 0 or north < len(self._latitudes):
            below, above = self._apart_m(south, at), self._apart_m(north, at)
            if below <= above:
                yield south, below
                south -= 1
            else:
                yield north, above
                north += 1

    def _apart_m(self, index: int, at: Coordinates) -> float:
        if not 0 <= index < len(self._latitudes):
            return float("inf")
        return abs(self._latitudes[index] - at.lat) * METRES_OF_A_DEGREE
