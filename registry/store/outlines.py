"""Keeps the outlines of the versions that were asked for last; reads of the next one what differs."""

import time
from collections.abc import Iterable, Iterator
from threading import Lock

from sqlalchemy import Connection

from registry.domain.encoded_records import RecordKey, encoded_registry
from registry.domain.outline import (
    NO_OUTLINE,
    OutlinedRecord,
    RegistryOutline,
    outline_of,
    outlined,
)
from registry.store.earlier_versions import earlier_registry
from registry.store.record_queries import (
    PAUSE_S,
    RECORDS_IN_TURN,
    StoredRecord,
    keys_between,
    records_after,
    records_named,
)
from registry.store.stored_versions import StoredVersion, stored_version

KEPT = 2
"""Outlines that are kept: of a version, and of one that is compared with it."""

MOST_CHANGES = 2_000
"""Records that differ at most between two versions; else the outline is made anew."""


class Outlines:
    """Outlines of versions, for readers in any threads."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: dict[tuple[int, str], RegistryOutline] = {}

    def of(self, connection: Connection, stored: StoredVersion | None) -> RegistryOutline:
        """Return the outline of *stored*, None: of the empty version; raises ValueError."""
        if stored is None:
            return NO_OUTLINE
        key = stored.number, stored.hash
        with self._lock:
            found = self._kept.pop(key, None) or self._read(connection, stored)
            self._kept[key] = found  # the last one asked for is the last one
            while len(self._kept) > KEPT:
                del self._kept[next(iter(self._kept))]
            return found

    def _read(self, connection: Connection, stored: StoredVersion) -> RegistryOutline:
        if stored.records is None:
            content = encoded_registry(earlier_registry(connection, stored))
            found = ((key, outlined(key, each.content)) for key, each in content.items())
            return outline_of(stored.number, found)
        near = self._nearest(connection, stored.number)
        if near is not None:
            changed = keys_between(connection, *sorted((near.number, stored.number)))
            if len(changed) <= MOST_CHANGES:
                return near.changed(stored.number, _changes(connection, stored.number, changed))
        return outline_of(stored.number, _outlined(in_turns(_records(connection, stored.number))))

    def _nearest(self, connection: Connection, number: int) -> RegistryOutline | None:
        """Return the nearest outline whose version is still the one that it was, as after a backup."""
        for kept, hash_ in sorted(self._kept, key=lambda key: abs(key[0] - number)):
            stored = stored_version(connection, kept)
            if stored is not None and stored.hash == hash_ and stored.records is not None:
                return self._kept[kept, hash_]
        return None


def in_turns(found: Iterable[StoredRecord]) -> Iterator[StoredRecord]:
    """Yield *found*, and let all other threads run after a few of them."""
    for number, each in enumerate(found, 1):
        yield each
        if number % RECORDS_IN_TURN == 0:
            time.sleep(PAUSE_S)


def _changes(
    connection: Connection, number: int, keys: set[RecordKey]
) -> dict[RecordKey, OutlinedRecord | None]:
    found = _outlined(in_turns(records_named(connection, [number], keys)))
    return {**dict.fromkeys(keys), **dict(found)}


def _outlined(found: Iterable[StoredRecord]) -> Iterator[tuple[RecordKey, OutlinedRecord]]:
    return ((each.key, outlined(each.key, each.checked().content)) for each in found)


def _records(connection: Connection, version: int) -> Iterator[StoredRecord]:
    after: RecordKey | None = None
    while page := records_after(connection, version, after, RECORDS_IN_TURN):
        yield from page
        after = page[-1].key
