"""The outline of a version: what all premises share, and of premises only what tells who may see them.

The outline of a hundred thousand points is a few megabytes, and made without decoding their rows: so
whoever pages through a version decodes the records of the page only. Its values are in no cycle: the
garbage collector, for which alarms would wait, leaves them out.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import msgspec

from registry.domain.encoded_records import PREMISES, SHARED_TABLES, RecordKey, decoded_row, record_json
from registry.domain.index import Index
from registry.domain.places import EncodedPlaces, StoredPlaces
from registry.domain.shared_tables import SharedTables, tables_of
from registry.model.areas import Membership
from registry.model.records import LOCAL_TABLES
from registry.model.registry import Registry
from registry.model.rows import STORED, Row

CONTACTS = "contacts"
"""The table of which the outline has the names alone: who names them decides who may see them."""


class OutlinedPremises(msgspec.Struct, frozen=True, gc=False):
    """Of the row of premises, what decides who may see it, and what else its readers may see."""

    id: str
    area: str | None = None
    people: tuple[str, ...] = ()
    policy: str | None = None
    unconfirmed_policy: str | None = None
    fault_policy: str | None = None
    supervisory_policy: str | None = None

    @property
    def key(self) -> str:
        """The key of the row."""
        return self.id


class OutlinedContact(msgspec.Struct, frozen=True, gc=False):
    """The name of a contact."""

    id: str

    @property
    def key(self) -> str:
        """The key of the row."""
        return self.id


class OutlinedPlace(msgspec.Struct, frozen=True, gc=False):
    """One premises: its row, its memberships, and the number of its rows of each local table."""

    premises: OutlinedPremises | None
    memberships: tuple[Membership, ...]
    rows: tuple[int, ...]


OutlinedRecord = OutlinedPlace | OutlinedContact | Row
"""A record of an outline; that of another shared table is its row."""


@dataclass(frozen=True)
class RegistryOutline:
    """The outline of the version *number*."""

    number: int
    shared: SharedTables
    places: Mapping[str, OutlinedPlace]

    @cached_property
    def registry(self) -> Registry:
        """The registry without local rows but memberships; premises and contacts are outlines."""
        found: dict[str, Any] = {
            "premises": tuple(each.premises for each in self.places.values() if each.premises),
            "memberships": tuple(row for each in self.places.values() for row in each.memberships),
        }
        return self.shared.registry.model_copy(update=found)

    @cached_property
    def index(self) -> Index:
        """The index of the version: its areas, and the areas of its premises."""
        places = EncodedPlaces(
            areas={each.id: each.area for each in self.registry.premises},
            memberships={
                name: each.memberships for name, each in self.places.items() if each.memberships
            },
        )
        shared = self.shared
        return Index(shared.registry, version=self.number, places=StoredPlaces(places), shared=shared)

    @cached_property
    def ordered_places(self) -> tuple[str, ...]:
        """The premises in the order of the keys of their rows, which are ``premises/row``."""
        return tuple(sorted(self.places, key=lambda name: f"{name}/"))

    def rows_in(self, table: str, premises: str) -> int:
        """Return the number of rows that *premises* have in *table*."""
        place = self.places[premises]
        return place.rows[LOCAL_TABLES.index(table)] if table in LOCAL_TABLES else 1

    def changed(
        self, number: int, changes: Mapping[RecordKey, OutlinedRecord | None]
    ) -> "RegistryOutline":
        """Return the outline of *number*, in which the records *changes* differ; None: they are gone."""
        shared: dict[str, dict[str, Any]] = {}
        places = dict(self.places)
        for key, each in changes.items():
            if key.table != PREMISES:
                if each is not None or key.name in self.shared.rows[key.table]:
                    shared.setdefault(key.table, {})[key.name] = each
            elif each is None:
                places.pop(key.name, None)
            elif isinstance(each, OutlinedPlace):
                places[key.name] = each
        return RegistryOutline(number, self.shared.changed(shared), places)


def _memberships(
    places: Mapping[str, OutlinedPlace],
) -> Iterator[tuple[str, tuple[Membership, ...]]]:
    return ((name, each.memberships) for name, each in places.items() if each.memberships)


def outline_of(number: int, found: Iterator[tuple[RecordKey, OutlinedRecord]]) -> RegistryOutline:
    """Return the outline of the version *number*, whose records are *found*."""
    rows: dict[str, dict[str, Any]] = {table: {} for table in SHARED_TABLES}
    places: dict[str, OutlinedPlace] = {}
    for key, each in found:
        if isinstance(each, OutlinedPlace):
            places[key.name] = each
        else:
            rows[key.table][key.name] = each
    return RegistryOutline(number, tables_of(rows), places)


NO_OUTLINE = outline_of(0, iter(()))
"""The outline of the empty registry."""


def outlined(key: RecordKey, content: bytes) -> OutlinedRecord:
    """Return the record *key* in *content* as an outline has it; raises ValueError."""
    if key.table == CONTACTS:
        return OutlinedContact(key.name)
    if key.table == PREMISES:
        return _place(record_json(content))
    if key.table not in SHARED_TABLES:
        raise ValueError(f"a newer program made a record of the table {key.table!r}; use it")
    return decoded_row(key.table, content)


_Light = msgspec.defstruct(
    "_Light",
    [
        ("premises", OutlinedPremises | None, None),
        *((table, tuple[msgspec.Raw, ...], ()) for table in LOCAL_TABLES),
    ],
)
_light = msgspec.json.Decoder(_Light).decode


def _place(json: bytes) -> OutlinedPlace:
    found: Any = _light(json)
    named = tuple(Membership.model_validate_json(bytes(e), context=STORED) for e in found.memberships)
    rows = tuple(len(getattr(found, table)) for table in LOCAL_TABLES)
    return OutlinedPlace(found.premises, named, _ROWS.setdefault(rows, rows))


_ROWS: dict[tuple[int, ...], tuple[int, ...]] = {}
"""Numbers of rows, each once: most premises have as many as others."""
