"""A change of the registry: the rows that it puts, and the keys of those that it removes, by table."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from registry.model.registry import TABLES, Registry
from registry.model.rows import LocalRow, Row


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """Rows to *put*, new ones or in place of those with their keys, and keys to *remove*, by table.

    The key of a row of premises is its premises and its id ("market/smoke-01").
    """

    put: Mapping[str, tuple[Row, ...]] = field(default_factory=dict)
    remove: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def faults(self) -> list[str]:
        """Return a sentence for each mistake in the change set itself."""
        return [*self._unknown_tables(), *self._wrong_rows(), *self._contradictions()]

    def applied_to(self, registry: Registry) -> Registry:
        """Return *registry* with the change made in it; its rows keep their order, new ones follow."""
        tables: dict[str, Any] = {
            table: self._rows(table, getattr(registry, table)) for table in {*self.put, *self.remove}
        }
        return registry.model_copy(update=tables)

    def _rows(self, table: str, before: tuple[Row, ...]) -> tuple[Row, ...]:
        new = {row.key: row for row in self.put.get(table, ())}
        gone = self.remove.get(table, frozenset())
        kept = [new.pop(row.key, row) for row in before if row.key not in gone]
        return (*kept, *new.values())

    def _unknown_tables(self) -> Iterator[str]:
        for table in sorted({*self.put, *self.remove} - set(TABLES)):
            yield f"{table}: unknown table; known: {', '.join(TABLES)}"

    def _wrong_rows(self) -> Iterator[str]:
        for table, rows in self.put.items():
            kind = TABLES.get(table, Row)
            yield from (
                f"{table} {row.key!r}: it is a row of another table; put it there"
                for row in rows
                if not isinstance(row, kind)
            )

    def _contradictions(self) -> Iterator[str]:
        for table, rows in self.put.items():
            times: dict[str, int] = defaultdict(int)
            for row in rows:
                times[row.key] += 1
            yield from (
                f"{table} {key!r}: it is put twice; put it once" for key in times if times[key] > 1
            )
            for key in sorted(self.remove.get(table, frozenset()) & set(times)):
                yield f"{table} {key!r}: it is put and removed; do one of them"


def change_between(old: Registry, new: Registry) -> ChangeSet:
    """Return the change that makes *new* of *old*."""
    put: dict[str, tuple[Row, ...]] = {}
    remove: dict[str, frozenset[str]] = {}
    for table in TABLES:
        before = {row.key: row for row in getattr(old, table)}
        after = {row.key: row for row in getattr(new, table)}
        if rows := tuple(row for key, row in after.items() if before.get(key) != row):
            put[table] = rows
        if gone := frozenset(before.keys() - after.keys()):
            remove[table] = gone
    return ChangeSet(put, remove)


def record_of(table: str, key: str) -> tuple[str, str]:
    """Return the table and the name of the record that holds the row *key* of *table*."""
    if issubclass(TABLES[table], LocalRow):
        return "premises", key.partition("/")[0]
    return table, key
