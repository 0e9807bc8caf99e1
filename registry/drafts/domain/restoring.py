"""Finds the rows that make an old version of the registry of the active one."""

from collections.abc import Iterator

from registry.drafts.domain.comparison import encoded_row
from registry.drafts.domain.draft import DraftRow
from registry.model.registry import TABLES, Registry


def restoring_rows(active: Registry, old: Registry) -> Iterator[DraftRow]:
    """Yield each row in which *old* differs from *active*, as a draft changes it back."""
    for table in TABLES:
        before = {row.key: row for row in getattr(active, table)}
        after = {row.key: row for row in getattr(old, table)}
        for key in dict.fromkeys((*before, *after)):
            here, there = before.get(key), after.get(key)
            if here != there:
                rows = (None if row is None else encoded_row(row) for row in (here, there))
                yield DraftRow(table, key, *rows)
