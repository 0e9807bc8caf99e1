"""Reads one version of the registry from the database and checks it, a small part at a time.

Between two parts the event loop serves all others: no alarm waits for a registry, however large it is.
"""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from alerting.engine.registry_trust import RegistryTrust
from alerting.store.database import StoreDatabase
from alerting.store.store import CenterStore
from registry.domain.content_tree import ContentTree
from registry.domain.encoded_records import PREMISES, RecordKey, record_json, registry_of
from registry.domain.index import Index
from registry.domain.parts import encoded_places, encoded_shared, lines_of, shared_of
from registry.domain.places import EncodedPlaces, StoredPlaces
from registry.domain.records import shared_tables
from registry.domain.signed import ContentHash, content_hash
from registry.model.registry import Registry
from registry.model.rows import STORED
from registry.store import StoredVersion
from registry.store.record_queries import StoredRecord

RECORDS_AT_ONCE = 100
"""Records that one read asks for."""


@dataclass(frozen=True, slots=True)
class LoadedRegistry:
    """A version that was checked as a whole: what all premises *share*, and their records."""

    version: int
    shared: Registry
    places: EncodedPlaces

    @property
    def index(self) -> Index:
        """The index of the version."""
        return Index(self.shared, version=self.version, places=StoredPlaces(self.places))

    def lines(self) -> Iterator[bytes]:
        """Yield the version as lines of JSON, as ``recovery.read_snapshot`` reads them."""
        yield encoded_shared(self.shared)
        yield from self.places.records.values()


async def load_registry(
    database: StoreDatabase, version: int, trust: RegistryTrust | None = None
) -> LoadedRegistry:
    """Return the *version* in *database*; raises ValueError where any of it cannot be read.

    Raises RegistryRefused where it is not what was imported, or is not signed as *trust* asks for.
    """
    stored = await database.read(lambda store: store.stored_registry(version))
    if stored is None:
        raise ValueError(f"version {version} is missing; import the registry again")
    if trust is not None:
        stored = await trust.admit_version(database, stored)
    return await read_registry_version(database, stored)


async def read_registry_version(
    database: StoreDatabase, stored: StoredVersion, *, checked: bool = True
) -> LoadedRegistry:
    """Return the registry of *stored*; raises ValueError, also where *checked* content has changed."""
    if stored.records is not None:
        return await _from_records(database, stored, checked=checked)
    if not stored.parts:
        return _from_document(stored, checked=checked)
    found = ContentHash()
    shared = shared_of(await _lines(database, stored.number, 0, found=found))
    places = EncodedPlaces()
    for number in range(1, stored.parts):
        for line in await _lines(database, stored.number, number, found=found):
            places.add(line)
            await asyncio.sleep(
                0
            )  # a record takes 0.2 ms, and a part of twenty would be an alarm's 4 ms
    if checked:
        stored.check_content(found.hexdigest())
    return LoadedRegistry(stored.number, shared, places)


async def _from_records(
    database: StoreDatabase, stored: StoredVersion, *, checked: bool
) -> LoadedRegistry:
    tree, shared, places = ContentTree(), list[tuple[RecordKey, bytes]](), EncodedPlaces()
    after: RecordKey | None = None
    while page := await database.read(_page_after(stored.number, after)):
        tree = tree.changed({each.key: each.hash for each in page})
        for each in page:
            if each.key.table != PREMISES:
                shared.append((each.key, each.content))
                continue
            places.add(record_json(each.content))
            await asyncio.sleep(0)
        after = page[-1].key
    if checked:
        stored.check_content(tree.root)
    return LoadedRegistry(stored.number, registry_of(shared), places)


def _page_after(version: int, after: RecordKey | None) -> Callable[[CenterStore], list[StoredRecord]]:
    def read(store: CenterStore) -> list[StoredRecord]:
        return [each.checked() for each in store.registry_records(version, after, RECORDS_AT_ONCE)]

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
    return LoadedRegistry(stored.number, shared_tables(registry), encoded_places(registry))
