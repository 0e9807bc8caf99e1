"""The premises and areas that each row of a registry belongs to, for whoever may see or change these."""

from collections import defaultdict
from collections.abc import Collection, Container, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from registry.domain.index import Index
from registry.domain.records import shared_tables
from registry.model.areas import Membership
from registry.model.contacts import Contact
from registry.model.duty_rules import DutyRule
from registry.model.places import Premises
from registry.model.procedures import ProcedureStep
from registry.model.registry import TABLES, Registry
from registry.model.resources import Means, Unit
from registry.model.rows import LocalRow, Row


@dataclass(frozen=True, slots=True)
class RowSite:
    """The place of a row: *premises* in an *area*, an area alone, or neither: all places share it."""

    premises: str | None = None
    area: str | None = None

    @property
    def is_shared(self) -> bool:
        """Whether the row belongs to no place: a policy, a template, a roster."""
        return self.premises is None and self.area is None


SHARED = RowSite()
"""The place of what all premises share."""

ONLY_SHARED = frozenset({SHARED})
"""The places of a row that all premises share."""

SHARED_TABLES = frozenset({"areas", "successions", "rosters", "policies", "templates", "duty_rules"})
"""Tables whose rows belong to no place, whatever they name."""


class RegistryReach(Protocol):
    """The places that somebody may see, or change."""

    @property
    def is_everywhere(self) -> bool:
        """Whether they are all places, and what these share."""

    @property
    def named(self) -> Collection[str] | None:
        """The registered premises among them; None where they are not known by name."""

    def has_premises(self, premises: str, area: str | None) -> bool:
        """Return whether *premises*, which lie in *area*, are one of them."""

    def has_area(self, area: str) -> bool:
        """Return whether all of *area* is."""


def is_within(site: RowSite, reach: RegistryReach) -> bool:
    """Return whether *site* is in *reach*."""
    if reach.is_everywhere:
        return True
    if site.premises is not None:
        return reach.has_premises(site.premises, site.area)
    return site.area is not None and reach.has_area(site.area)


