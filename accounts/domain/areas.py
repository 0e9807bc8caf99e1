"""The tree of areas, as far as rights need it: which areas hold premises, as of a day."""

from collections.abc import Callable, Iterable, Iterator
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


class AreaTree:
    """The *areas*; *area_of* names the area of premises, None for those without or unregistered."""

    def __init__(self, areas: Iterable[AreaNode], area_of: Callable[[str], str | None]) -> None:
        self._areas: dict[str, list[AreaNode]] = {}
        for each in areas:
            self._areas.setdefault(each.id, []).append(each)
        self._area_of = area_of

    def above(self, premises: str, day: date) -> Iterator[str]:
        """Yield the areas that hold *premises* on *day*, the nearest first; a circle ends once round."""
        seen, area = set[str](), self._valid(self._area_of(premises), day)
        while area is not None and area.id not in seen:
            seen.add(area.id)
            yield area.id
            area = self._valid(area.parent, day)

    def _valid(self, name: str | None, day: date) -> AreaNode | None:
        return next((each for each in self._areas.get(name or "", ()) if each.validity.has(day)), None)


NO_AREAS = AreaTree((), lambda _: None)
"""The tree where nothing is registered."""
