"""Finds water, units and their means: those of premises, the nearest ones, and those responsible."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from registry.domain.distance import Coordinates, Nearby, PlacesByLatitude, distance_m
from registry.model.areas import Succession
from registry.model.registry import Registry
from registry.model.resources import AreaCoverage, Means, Unit, WaterSource


@dataclass(frozen=True, slots=True)
class ResponsibleUnit:
    """A unit that covers an *area* on the asked day."""

    unit: Unit
    area: str


class Resources:
    """The water, units, coverages and means of one registry, indexed once."""

    def __init__(self, shared: Registry) -> None:
        self._water_of: dict[str, list[WaterSource]] = defaultdict(list)
        for source in shared.water:
            if source.premises is not None:
                self._water_of[source.premises].append(source)
        public = (each for each in shared.water if each.premises is None and each.usable)
        self._public = PlacesByLatitude(_placed(public))
        self._units = {each.id: each for each in shared.units}
        self._stationed = PlacesByLatitude(_placed(shared.units))
        self._means: dict[str, list[Means]] = defaultdict(list)
        self._means_named = {each.id: each for each in shared.means}
        for means in shared.means:
            self._means[means.unit].append(means)
        self._coverages: dict[str, list[AreaCoverage]] = defaultdict(list)
        for coverage in shared.coverages:
            self._coverages[coverage.area].append(coverage)
        self._before: dict[str, list[Succession]] = defaultdict(list)
        for succession in shared.successions:
            self._before[succession.new].append(succession)

    def water_of(self, premises: str) -> Sequence[WaterSource]:
        """Return the sources on the ground of *premises*, also those that cannot be used."""
        return self._water_of.get(premises, ())

    def public_water(self, at: Coordinates, count: int) -> list[Nearby[WaterSource]]:
        """Return up to *count* usable public sources, the nearest to *at* first."""
        return self._public.nearest(at, count)

    def water_at_hand(
        self, premises: str, at: Coordinates | None, within_m: float
    ) -> tuple[WaterSource, ...]:
        """Return usable water of *premises*, and the nearest public one *within_m* of *at*."""
        own = (each for each in self.water_of(premises) if each.usable)
        near = [] if at is None else self.public_water(at, 1)
        return (*own, *(each.thing for each in near if each.distance_m <= within_m))

    def units_near(self, at: Coordinates, count: int, *, day: date, premises: str) -> list[Nearby[Unit]]:
        """Return up to *count* units in force on *day*, the nearest to *at* first.

        The team of other premises is not among them: it stays there.
        """
        return self._stationed.nearest(
            at,
            count,
            wanted=lambda unit: unit.premises in (None, premises) and in_force(unit, day),
        )

    def units_of(self, premises: str, day: date) -> Iterator[Unit]:
        """Yield the units of *premises* themselves that are in force on *day*."""
        return (
            each for each in self._units.values() if each.premises == premises and in_force(each, day)
        )

    def responsible(self, areas: Iterable[str], day: date) -> list[ResponsibleUnit]:
        """Return the units that cover one of *areas* on *day*, in the order of these; each once.

        A coverage of an area that ended goes on for its successors until it ends itself, so that no
        commune is without a unit because its coverage was not written anew.
        """
        found: dict[str, ResponsibleUnit] = {}
        for area in areas:
            for row in self._covering(area, day, {area}):
                unit = self._units.get(row.unit)
                if unit is not None and in_force(row, day) and in_force(unit, day):
                    found.setdefault(unit.id, ResponsibleUnit(unit, area))
        return list(found.values())

    def _covering(self, area: str, day: date, seen: set[str]) -> Iterator[AreaCoverage]:
        """Yield the coverages of *area*, and of those that it succeeded by *day*."""
        yield from self._coverages.get(area, ())
        for each in self._before.get(area, ()):
            if each.day <= day and each.old not in seen:
                seen.add(each.old)
                yield from self._covering(each.old, day, seen)

    def unit(self, name: str) -> Unit | None:
        """Return the unit *name*; None where there is none."""
        return self._units.get(name)

    def means(self, name: str) -> Means | None:
        """Return the means *name*; None where there is none."""
        return self._means_named.get(name)

    def means_of(self, unit: str) -> Sequence[Means]:
        """Return the means of *unit*, in whatever state."""
        return self._means.get(unit, ())


def in_force(row: Unit | AreaCoverage, day: date) -> bool:
    """Return whether *row* is in force on *day*: from its first day on, and before its end."""
    begun = row.valid_from is None or row.valid_from <= day
    return begun and (row.valid_to is None or day < row.valid_to)


def coordinates_of(lat: float | None, lon: float | None) -> Coordinates | None:
    """Return the place, where both degrees are known."""
    return None if lat is None or lon is None else Coordinates(lat, lon)


def distance_from(at: Coordinates | None, lat: float | None, lon: float | None) -> float | None:
    """Return the metres from *at*, where both places are known."""
    there = coordinates_of(lat, lon)
    return None if at is None or there is None else distance_m(at, there)


Placed = TypeVar("Placed", WaterSource, Unit)


def _placed(rows: Iterable[Placed]) -> Iterator[tuple[Coordinates, Placed]]:
    for row in rows:
        at = coordinates_of(row.lat, row.lon)
        if at is not None:
            yield at, row