class RowSites:
    """The places of the rows of *registry*, and of rows that are put into it."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._areas = {each.id: each.area for each in registry.premises}

    def of(self, table: str, row: Row) -> frozenset[RowSite]:
        """Return the places of *row* of *table*: one, or several where others name it."""
        if table in SHARED_TABLES:
            return ONLY_SHARED
        if isinstance(row, Contact):
            return frozenset(self._naming.get(row.id, ())) or ONLY_SHARED
        if isinstance(row, Membership):  # it moves the premises to an area
            return frozenset({self._premises(row.premises), RowSite(area=row.area)})
        return frozenset({self._one(row)})

    def _one(self, row: Row) -> RowSite:
        if isinstance(row, Premises):
            return RowSite(row.id, row.area)
        if isinstance(row, LocalRow):
            return self._premises(row.premises)
        return self._of_unit(row.unit) if isinstance(row, Means) else self._placed(row)

    def _placed(self, row: Row) -> RowSite:
        premises, area = getattr(row, "premises", None), getattr(row, "area", None)
        return RowSite(area=area) if premises is None else self._premises(premises)

    def _premises(self, name: str) -> RowSite:
        return RowSite(name, self._areas.get(name))

    def _of_unit(self, name: str) -> RowSite:
        unit = self._units.get(name)
        return SHARED if unit is None else self._placed(unit)

    @cached_property
    def _units(self) -> dict[str, Unit]:
        return {each.id: each for each in self._registry.units}

    @cached_property
    def _naming(self) -> dict[str, set[RowSite]]:
        """The places that name each contact."""
        found: dict[str, set[RowSite]] = defaultdict(set)
        for names, site in self._all_names():
            for name in names:
                found[name].add(site)
        return found

    def _all_names(self) -> Iterator[tuple[Iterable[str], RowSite]]:
        registry = self._registry
        yield from ((each.people, RowSite(each.id, each.area)) for each in registry.premises)
        yield from ((_people_of(each), RowSite(area=each.id)) for each in registry.areas)
        yield from ((each.contacts, self._placed(each)) for each in registry.units)
        for policy in registry.policies:
            yield from ((stage.notify, SHARED) for stage in policy.stages)
        for roster in registry.rosters:
            yield from ((shift.who, SHARED) for shift in roster.shifts)
            yield from ((exception.who, SHARED) for exception in roster.exceptions)


def _people_of(area: Row) -> Iterable[str]:
    """Return the contacts that *area* names: its team, and its commanders where it has any."""
    return (*getattr(area, "team", ()), *getattr(area, "people", ()))


def visible(registry: Registry, reach: RegistryReach) -> Registry:
    """Return the rows of *registry* that somebody with *reach* may see.

    These are the rows of their places; the areas above them with their teams; and what their premises
    use of what all share: policies and rosters. Templates are everybody's.
    """
    return registry if reach.is_everywhere else _Visible(registry, reach).rows()


_AREAS = ("area", "old", "new")
"""Fields of rows that name an area: of water, coverages, successions."""


class _Visible:
    def __init__(self, registry: Registry, reach: RegistryReach) -> None:
        self._registry = registry
        self._premises = {
            each.id: each for each in registry.premises if reach.has_premises(each.id, each.area)
        }
        own = {each.id for each in registry.areas if reach.has_area(each.id)}
        self._areas = own | set(self._above(own | {each.area or "" for each in self._premises.values()}))
        self._units = {each.id for each in registry.units if self._has_unit(each)}

    def _above(self, areas: set[str]) -> Iterator[str]:
        parents = {each.id: each.parent for each in self._registry.areas}
        for area in areas:
            name, seen = area or None, set[str]()
            while name is not None and name in parents and name not in seen:
                seen.add(name)
                yield name
                name = parents[name]

    def _has_unit(self, unit: Unit) -> bool:
        if unit.premises is not None:
            return unit.premises in self._premises
        covered = {each.area for each in self._registry.coverages if each.unit == unit.id}
        return unit.area in self._areas or not covered.isdisjoint(self._areas)

    def rows(self) -> Registry:
        tables: dict[str, Any] = {
            name: tuple(row for row in getattr(self._registry, name) if self._has(name, row))
            for name in TABLES
        }
        return Registry.model_construct(**tables)

    def _has(self, table: str, row: Row) -> bool:
        if isinstance(row, LocalRow):
            return row.premises in self._premises
        named = self._named.get(table)
        if named is not None:
            return row.id in named
        if isinstance(row, Means):
            return row.unit in self._units
        return table == "templates" or self._has_place(row)

    @cached_property
    def _named(self) -> dict[str, Container[str]]:
        return {
            "premises": self._premises,
            "areas": self._areas,
            "units": self._units,
            "contacts": self._contacts,
            "policies": self._policies,
            "rosters": self._rosters,
        }

    def _has_place(self, row: Row) -> bool:
        """Return whether *row* of another table is here: water, coverages, successions."""
        premises = getattr(row, "premises", None)
        if premises is not None:
            return premises in self._premises
        if isinstance(row, ProcedureStep):
            return True  # of a kind of premises, as templates
        if isinstance(row, DutyRule):
            return not row.group.areas or not self._areas.isdisjoint(row.group.areas)
        return not {getattr(row, each, None) for each in _AREAS}.isdisjoint(self._areas)

    @cached_property
    def _contacts(self) -> set[str]:
        units = (each.contacts for each in self._registry.units if each.id in self._units)
        areas = (_people_of(each) for each in self._registry.areas if each.id in self._areas)
        people = (each.people for each in self._premises.values())
        return {name for names in (*units, *areas, *people) for name in names}

    @cached_property
    def _policies(self) -> set[str]:
        index = Index(shared_tables(self._registry))  # a policy is looked up, no premises
        return {name for each in self._premises.values() for name in index.followed(each)}

    @cached_property
    def _rosters(self) -> set[str]:
        stages = (each.stages for each in self._registry.policies if each.id in self._policies)
        notified = {name for some in stages for stage in some for name in stage.notify}
        of_units = {each.roster for each in self._registry.units if each.id in self._units}
        of_means = {each.roster for each in self._registry.means if each.unit in self._units}
        return notified | {each for each in of_units | of_means if each is not None}
