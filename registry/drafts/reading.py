"""Reads a draft with its rows, and as much of the registry as these are about."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import Connection

import registry.store
from registry.domain.encoded_records import PREMISES, SHARED_TABLES, RecordKey, registry_of
from registry.domain.file_references import hashes_in
from registry.domain.outline import CONTACTS
from registry.drafts.domain.access import DraftAccess, is_shown
from registry.drafts.domain.draft import Draft, DraftRow
from registry.drafts.store import draft_of, rows_of
from registry.model.records import OF_PREMISES
from registry.model.registry import Registry
from registry.store.record_queries import current_records, current_tables, premises_naming

_ALWAYS = tuple(table for table in SHARED_TABLES if table != CONTACTS)
"""The tables whose rows are always there."""

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


def part_of_registry(
    connection: Connection, premises: Collection[str], contacts: Collection[str]
) -> RegistryPart:
    """Return the active version with *premises* and *contacts* alone; raises ValueError.

    A request about one premises decodes neither the ten thousand others nor the people of these.
    """
    stored = registry.store.latest_stored(connection)
    if stored is None:
        return RegistryPart(0, None, "", "", Registry())
    if stored.records is None:
        content = registry.store.latest(connection).registry
    else:
        named = {RecordKey(PREMISES, each) for each in premises}
        named |= {RecordKey(CONTACTS, each) for each in contacts}
        found = current_tables(connection, _ALWAYS) | current_records(connection, named)
        content = registry_of((key, each.checked().content) for key, each in found.items())
    return RegistryPart(stored.number, stored.at, stored.who, stored.hash, content)


def part_around(connection: Connection, keys: Iterable[RowKey]) -> RegistryPart:
    """Return the active version around the rows with *keys*: with the premises that name a contact."""
    wanted = set(keys)
    contacts = {key for table, key in wanted if table == CONTACTS}
    premises = {key.partition("/")[0] for table, key in wanted if table in OF_PREMISES}
    return part_of_registry(connection, premises | premises_naming(connection, contacts), contacts)


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
    active = part_around(connection, keys)
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


def names_file(connection: Connection, draft_id: str, *, file: str, access: DraftAccess) -> bool:
    """Return whether the draft *draft_id*, as it is there for *access*, has a row with the *file*."""
    try:
        opened = open_draft(connection, draft_id, access)
    except NoDraft:
        return False
    rows = (row for each in opened.rows for row in (each.before, each.after) if row is not None)
    return any(file in hashes_in(row) for row in rows)
