"""Reads one version of the registry from the database and checks it, a small part at a time.

Between two parts the event loop serves all others: no alarm waits for a registry, however large it is.
"""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass

from alerting.store.database import StoreDatabase
from alerting.store.store import CenterStore
from registry.domain.index import Index
from registry.domain.parts import encoded_places, encoded_shared, shared_of
from registry.domain.places import EncodedPlaces, StoredPlaces
from registry.domain.records import shared_tables
from registry.model.registry import Registry
from registry.model.rows import STORED


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


async def load_registry(database: StoreDatabase, version: int) -> LoadedRegistry:
    """Return the *version* in *database*; raises ValueError where any of it cannot be read."""
    parts = await database.read(lambda store: store.registry_parts(version))
    if not parts:
        return await database.read(lambda store: _from_document(store, version))
    shared = shared_of(await _lines(database, version, 0))
    places = EncodedPlaces()
    for number in range(1, parts):
        for line in await _lines(database, version, number):
            places.add(line)
            await asyncio.sleep(
                0
            )  # a record takes 0.2 ms, and a part of twenty would be an alarm's 4 ms
    return LoadedRegistry(version, shared, places)


async def _lines(database: StoreDatabase, version: int, number: int) -> list[bytes]:
    return await database.read(lambda store: store.registry_part(version, number))


def _from_document(store: CenterStore, version: int) -> LoadedRegistry:
    """Return a version from before there were parts; that happens once, until the next import."""
    registry = Registry.model_validate_json(store.registry_document(version), context=STORED)
    return LoadedRegistry(version, shared_tables(registry), encoded_places(registry))
