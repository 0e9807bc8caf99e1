"""The rows that all premises share, by table and name; a change copies only the tables it touches."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from registry.domain.area_history import AreaHistory
from registry.domain.encoded_records import SHARED_TABLES
from registry.model.registry import Registry
from registry.model.rows import Row

_OF_AREAS = frozenset({"areas", "successions"})


@dataclass(frozen=True, slots=True)
class SharedTables:
    """The *registry* without premises, its rows by table and name, and the history of its areas."""

    registry: Registry
    rows: Mapping[str, Mapping[str, Any]]
    area_history: AreaHistory

    def changed(self, changes: Mapping[str, Mapping[str, Row | None]]) -> "SharedTables":
        """Return the tables in which the rows in *changes* are these, by table; None: they are gone."""
        if not changes:
            return self
        rows = {**self.rows, **{table: _changed(self.rows[table], changes[table]) for table in changes}}
        update = {table: tuple(rows[table].values()) for table in changes}
        registry = self.registry.model_copy(update=update)
        same = not _OF_AREAS & changes.keys()
        return SharedTables(registry, rows, self.area_history if same else _history(registry))


def shared_rows(registry: Registry) -> SharedTables:
    """Return the rows of *registry* that all premises share."""
    return tables_of(
        {table: {row.key: row for row in getattr(registry, table)} for table in SHARED_TABLES}
    )


def tables_of(rows: Mapping[str, Mapping[str, Row]]) -> SharedTables:
    """Return the tables with *rows*, by table and name."""
    only: dict[str, Any] = {table: tuple(rows.get(table, {}).values()) for table in SHARED_TABLES}
    registry = Registry.model_construct(**only)
    return SharedTables(
        registry, {table: rows.get(table, {}) for table in SHARED_TABLES}, _history(registry)
    )


def _changed(before: Mapping[str, Row], changes: Mapping[str, Row | None]) -> dict[str, Row]:
    found: dict[str, Any] = {**before, **changes}
    for name, row in changes.items():
        if row is None:
            del found[name]
    return found


def _history(registry: Registry) -> AreaHistory:
    return AreaHistory(registry.areas, registry.successions)
