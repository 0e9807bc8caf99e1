"""Checks that versions are stored as they were imported: their records too, which no chain has."""

from sqlalchemy import Connection

from registry.store.reading import are_sound
from registry.store.record_queries import records_of, records_stored_after, root_by_hashes
from registry.store.stored_versions import StoredVersion, is_sound, latest_number, stored_version

RECORDS_AT_ONCE = 50
"""Records of one step: some milliseconds."""


def is_version_sound(connection: Connection, number: int) -> bool:
    """Return whether the version *number* has the content that was imported; one that is gone has."""
    stored = stored_version(connection, number)
    return stored is None or _is_sound(connection, stored)


def _is_sound(connection: Connection, stored: StoredVersion) -> bool:
    if stored.records is None:
        return is_sound(connection, stored, None)
    return are_sound(records_of(connection, stored.number), stored)


class RecordsCheck:
    """One pass over all versions; each step is one short read, and alarms go between.

    Each record is compared with its hash once, however many versions have it, and each version with the
    hashes of its records.
    """

    def __init__(self) -> None:
        self._row = 0
        self._version: int | None = None

    def check_next(self, connection: Connection) -> list[int] | None:
        """Return the versions that the next step found unsound; None behind the last step."""
        if self._version is None:
            return self._check_records(connection)
        if self._version == 0:
            return None
        number, self._version = self._version, self._version - 1
        return [] if _has_its_hash(connection, number) else [number]

    def _check_records(self, connection: Connection) -> list[int]:
        page = records_stored_after(connection, self._row, RECORDS_AT_ONCE)
        if not page:
            self._version = latest_number(connection)
            return []
        self._row = page[-1][0]
        return [each.since for _, each in page if not each.is_sound]


def _has_its_hash(connection: Connection, number: int) -> bool:
    """Return whether the version *number* is that of its records; one that is gone is the chain's."""
    stored = stored_version(connection, number)
    if stored is None:
        return True
    if stored.records is None:
        return is_sound(connection, stored, None)
    try:
        stored.check_content(root_by_hashes(connection, number))
    except ValueError:
        return False
    return True
