"""Reads one version of the registry from the database and checks it, a small part at a time.

Of a version that follows the one in use only the records that differ are read. Between two parts the
event loop serves all others: no alarm waits for a registry, however large it is.
"""

import asyncio
from collections.abc import Callable
from enum import StrEnum

from alerting.engine.loaded_registry import (
    DecodedRecord,
    LoadedRegistry,
    changed_registry,
    decoded_record,
    last_forms,
    loaded_whole,
)
from alerting.engine.registry_trust import RegistryTrust
from alerting.store.database import StoreDatabase
from alerting.store.store import CenterStore
from registry.domain.content_tree import TreeBuilder
from registry.domain.encoded_records import PREMISES, SHARED_TABLES, RecordKey, decoded_row, encoded
from registry.domain.parts import lines_of, shared_of
from registry.domain.places import FRESH_ROWS, EncodedPlaces, PlaceDecoder
from registry.domain.shared_tables import shared_rows, tables_of
from registry.domain.signed import ContentHash, RegistryRefused, content_hash
from registry.model.records import PremisesRecord
from registry.model.registry import Registry
from registry.model.rows import STORED, Row
from registry.store import StoredVersion
from registry.store.record_queries import StoredRecord

RECORDS_AT_ONCE = 250
"""Records that one read asks for."""

PREMISES_IN_STEP = 3
"""Premises that are decoded at once, about 0.2 ms each: a page of them would be an alarm's 50 ms."""

ROWS_IN_STEP = 20
"""Shared rows that are decoded at once, about 10 us each."""

MOST_CHANGES = 1_000
"""Records that may differ between two versions; where there are more, the new one is read as a whole."""


class RowsProved(StrEnum):
    """The moment when each row of premises is proved to be one that this program knows.

    That all records are what was imported, and signed, is checked before any use.
    """

    BEFORE_USE = "before_use"
    WHILE_USED = "while_used"


async def load_registry(
    database: StoreDatabase,
    version: int,
    trust: RegistryTrust | None = None,
    *,
    after: LoadedRegistry | None = None,
    rows: RowsProved = RowsProved.BEFORE_USE,
) -> LoadedRegistry:
    """Return the *version* in *database*; raises ValueError where any of it cannot be read.

    Where the version *after* is at hand, only what differs is read. Raises RegistryRefused where it is
    not what was imported, or is not signed as *trust* asks for. *rows* says when each row is decoded.
    """
    stored = await database.read(lambda store: store.stored_registry(version))
    if stored is None:
        raise ValueError(f"version {version} is missing; import the registry again")
    if trust is not None:
        stored = await trust.admit_version(database, stored)
    if after is not None and (found := await _load_change(database, stored, after)) is not None:
        return found
    return await read_registry_version(database, stored, rows=rows)


async def prove_rows(loaded: LoadedRegistry) -> list[str]:
    """Decode the rows of all premises of *loaded*; return the premises of which that cannot be done.

    Alarms have the half of the time. The first premises stay decoded.
    """
    loop, unreadable, decoded = asyncio.get_running_loop(), list[str](), 0
    began = loop.time()
    for number, (name, content) in enumerate(loaded.places.records.items(), start=1):
        try:
            decoded += loaded.decoder.prove(content, keep=decoded < FRESH_ROWS)
        except ValueError:
            unreadable.append(name)
        if number % PREMISES_IN_STEP == 0:
            await asyncio.sleep(loop.time() - began)
            began = loop.time()
    return unreadable


async def _load_change(
    database: StoreDatabase, stored: StoredVersion, after: LoadedRegistry
) -> LoadedRegistry | None:
    """Return *stored* by its difference from *after*; None where it must be read as a whole."""
    if stored.records is None or after.tree is None or after.version >= stored.number:
        return None
    found = await database.read(
        lambda store: store.registry_changes(after.version, stored.number, MOST_CHANGES + 1)
    )
    if len(found) > MOST_CHANGES:
        return None
    changes: dict[RecordKey, DecodedRecord | None] = {}
    try:
        for key, each in last_forms(found, stored.number).items():
            changes[key] = None if each is None else decoded_record(each)
            await asyncio.sleep(0)
        loaded = changed_registry(after, stored.number, changes)
        stored.check_content("" if loaded.tree is None else loaded.tree.root)
    except RegistryRefused:
        return None  # the whole version says in what it differs
    return loaded


