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


class AreaTree:
    """The *areas*; *area_of* names the area of premises, None for those without or unregistered.

    *premises* are all that are registered.
    """

    def __init__(
        self,
        areas: Iterable[AreaNode],
        area_of: Callable[[str], str | None],
        *,
        premises: Collection[str] = (),
    ) -> None:
        self._areas: dict[str, list[AreaNode]] = {}
        for each in areas:
            self._areas.setdefault(each.id, []).append(each)
        self._area_of = area_of
        self._premises = premises
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
        holds: dict[str | None, bool] = {}
        for each in self._premises:
            area = self._area_of(each)
            if area not in holds:
                holds[area] = any(above in areas for above in self._upwards(area, day))
            if holds[area]:
                yield each

    def above(self, premises: str, day: date) -> Iterator[str]:
        """Yield the areas that hold *premises* on *day*, the nearest first; a circle ends once round."""
        return self._upwards(self._area_of(premises), day)

    def _upwards(self, name: str | None, day: date) -> Iterator[str]:
        seen, area = set[str](), self._valid(name, day)
        while area is not None and area.id not in seen:
            seen.add(area.id)
            yield area.id
            area = self._valid(area.parent, day)

    def _valid(self, name: str | None, day: date) -> AreaNode | None:
        return next((each for each in self._areas.get(name or "", ()) if each.validity.has(day)), None)


NO_AREAS = AreaTree((), lambda _: None)
"""The tree where nothing is registered."""
