"""The command tree on a day: the units responsible for an area, and those that command a unit."""

from collections.abc import Iterable, Iterator
from datetime import date

from registry.domain.area_history import AreaHistory
from registry.domain.resources import ResponsibleUnit, in_force
from registry.model.resources import AreaCoverage, Unit


class CommandTree:
    """The *units* and their *coverages* over the areas of *history*, each with days of its own.

    It is no part of the tree of areas: a team covers many communes, and a commune has several units.
    """

    def __init__(
        self, units: Iterable[Unit], coverages: Iterable[AreaCoverage], history: AreaHistory
    ) -> None:
        self._units = {each.id: each for each in units}
        self._coverages = tuple(coverages)
        self._history = history

    def responsible_units(self, area: str, day: date) -> list[ResponsibleUnit]:
        """Return the units that cover *area* on *day*, or an area that holds it: the nearest first.

        A coverage of an area that ended goes on for its successors until it ends itself, so that no
        commune is without a unit because its coverage was not written anew.
        """
        above = list(self._history.upwards(self._history.on_day(area, day).areas, day))
        places = {name: place for place, name in enumerate(above)}
        found: dict[str, tuple[int, ResponsibleUnit]] = {}
        for row in self._coverages:
            unit = self._units.get(row.unit)
            if unit is None or not in_force(row, day) or not in_force(unit, day):
                continue
            for covered in self._history.on_day(row.area, day).areas:
                place = places.get(covered)
                if place is not None and place < found.get(unit.id, (len(above),))[0]:
                    found[unit.id] = place, ResponsibleUnit(unit, covered)
        ordered = sorted(found.values(), key=lambda each: (each[0], each[1].unit.id))
        return [each for _, each in ordered]

    def chain_of_command(self, unit: str, day: date) -> Iterator[Unit]:
        """Yield the units in force on *day* that command *unit*, the nearest first.

        One that is not in force is passed over: who commanded it commands in its place.
        """
        seen, row = {unit}, self._units.get(unit)
        while row is not None and row.parent is not None and row.parent not in seen:
            seen.add(row.parent)
            row = self._units.get(row.parent)
            if row is not None and in_force(row, day):
                yield row
