"""Checks that versions are stored as they were imported: their records too, which no chain has."""

from sqlalchemy import Connection

from registry.store.reading import are_sound
from registry.store.record_queries import records_of
from registry.store.stored_versions import StoredVersion, is_sound, stored_version


def is_version_sound(connection: Connection, number: int) -> bool:
    """Return whether the version *number* has the content that was imported; one that is gone has."""
    stored = stored_version(connection, number)
    return stored is None or _is_sound(connection, stored)


def _is_sound(connection: Connection, stored: StoredVersion) -> bool:
    if stored.records is None:
        return is_sound(connection, stored, None)
    return are_sound(records_of(connection, stored.number), stored)
