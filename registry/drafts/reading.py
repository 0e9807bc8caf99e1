"""Reads a draft with its rows, and as much of the registry as these are about."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import Connection

import registry.store
from registry.domain.encoded_records import PREMISES, SHARED_TABLES, RecordKey, registry_of
from registry.drafts.domain.access import DraftAccess, is_shown
from registry.drafts.domain.draft import Draft, DraftRow
from registry.drafts.store import draft_of, rows_of
from registry.model.records import OF_PREMISES
from registry.model.registry import Registry
from registry.store.record_queries import current_records, current_tables

RowKey = tuple[str, str]
"""The table and the key of a row."""


class NoDraft(Exception):
    """There is no such draft, or not for whoever asks."""


@dataclass(frozen=True, slots=True)
class OpenedDraft:
    """A *draft*, its *rows*, and what the *registry* of *version*, the active one, has around them."""

    draft: Draft
    rows: list[DraftRow]
    version: int
    registry: Registry


@dataclass(frozen=True, slots=True)
class RegistryPart:
    """The active version: what all premises share, and some premises with their rows."""

    number: int
    at: int | None
    who: str
    hash: str
    registry: Registry


def part_of_registry(connection: Connection, premises: Collection[str] | None) -> RegistryPart:
    """Return the active version with *premises*, all of them where that is None; raises ValueError.

    A request about one premises does not decode the ten thousand others.
    """
    stored = registry.store.latest_stored(connection)
    if stored is None:
        return RegistryPart(0, None, "", "", Registry())
    if premises is None or stored.records is None:
        content = registry.store.latest(connection).registry
    else:
        found = current_tables(connection, SHARED_TABLES)
        found |= current_records(connection, {RecordKey(PREMISES, each) for each in premises})
        content = registry_of((key, each.checked().content) for key, each in found.items())
    return RegistryPart(stored.number, stored.at, stored.who, stored.hash, content)


def premises_around(keys: Iterable[RowKey]) -> frozenset[str] | None:
    """Return the premises that rows with *keys* are of; None for all: any may name a contact."""
    found = set[str]()
    for table, key in keys:
        if table == "contacts":
            return None
        if table in OF_PREMISES:
            found.add(key.partition("/")[0])
    return frozenset(found)


def part_around(connection: Connection, rows: Iterable[DraftRow]) -> RegistryPart:
    """Return the active version around *rows*."""
    return part_of_registry(connection, premises_around((each.table, each.key) for each in rows))


def open_draft(
    connection: Connection,
    draft_id: str,
    access: DraftAccess | None = None,
    *,
    also: Iterable[RowKey] = (),
) -> OpenedDraft:
    """Return the draft *draft_id* as far as it is there for whoever has *access*; raises NoDraft.

    The registry has what is around its rows, and those with the keys *also*.
    """
    draft = draft_of(connection, draft_id)
    if draft is None:
        raise NoDraft(draft_id)
    rows = rows_of(connection, draft_id)
    keys = [*((each.table, each.key) for each in rows), *also]
    active = part_of_registry(connection, premises_around(keys))
    if access is not None and not is_shown(draft, rows, active.registry, access):
        raise NoDraft(draft_id)
    return OpenedDraft(draft, rows, active.number, active.registry)


def open_whole(connection: Connection, draft_id: str) -> OpenedDraft:
    """Return the draft *draft_id* and the whole registry, for a check; raises NoDraft."""
    draft = draft_of(connection, draft_id)
    if draft is None:
        raise NoDraft(draft_id)
    active = registry.store.latest(connection)
    return OpenedDraft(draft, rows_of(connection, draft_id), active.number, active.registry)