async def read_registry_version(
    database: StoreDatabase,
    stored: StoredVersion,
    *,
    checked: bool = True,
    rows: RowsProved = RowsProved.BEFORE_USE,
) -> LoadedRegistry:
    """Return the registry of *stored*; raises ValueError, also where *checked* content has changed."""
    if stored.records is not None:
        reading = _RecordsRead() if rows is RowsProved.BEFORE_USE else _OutlinesRead()
        return await _from_records(database, stored, reading, checked=checked)
    if not stored.parts:
        return _from_document(stored, checked=checked)
    found = ContentHash()
    shared = shared_of(await _lines(database, stored.number, 0, found=found))
    places = EncodedPlaces()
    for number in range(1, stored.parts):
        for line in await _lines(database, stored.number, number, found=found):
            record = PremisesRecord.model_validate_json(line, context=STORED)
            places.add(encoded(record).content)
            await asyncio.sleep(0)
    if checked:
        stored.check_content(found.hexdigest())
    decoder = PlaceDecoder(places.decoded_at_most)
    return LoadedRegistry(stored.number, shared_rows(shared), places, decoder)


class _RecordsRead:
    """The records of a version, as they are read and decoded one after the other."""

    in_step = PREMISES_IN_STEP

    def __init__(self) -> None:
        self.tree = TreeBuilder()
        self.places = EncodedPlaces()
        self._rows: dict[str, dict[str, Row]] = {table: {} for table in SHARED_TABLES}
        self._fresh: dict[bytes, PremisesRecord] = {}

    def add(self, each: StoredRecord) -> None:
        """Decode and add a record; raises ValueError."""
        table, name = each.key
        if name in (self.places.records if table == PREMISES else self._rows.get(table, {})):
            raise RegistryRefused(f"two records are {table} {name!r}; import the registry again")
        self.tree.add(each.key, each.hash)
        if table in self._rows:
            self._rows[table][name] = decoded_row(table, each.content)
        elif table == PREMISES:
            self.add_premises(name, each.content)
        else:
            raise ValueError(f"a newer program made a record of the table {table!r}")

    def add_premises(self, _name: str, content: bytes) -> None:
        """Decode and add the record of premises in *content*; raises ValueError."""
        record = self.places.add(content)
        if self.places.rows <= FRESH_ROWS:
            self._fresh[content] = record

    def loaded(self, version: int) -> LoadedRegistry:
        """Return *version*, of which every record was added."""
        decoder = PlaceDecoder(self.places.decoded_at_most, self._fresh)
        return LoadedRegistry(version, tables_of(self._rows), self.places, decoder, self.tree.tree())


class _OutlinesRead(_RecordsRead):
    """The records of a version, of premises only their outlines."""

    in_step = ROWS_IN_STEP

    def add_premises(self, name: str, content: bytes) -> None:
        """Add the record of the premises *name* by its outline; raises ValueError."""
        self.places.add_outlined(name, content)


async def _from_records(
    database: StoreDatabase, stored: StoredVersion, reading: _RecordsRead, *, checked: bool
) -> LoadedRegistry:
    after: RecordKey | None = None
    while page := await database.read(_page_after(stored.number, after, checked=checked)):
        for number, each in enumerate(page):
            reading.add(each)
            if number % (reading.in_step if each.key.table == PREMISES else ROWS_IN_STEP) == 0:
                await asyncio.sleep(0)
        after = page[-1].key
    for _ in reading.tree.steps():
        await asyncio.sleep(0)
    loaded = reading.loaded(stored.number)
    if checked:
        stored.check_content("" if loaded.tree is None else loaded.tree.root)
    return loaded


def _page_after(
    version: int, after: RecordKey | None, *, checked: bool
) -> Callable[[CenterStore], list[StoredRecord]]:
    def read(store: CenterStore) -> list[StoredRecord]:
        found = store.registry_records(version, after, RECORDS_AT_ONCE)
        return [each.checked() for each in found] if checked else found

    return read


async def _lines(
    database: StoreDatabase, version: int, number: int, *, found: ContentHash
) -> list[bytes]:
    def read(store: CenterStore) -> tuple[str, bytes, list[bytes]]:
        first, content = store.registry_part(version, number)
        return first, content, lines_of(content)

    first, content, lines = await database.read(read)
    found.add(first, content)
    return lines


def _from_document(stored: StoredVersion, *, checked: bool) -> LoadedRegistry:
    """Return a version from before there were parts; that happens once, until the next import."""
    if checked:
        stored.check_content(content_hash([("", stored.document.encode())]))
    registry = Registry.model_validate_json(stored.document, context=STORED)
    return loaded_whole(stored.number, registry)
