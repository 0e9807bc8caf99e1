"""Compares two registries: the rows that differ, and the points that are no longer registered."""

from dataclasses import dataclass

from registry.model.registry import TABLES, Registry
from registry.model.rows import Row


@dataclass(frozen=True, slots=True)
class RowChange:
    """A row that differs; *fields* are those that changed."""

    table: str
    key: str
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RegistryChanges:
    """The difference between two registries.

    *uncovered* lists the points ("premises/point") that were registered and no longer are: their fires
    would still be relayed, but as those of an unregistered point.
    """

    added: tuple[RowChange, ...]
    removed: tuple[RowChange, ...]
    changed: tuple[RowChange, ...]
    uncovered: tuple[str, ...]

    @property
    def nothing(self) -> bool:
        """Whether both registries say the same."""
        return not (self.added or self.removed or self.changed)


def difference(old: Registry, new: Registry) -> RegistryChanges:
    """Return what changes when *new* replaces *old*."""
    added: list[RowChange] = []
    removed: list[RowChange] = []
    changed: list[RowChange] = []
    for table in TABLES:
        before, after = _rows(old, table), _rows(new, table)
        added += [RowChange(table, key) for key in after if key not in before]
        removed += [RowChange(table, key) for key in before if key not in after]
        kept = [key for key in after if key in before]
        differing = {key: differing_fields(before[key], after[key]) for key in kept}
        changed += [RowChange(table, key, fields) for key, fields in differing.items() if fields]
    uncovered = tuple(each.key for each in removed if each.table == "points")
    return RegistryChanges(tuple(added), tuple(removed), tuple(changed), uncovered)


def _rows(registry: Registry, table: str) -> dict[str, Row]:
    return {row.key: row for row in getattr(registry, table)}


def differing_fields(before: Row, after: Row) -> tuple[str, ...]:
    """Return the names of the fields in which *after* differs from *before*."""
    if before == after:
        return ()
    old, new = before.model_dump(), after.model_dump()
    return tuple(name for name in new if old[name] != new[name])
