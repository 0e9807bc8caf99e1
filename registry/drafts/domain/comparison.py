"""Compares the rows of a draft with those that are there, field by field, and finds conflicts."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from registry.drafts.domain.draft import DraftRow
from registry.model.registry import TABLES, Registry
from registry.model.rows import STORED, Row

Rows = Mapping[tuple[str, str], str | None]
"""Rows as JSON by table and key, None where there is none."""


@dataclass(frozen=True, slots=True)
class FieldComparison:
    """A field that differs; None stands for a field, or a row, that is not there."""

    name: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class RowComparison:
    """A row that differs, and its fields that do; *is_conflict* where somebody else changed it, too."""

    table: str
    key: str
    fields: tuple[FieldComparison, ...]
    is_addition: bool = False
    is_removal: bool = False
    is_conflict: bool = False

    @property
    def names(self) -> frozenset[str]:
        """The names of the fields that differ."""
        return frozenset(each.name for each in self.fields)


def encoded_row(row: Row) -> str:
    """Return *row* as JSON, the same for the same row."""
    return json.dumps(row.model_dump(mode="json"), ensure_ascii=False, sort_keys=True)


def decoded_row(table: str, encoded: str) -> Row:
    """Return the row of *table* that was stored as *encoded*."""
    return TABLES[table].model_validate_json(encoded, context=STORED)


def row_of(registry: Registry, table: str, key: str) -> Row | None:
    """Return the row *key* of *table*."""
    return next((row for row in getattr(registry, table) if row.key == key), None)


def compared(row: DraftRow, active: str | None) -> RowComparison:
    """Return how *row* differs from the *active* one, which a newer version may have changed."""
    old, new = _fields(active), _fields(row.after)
    fields = tuple(
        FieldComparison(name, old.get(name), new.get(name))
        for name in dict.fromkeys((*old, *new))
        if old.get(name) != new.get(name)
    )
    is_conflict = active not in {row.before, row.after}
    return RowComparison(
        row.table,
        row.key,
        fields,
        is_addition=active is None and row.after is not None,
        is_removal=active is not None and row.after is None,
        is_conflict=is_conflict,
    )


def rebased(row: DraftRow, active: str | None) -> DraftRow | None:
    """Return *row* based on the *active* one: fields that the draft did not change are the active ones.

    None where nothing of it is left to change. A row that either side removed is as the draft has it.
    """
    if row.after is None or row.before is None or active is None:
        after = row.after
    else:
        old, new, now = _fields(row.before), _fields(row.after), _fields(active)
        changed = {name: each for name, each in new.items() if old.get(name) != each}
        after = json.dumps(now | changed, ensure_ascii=False, sort_keys=True)
    return None if after == active else DraftRow(row.table, row.key, active, after)


def overlaid(registry: Registry, rows: Iterable[DraftRow]) -> Registry:
    """Return *registry* with *rows* put in, or removed."""
    by_table: dict[str, dict[str, str | None]] = {}
    for row in rows:
        by_table.setdefault(row.table, {})[row.key] = row.after
    tables: dict[str, Any] = {
        table: tuple(_with(table, getattr(registry, table), changed))
        for table, changed in by_table.items()
    }
    return registry.model_copy(update=tables)


def _with(table: str, rows: Iterable[Row], changed: dict[str, str | None]) -> Iterator[Row]:
    left = dict(changed)
    for row in rows:
        if row.key not in left:
            yield row
        elif (encoded := left.pop(row.key)) is not None:
            yield decoded_row(table, encoded)
    yield from (decoded_row(table, each) for each in left.values() if each is not None)


def _fields(encoded: str | None) -> dict[str, Any]:
    found: dict[str, Any] = {} if encoded is None else json.loads(encoded)
    return found
