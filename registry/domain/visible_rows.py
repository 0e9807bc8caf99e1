"""The rows of a version that somebody may see, by their keys: decided by the outline of the version."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from registry.domain.encoded_records import PREMISES, SHARED_TABLES, RecordKey
from registry.domain.outline import RegistryOutline
from registry.domain.scope import RegistryReach, visible
from registry.model.records import LOCAL_TABLES
from registry.model.registry import TABLES


@dataclass(frozen=True, slots=True)
class VisibleRows:
    """The *premises* of which somebody may see all rows, and the keys of *shared* rows by table."""

    premises: frozenset[str]
    shared: Mapping[str, frozenset[str]]

    def has(self, key: RecordKey) -> bool:
        """Return whether the record *key* is among them."""
        return key.name in (self.premises if key.table == PREMISES else self.shared[key.table])

    def difference(self, other: "VisibleRows") -> Iterator[RecordKey]:
        """Yield the records that are among these or among those of *other* alone."""
        yield from (RecordKey(PREMISES, name) for name in self.premises ^ other.premises)
        for table, keys in self.shared.items():
            yield from (RecordKey(table, name) for name in keys ^ other.shared[table])


def all_rows(outline: RegistryOutline) -> VisibleRows:
    """Return all rows of *outline*."""
    shared = {table: frozenset(outline.shared.rows[table]) for table in SHARED_TABLES}
    return VisibleRows(frozenset(outline.places), shared)


def visible_rows(outline: RegistryOutline, reach: RegistryReach) -> VisibleRows:
    """Return the rows of *outline* that somebody with *reach* may see."""
    if reach.is_everywhere:
        return all_rows(outline)
    found = visible(outline.registry, reach)
    keys = {table: frozenset(each.key for each in getattr(found, table)) for table in SHARED_TABLES}
    return VisibleRows(frozenset(each.id for each in found.premises), keys)


def counted(outline: RegistryOutline, rows: VisibleRows) -> dict[str, int]:
    """Return the number of *rows* of *outline* in each table."""
    numbers = [outline.places[name].rows for name in rows.premises]
    sums = [sum(each) for each in zip(*numbers, strict=True)] or [0] * len(LOCAL_TABLES)
    local = dict(zip(LOCAL_TABLES, sums, strict=True))
    with_row = sum(outline.places[name].premises is not None for name in rows.premises)
    own = {PREMISES: with_row, **local, **{table: len(keys) for table, keys in rows.shared.items()}}
    return {table: own[table] for table in TABLES}
