"""The active version as it is stored, handed to another process that decodes it."""

import time
from collections.abc import Iterable, Iterator

import msgspec
from sqlalchemy import Connection

import registry.store
from registry.domain.encoded_records import (
    PREMISES,
    SHARED_TABLES,
    RecordKey,
    encoded_registry,
    registry_of,
)
from registry.model.registry import Registry
from registry.store.record_queries import (
    PAUSE_S,
    RECORDS_IN_TURN,
    StoredRecord,
    current_tables,
)

StoredTable = list[tuple[str, str, bytes]]
"""Records as they are stored: table, name and content."""


class Snapshot(msgspec.Struct, frozen=True):
    """The *records* of the version *number*."""

    number: int
    records: StoredTable

    def registry(self) -> Registry:
        """Return the registry; raises ValueError."""
        return registry_of((RecordKey(table, name), each) for table, name, each in self.records)


def snapshot(connection: Connection) -> Snapshot:
    """Return the active version, not decoded: that is for whoever works on it; raises ValueError."""
    stored = registry.store.latest_stored(connection)
    if stored is None:
        return Snapshot(0, [])
    if stored.records is None:
        found = encoded_registry(registry.store.latest(connection).registry)
        return Snapshot(stored.number, [(*key, each.content) for key, each in found.items()])
    current = current_tables(connection, (*SHARED_TABLES, PREMISES))
    return Snapshot(stored.number, list(_checked(current.values())))


def _checked(found: Iterable[StoredRecord]) -> Iterator[tuple[str, str, bytes]]:
    """Yield *found*, each checked; all other threads run after a few: an alarm waits for none of it."""
    for number, each in enumerate(found, start=1):
        yield (*each.key, each.checked().content)
        if number % RECORDS_IN_TURN == 0:
            time.sleep(PAUSE_S)
