"""The points of a fire, with what decisions ask of all of them kept up to date with each."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from heapq import nsmallest

import msgspec

from alerting.domain.model.growing_map import GrowingMap
from alerting.domain.model.point_in_fire import PointInFire
from contract.times import Micros

NAMED = 2
"""Points that a text names, at most."""

FEW = 16
"""Points that are changed one by one; where more of them change at once all are gone through, once."""


class PointsInFire(Mapping[str, PointInFire]):
    """Points by their keys, in the order in which they joined, as a value: a change makes a new one.

    *zones* and *gateways* count the points of each; *standing* those that are still in fire, *waiting*
    those that wait for confirmation. *due* is when the first of these waits ends. *foremost* are the
    keys of those that a message names before all others.
    """

    def __init__(
        self,
        by_key: GrowingMap[str, PointInFire],
        zones: GrowingMap[str, int],
        gateways: GrowingMap[str, int],
        *,
        standing: int,
        waiting: int,
        due: Micros | None,
        foremost: tuple[str, ...],
    ) -> None:
        self.by_key = by_key
        self.zones = zones
        self.gateways = gateways
        self.standing = standing
        self.waiting = waiting
        self.due = due
        self.foremost = foremost

    @classmethod
    def of(cls, points: Iterable[PointInFire] = ()) -> "PointsInFire":
        """Return *points* by their keys; the last of equal keys counts."""
        by_key = GrowingMap.of((point.key, point) for point in points)
        zones, gateways, standing, dues = dict[str, int](), dict[str, int](), 0, list[Micros]()
        for point in by_key.in_order():
            if point.zone is not None:
                zones[point.zone] = zones.get(point.zone, 0) + 1
            gateways[point.gateway] = gateways.get(point.gateway, 0) + 1
            standing += point.standing
            dues += () if point.due is None else (point.due,)
        return cls(
            by_key,
            GrowingMap.of(zones.items()),
            GrowingMap.of(gateways.items()),
            standing=standing,
            waiting=len(dues),
            due=min(dues, default=None),
            foremost=_foremost(by_key, by_key),
        )

    def having(self, point: PointInFire) -> "PointsInFire":
        """Return the points with *point*; a known one keeps its place."""
        known = self.by_key.get(point.key)
        by_key = self.by_key.having(point.key, point)
        if known is not None and (known.zone != point.zone or _weight(known) < _weight(point)):
            return PointsInFire.of(by_key.in_order())  # the registry changed meanwhile
        is_new = known is None
        waiting = self.waiting + _waits(point) - (known is not None and _waits(known))
        return PointsInFire(
            by_key,
            _counted(self.zones, point.zone) if is_new and point.zone is not None else self.zones,
            _counted(self.gateways, point.gateway) if is_new else self.gateways,
            standing=self.standing + point.standing - (known is not None and known.standing),
            waiting=waiting,
            due=self._due_with(by_key, known, point, waiting),
            foremost=_foremost(by_key, (*self.foremost, point.key)),
        )

    def _due_with(
        self,
        by_key: GrowingMap[str, PointInFire],
        known: PointInFire | None,
        point: PointInFire,
        waiting: int,
    ) -> Micros | None:
        """Return when the first wait ends; all are looked at only where the first one became longer."""
        if waiting == 0:
            return None
        dues = [each for each in (self.due, point.due) if each is not None]
        if known is None or known.due is None or known.due != self.due or point.due == min(dues):
            return min(dues)
        return min(each.due for each in by_key.in_order() if each.due is not None)

    def having_all(self, points: Iterable[PointInFire]) -> "PointsInFire":
        """Return the points with all of *points*."""
        changed = {point.key: point for point in points}
        if len(changed) > FEW:
            return PointsInFire.of((*self.in_order(), *changed.values()))
        after = self
        for point in changed.values():
            after = after.having(point)
        return after

    def notified(self) -> "PointsInFire":
        """Return the points, notified and no longer waiting."""
        return PointsInFire.of(notified(point) for point in self.by_key.in_order())

    def in_order(self) -> Iterator[PointInFire]:
        """Yield the points in the order in which they joined."""
        return self.by_key.in_order()

    def still_standing(self) -> Iterator[PointInFire]:
        """Yield the points that are still in fire."""
        return (point for point in self.by_key.in_order() if point.standing)

    @cached_property
    def own_first(self) -> tuple[PointInFire, ...]:
        """The points that joined in this incident, then those that stood before it: looked for once."""
        return tuple(sorted(self.by_key.in_order(), key=lambda point: point.carried))

    def __getitem__(self, key: str) -> PointInFire:
        return self.by_key[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.by_key)

    def __len__(self) -> int:
        return len(self.by_key)


def notified(point: PointInFire) -> PointInFire:
    """Return *point*, notified and no longer waiting; itself if it is so already."""
    if point.notified and point.due is None:
        return point
    return msgspec.structs.replace(point, due=None, notified=True)


def _foremost(by_key: GrowingMap[str, PointInFire], keys: Iterable[str]) -> tuple[str, ...]:
    """Return those of *keys* to name first: a pressed call point, as nothing is surer; last those that
    stood from before.
    """
    order = nsmallest(NAMED, {(*_weight(by_key[key]), by_key.place_of(key), key) for key in keys})
    return tuple(key for *_, key in order)


def _weight(point: PointInFire) -> tuple[bool, bool]:
    return point.carried, not point.is_call_point


def _waits(point: PointInFire) -> bool:
    return point.due is not None


def _counted(counts: GrowingMap[str, int], key: str) -> GrowingMap[str, int]:
    return counts.having(key, counts.get(key, 0) + 1)
