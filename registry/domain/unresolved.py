"""Premises and areas of which it cannot be told where they belong on a day, for a person to correct."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from registry.domain.area_history import UnitOfDay, UnitReason
from registry.domain.distance import Coordinates, distance_m
from registry.domain.index import Index, Unregistered
from registry.model.areas import Area


@dataclass(frozen=True, slots=True)
class NearestCentre:
    """The *area* whose centre is nearest to premises, and the metres to it and to the *next* one.

    Centres are points and no borders: it is a suggestion for a person, and decides nothing.
    """

    area: str
    distance_m: float
    next_m: float


@dataclass(frozen=True, slots=True)
class Unresolved:
    """Premises, or an area with its parent, that may belong to each of several areas, or to none."""

    table: str
    id: str
    name: str
    unit: UnitOfDay
    suggestion: NearestCentre | None = None


def unresolved(index: Index, day: date) -> Iterator[Unresolved]:
    """Yield all that belongs to no decided area on *day*; premises that name none are left out."""
    yield from (each for each in _premises(index, day) if each.unit.reason is not UnitReason.NO_AREA)
    history = index.area_history
    for area in history.areas.values():
        if area.parent is not None and history.on_day(area.id, day).reason is UnitReason.OWN_AREA:
            unit = history.on_day(area.parent, day)
            if not unit.is_decided:
                at = _place(area.lat, area.lon)
                yield Unresolved("areas", area.id, area.name, unit, nearest_centre(index, unit, at))


def nearest_centre(index: Index, unit: UnitOfDay, at: Coordinates | None) -> NearestCentre | None:
    """Return the nearest centre of the areas of *unit* to *at*; None unless all are known."""
    areas = [index.area_history.areas[each] for each in unit.areas]
    centres = [(each.id, centre) for each in areas if (centre := _centre(each)) is not None]
    if at is None or len(centres) < max(2, len(areas)):
        return None
    first, second, *_ = sorted((distance_m(at, centre), name) for name, centre in centres)
    return NearestCentre(first[1], first[0], second[0])


def _premises(index: Index, day: date) -> Iterator[Unresolved]:
    for name in index.areas_of_premises():
        unit = index.unit_of(name, day)
        row = index.premises(name) if not unit.is_decided else None
        if row is not None and not isinstance(row, Unregistered):
            at = _place(row.lat, row.lon)
            yield Unresolved("premises", name, row.name, unit, nearest_centre(index, unit, at))


def _centre(area: Area) -> Coordinates | None:
    return _place(area.lat, area.lon)


def _place(lat: float | None, lon: float | None) -> Coordinates | None:
    return None if lat is None or lon is None else Coordinates(lat, lon)
