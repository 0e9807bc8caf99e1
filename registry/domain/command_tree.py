"""The command tree on a day: the units responsible for an area, and those that command a unit."""

from collections.abc import Iterator
from datetime import date

from registry.domain.area_history import AreaHistory
from registry.domain.resources import Resources, ResponsibleUnit, in_force
from registry.model.registry import Registry
from registry.model.resources import Unit


class CommandTree:
    """The units of *shared* and their coverages over the areas of *history*, each with its own days.

    It is no part of the tree of areas: a team covers many communes, and a commune has several units.
    """

    def __init__(self, shared: Registry, history: AreaHistory) -> None:
        self._units = {each.id: each for each in shared.units}
        self._resources = Resources(shared)
        self._history = history

    def responsible_units(self, area: str, day: date) -> list[ResponsibleUnit]:
        """Return the units that cover *area* on *day*, or an area that holds it: the nearest first."""
        standing = self._history.on_day(area, day).areas
        return self._resources.responsible(self._history.upwards(standing, day), day)

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
