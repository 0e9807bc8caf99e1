"""Finds what an import of files would overwrite: rows that were changed otherwise since the last one."""

from datetime import datetime

from sqlalchemy import Connection, func, insert, select

import registry.store
from contract.times import to_micros
from registry.domain.changes import RegistryChanges, difference
from registry.drafts.migrations import REVISIONS
from registry.drafts.tables import file_imports
from registry.migrations import REVISIONS as OF_REGISTRY
from registry.model.registry import Registry
from registry.store import UnknownVersion
from runtime.database import exists, open_database


async def overwritten(url: str, content: Registry) -> list[str]:
    """Return the rows ("premises market") that importing *content* would overwrite.

    They were changed over HTTP, or by a spreadsheet, since files were imported last, and *content* has
    them otherwise than they are now.
    """
    if not exists(url):
        return []
    async with open_database(url) as database:
        await database.migrate(OF_REGISTRY, REVISIONS)
        return await database.read(lambda connection: _overwritten(connection, content))


async def note_import(url: str, version: int, now: datetime) -> None:
    """Note that the files are what *version* is."""
    async with open_database(url) as database:
        await database.migrate(OF_REGISTRY, REVISIONS)
        await database.write(lambda connection: _note(connection, version, now))


def _overwritten(connection: Connection, content: Registry) -> list[str]:
    last = connection.scalar(select(func.max(file_imports.c.version)))
    active = registry.store.latest(connection)
    if last is None or last >= active.number:
        return []
    try:
        imported = registry.store.numbered(connection, last).registry
    except UnknownVersion:
        return []
    changed = _keys(difference(imported, active.registry))
    return sorted(changed & _keys(difference(active.registry, content)))


def _keys(changes: RegistryChanges) -> set[str]:
    rows = (*changes.added, *changes.changed, *changes.removed)
    return {f"{each.table} {each.key}" for each in rows}


def _note(connection: Connection, version: int, now: datetime) -> None:
    known = select(file_imports.c.version).where(file_imports.c.version == version)
    if connection.scalar(known) is None:
        connection.execute(insert(file_imports).values(version=version, at=to_micros(now)))
