"""One version of the registry that was checked as a whole, and the next one by what differs."""

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from registry.domain.content_tree import ContentTree
from registry.domain.encoded_records import (
    PREMISES,
    RecordKey,
    decoded_premises,
    decoded_row,
    encoded,
    record_json,
)
from registry.domain.index import Index
from registry.domain.places import EncodedPlaces, PlaceDecoder, StoredPlaces
from registry.domain.records import records
from registry.domain.shared_tables import SharedTables, shared_rows
from registry.model.records import PremisesRecord
from registry.model.registry import Registry
from registry.model.rows import Row
from registry.store.record_queries import StoredRecord

PIECES_IN_TURN = 50
"""Pieces of the copy after which its writer lets all other threads run."""


@dataclass(frozen=True, slots=True)
class LoadedRegistry:
    """A version that was checked as a whole: what all premises share, and their records.

    *tree* has the hashes of its records; None where an earlier program stored it without.
    """

    version: int
    shared: SharedTables
    places: EncodedPlaces
    decoder: PlaceDecoder
    tree: ContentTree | None = None

    @property
    def index(self) -> Index:
        """The index of the version."""
        places = StoredPlaces(self.places, self.decoder)
        return Index(self.shared.registry, version=self.version, places=places, shared=self.shared)

    def pieces(self) -> Iterator[bytes]:
        """Yield the version as ``recovery.read_snapshot`` reads it, to a thread that is in no hurry."""
        for number, piece in enumerate(self._pieces()):
            if number % PIECES_IN_TURN == 0:
                time.sleep(0.001)  # the interpreter would let others run after 5 ms only
            yield piece

    def _pieces(self) -> Iterator[bytes]:
        opening = b"{"
        for table, rows in self.shared.rows.items():
            yield opening + f'"{table}":['.encode()
            for number, row in enumerate(rows.values()):
                yield (b"," if number else b"") + row.model_dump_json(exclude_defaults=True).encode()
            yield b"]"
            opening = b","
        yield b"}\n"
        for content in self.places.records.values():
            yield record_json(content) + b"\n"


def loaded_whole(version: int, registry: Registry) -> LoadedRegistry:
    """Return the *registry* that an earlier program stored as *version*."""
    places = EncodedPlaces()
    for record in records(registry).values():
        places.add(encoded(record).content)
    decoder = PlaceDecoder(places.decoded_at_most)
    return LoadedRegistry(version, shared_rows(registry), places, decoder)


@dataclass(frozen=True, slots=True)
class DecodedRecord:
    """A record of which the content was decoded: a *row*, or premises with all their rows."""

    stored: StoredRecord
    row: Row | PremisesRecord


def decoded_record(stored: StoredRecord) -> DecodedRecord:
    """Return *stored*, which is what its hash says, decoded; raises ValueError."""
    table, content = stored.key.table, stored.checked().content
    row = decoded_premises(content) if table == PREMISES else decoded_row(table, content)
    return DecodedRecord(stored, row)


Changes = Mapping[RecordKey, DecodedRecord | None]
"""The records in which a version differs from the one before; None: they are gone."""


def changed_registry(before: LoadedRegistry, version: int, changes: Changes) -> LoadedRegistry:
    """Return *version*, in which the records *changes* differ from *before*; the rest stays as it is."""
    hashes = {key: None if each is None else each.stored.hash for key, each in changes.items()}
    tree = None if before.tree is None else before.tree.changed(hashes)
    shared = before.shared.changed(_shared_changes(changes))
    places = _changed_places(before.places, changes)
    return LoadedRegistry(version, shared, places, before.decoder, tree)


def _shared_changes(changes: Changes) -> dict[str, dict[str, Row | None]]:
    found: dict[str, dict[str, Row | None]] = {}
    for key, each in changes.items():
        if each is None and key.table != PREMISES:
            found.setdefault(key.table, {})[key.name] = None
        elif each is not None and isinstance(each.row, Row):
            found.setdefault(key.table, {})[key.name] = each.row
    return found


def _changed_places(before: EncodedPlaces, changes: Changes) -> EncodedPlaces:
    local = {key.name: each for key, each in changes.items() if key.table == PREMISES}
    places = before.copied() if local else before
    for name, each in local.items():
        if each is None:
            places.remove(name)
        elif isinstance(each.row, PremisesRecord):
            places.add_record(each.stored.content, each.row)
    return places


def last_forms(found: Iterable[StoredRecord], version: int) -> dict[RecordKey, StoredRecord | None]:
    """Return the form in *version* of each record in *found*; None where it is gone."""
    forms: dict[RecordKey, StoredRecord | None] = {}
    for each in found:
        if each.is_valid_in(version):
            forms[each.key] = each
        else:
            forms.setdefault(each.key, None)
    return forms
