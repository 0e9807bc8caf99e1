"""The rights of whoever works on drafts, and the drafts and rows that these reach."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from contract.times import Micros
from registry.domain.scope import SHARED, RegistryReach, RowSite, RowSites, is_within
from registry.drafts.domain.comparison import decoded_row, overlaid
from registry.drafts.domain.draft import Draft, DraftRow, DraftStep
from registry.model.places import Premises
from registry.model.registry import Registry
from registry.model.rows import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftAccess:
    """An *account*, whose *name* others read, and the places in which it may do what."""

    account: str
    name: str
    is_person: bool
    read: RegistryReach
    propose: RegistryReach
    write: RegistryReach
    approve: RegistryReach

    def step(self, now: Micros) -> DraftStep:
        """Return a step of this account."""
        return DraftStep(self.account, self.name, now)


def sites_of(registry: Registry, rows: Iterable[DraftRow]) -> dict[tuple[str, str], frozenset[RowSite]]:
    """Return the places of each of *rows*, as they are in *registry* and as the rows make them.

    Premises that move belong to both areas as a whole: a right in the premises alone moves nothing.
    """
    touched = list(rows)
    before, after = RowSites(registry), RowSites(overlaid(registry, touched))
    there = _rows_of(registry, {each.table for each in touched})
    return {
        (row.table, row.key): frozenset(
            _sites(there.get((row.table, row.key)), row, before=before, after=after)
        )
        for row in touched
    }


def _rows_of(registry: Registry, tables: Iterable[str]) -> dict[tuple[str, str], Row]:
    return {(table, row.key): row for table in tables for row in getattr(registry, table)}


def _sites(old: Row | None, row: DraftRow, *, before: RowSites, after: RowSites) -> Iterator[RowSite]:
    new = None if row.after is None else decoded_row(row.table, row.after)
    if old is not None:
        yield from before.of(row.table, old)
    if new is not None:
        yield from after.of(row.table, new)
    if old is None and new is None:
        yield SHARED  # it is gone by now, and nobody can say where it was
    if isinstance(old, Premises) and isinstance(new, Premises) and old.area != new.area:
        yield from (RowSite(area=old.area), RowSite(area=new.area))


def outside(registry: Registry, rows: Iterable[DraftRow], reach: RegistryReach) -> list[tuple[str, str]]:
    """Return the keys of those of *rows* that do not lie in *reach* altogether."""
    if reach.is_everywhere:
        return []
    return [
        key
        for key, sites in sites_of(registry, rows).items()
        if not all(is_within(site, reach) for site in sites)
    ]


def is_shown(draft: Draft, rows: list[DraftRow], registry: Registry, access: DraftAccess) -> bool:
    """Return whether *draft* is there for whoever has *access*.

    That is its author, and whoever could approve or apply it; and only where all of its rows are there.
    """
    if outside(registry, rows, access.read):
        return False
    if draft.account == access.account:
        return True
    return any(not outside(registry, rows, each) for each in (access.write, access.approve))
