"""The tree of areas, as far as rights need it: which areas hold premises, as of a day."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Validity:
    """Days from *since* on and before *until*; without an end on a side that has none."""

    since: date | None = None
    until: date | None = None

    def has(self, day: date) -> bool:
        """Return whether *day* is within it."""
        return (self.since is None or self.since <= day) and (self.until is None or day < self.until)


ALWAYS = Validity()
"""All days."""


@dataclass(frozen=True, slots=True)
class AreaNode:
    """An area, and the *parent* that holds it in *validity*."""

    id: str
    parent: str | None = None
    validity: Validity = ALWAYS


MOST_KEPT = 256
"""Sets of premises that are kept: one for each set of areas in which somebody has a role."""


AreasOfDay = Callable[[str, date], Iterable[str]]
"""Returns the areas for a name on a day; several where it cannot be told which one it is."""


class AreaTree:
    """The *areas*; *area_of* names the area of premises, None for those without or unregistered.

    *premises* are all that are registered. Where areas end and others succeed them, *units_of* names
    the areas that premises may belong to on a day, and *standing_for* those that stand for an area: who
    has a role in any of these has it there, so that nobody loses an alarm. *apart* are the premises
    whose areas depend on more than the one that they name.
    """

    def __init__(
        self,
        areas: Iterable[AreaNode],
        area_of: Callable[[str], str | None],
        *,
        premises: Collection[str] = (),
        units_of: AreasOfDay | None = None,
        standing_for: AreasOfDay | None = None,
        apart: Collection[str] = (),
    ) -> None:
        self._areas: dict[str, list[AreaNode]] = {}
        for each in areas:
            self._areas.setdefault(each.id, []).append(each)
        self._area_of = area_of
        self._premises = premises
        self._units_of = units_of or self._own_area
        self._apart = apart
        self._standing_for = standing_for or _itself
        self._below: dict[tuple[frozenset[str], date], frozenset[str]] = {}

    def below(self, areas: frozenset[str], day: date) -> frozenset[str]:
        """Return the registered premises that one of *areas* holds on *day*."""
        key = areas, day
        if key not in self._below:
            if len(self._below) >= MOST_KEPT:
                self._below.clear()
            self._below[key] = frozenset(self._held(areas, day))
        return self._below[key]

    def _held(self, areas: frozenset[str], day: date) -> Iterator[str]:
        """Yield the premises in *areas*: those that name one area are in the same, but the *apart*."""
        holds: dict[tuple[str | None, str | None], bool] = {}
        for each in self._premises:
            key = (None, each) if each in self._apart else (self._area_of(each), None)
            if key not in holds:
                holds[key] = any(above in areas for above in self.above(each, day))
            if holds[key]:
                yield each

    def has(self, area: str) -> bool:
        """Return whether *area* is registered."""
        return area in self._areas

    def has_premises(self, premises: str) -> bool:
        """Return whether *premises* are registered."""
        return premises in self._premises

    def areas_below(self, areas: frozenset[str], day: date) -> frozenset[str]:
        """Return those of *areas* that are registered, and all areas that these hold on *day*."""
        return frozenset(
            each for each in self._areas if any(above in areas for above in self._upwards((each,), day))
        )

    def above(self, premises: str, day: date) -> Iterator[str]:
        """Yield the areas that hold *premises* on *day*, the nearest first; a circle ends once round."""
        return self._upwards(self._units_of(premises, day), day)

    def above_area(self, area: str | None, day: date) -> Iterator[str]:
        """Yield the areas that are *area* on *day*, and those that hold them, the nearest first."""
        return self._upwards(() if area is None else self._standing_for(area, day), day)

    def _own_area(self, premises: str, _day: date) -> tuple[str, ...]:
        area = self._area_of(premises)
        return () if area is None else (area,)

    def _upwards(self, names: Iterable[str], day: date) -> Iterator[str]:
        seen, level = set[str](), self._valid(names, day)
        while level:
            for area in level:
                seen.add(area.id)
                yield area.id
            parents = [each.parent for each in level if each.parent is not None]
            above = dict.fromkeys(name for each in parents for name in self._standing_for(each, day))
            level = [each for each in self._valid(above, day) if each.id not in seen]

    def _valid(self, names: Iterable[str], day: date) -> list[AreaNode]:
        found = (self._node(each, day) for each in names)
        return [each for each in found if each is not None]

    def _node(self, name: str, day: date) -> AreaNode | None:
        return next((each for each in self._areas.get(name, ()) if each.validity.has(day)), None)


def _itself(area: str, _day: date) -> tuple[str, ...]:
    return (area,)


NO_AREAS = AreaTree((), lambda _: None)
"""The tree where nothing is registered."""
