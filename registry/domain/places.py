"""Finds the rows of one premises: all of them at hand, or decoded when they are first asked for."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain
from typing import Any, Protocol

from contract.ids import GatewayKey
from registry.domain.encoded_records import decoded_premises, lightened
from registry.domain.place_outline import (
    PlaceOutline,
    PremisesLabel,
    label_of,
    outline_of_content,
    outline_of_record,
)
from registry.domain.records import records
from registry.domain.rooms import alone_in_zone
from registry.model.areas import Membership
from registry.model.places import Gateway, Point, Premises, Zone
from registry.model.records import LOCAL_TABLES, PremisesRecord
from registry.model.registry import Registry

ROWS_KEPT = 15_000
"""Rows that are kept decoded, some 800 bytes each: those of the premises that were asked for last. Of
ten points and as many other rows each, 750 premises: more than burn in the greatest storm measured.
"""

FRESH_ROWS = 6_000
"""Rows that stay decoded from the time when they were checked until they are first asked for: in a storm
the first signal of each premises would otherwise wait for that.
"""

FEWEST_KEPT = 64
"""Premises that are kept decoded at least, however many rows they have."""


@dataclass(frozen=True, slots=True)
class Place:
    """One premises: its rows by name, its points by zone, and all its rows as one *record*."""

    premises: Premises | None
    zones: Mapping[str, Zone]
    gateways: Mapping[str, Gateway]
    points: Mapping[str, Point]
    in_zone: Mapping[str, list[Point]]
    record: PremisesRecord
    _alone: dict[str, frozenset[str]] = field(default_factory=dict, repr=False)

    def alone(self, zone: Zone) -> frozenset[str]:
        """Return the detectors of *zone* that have no other one in their room."""
        found = self._alone.get(zone.id)
        if found is None:
            beside = (p for name in zone.confirmed_with for p in self.in_zone.get(name, ()))
            found = alone_in_zone(zone, self.in_zone.get(zone.id, ()), beside)
            self._alone[zone.id] = found
        return found


class Places(Protocol):
    """The premises of one registry; a name that is not registered has a place without rows."""

    def place(self, premises: str) -> Place:
        """Return the place of *premises*."""

    def gateway_keys(self) -> Iterable[GatewayKey]:
        """Return the key of every gateway."""

    def people(self) -> frozenset[str]:
        """Return the contacts who are people of any premises."""

    def areas(self) -> Mapping[str, str | None]:
        """Return the area of every premises, None where they are in none."""

    def memberships(self) -> Mapping[str, tuple[Membership, ...]]:
        """Return the memberships of those premises that have any."""

    def labels(self) -> Mapping[str, PremisesLabel]:
        """Return the label of every premises."""

    def content(self, premises: str) -> object:
        """Return what is equal in two registries if *premises* have the same rows in both."""


def place_of(record: PremisesRecord) -> Place:
    """Return the rows of *record* by name."""
    in_zone: dict[str, list[Point]] = defaultdict(list)
    for point in record.points:
        in_zone[point.zone].append(point)
    return Place(
        record.premises,
        {each.id: each for each in record.zones},
        {each.id: each for each in record.gateways},
        {each.id: each for each in record.points},
        dict(in_zone),
        record,
    )


NOWHERE = place_of(PremisesRecord())
"""The place of premises that nobody registered."""


class PlacesAtHand:
    """The premises of a *registry* that is in memory anyway."""

    def __init__(self, registry: Registry) -> None:
        found = records(registry)
        self._places = {name: place_of(each) for name, each in found.items()}
        rows = [each.premises for each in found.values() if each.premises is not None]
        self._areas = {row.id: row.area for row in rows}
        self._labels = {row.id: label_of(row) for row in rows}
        self._memberships = {name: each.memberships for name, each in found.items() if each.memberships}

    def place(self, premises: str) -> Place:
        """Return the place of *premises*."""
        return self._places.get(premises, NOWHERE)

    def gateway_keys(self) -> Iterator[GatewayKey]:
        """Yield the key of every gateway."""
        for name, each in self._places.items():
            yield from (GatewayKey(name, gateway) for gateway in each.gateways)

    def people(self) -> frozenset[str]:
        """Return the contacts who are people of any premises."""
        rows = (each.premises for each in self._places.values())
        return frozenset(person for row in rows if row is not None for person in row.people)

    def areas(self) -> Mapping[str, str | None]:
        """Return the area of every premises, None where they are in none."""
        return self._areas

    def memberships(self) -> Mapping[str, tuple[Membership, ...]]:
        """Return the memberships of those premises that have any."""
        return self._memberships

    def labels(self) -> Mapping[str, PremisesLabel]:
        """Return the label of every premises."""
        return self._labels

    def content(self, premises: str) -> object:
        """Return the record of *premises*, to be compared."""
        return self.place(premises).record


class PlaceDecoder:
    """Decodes the records of premises; those that were asked for last stay decoded, *kept* at most.

    *fresh* records, which were decoded to check them, stay until they are asked for. All versions of the
    registry share it: a record that a version leaves alone stays decoded.
    """

    def __init__(
        self, kept: int = FEWEST_KEPT, fresh: Mapping[bytes, PremisesRecord] | None = None
    ) -> None:
        self._fresh = dict(fresh or {})
        self.place = lru_cache(maxsize=max(FEWEST_KEPT, kept))(self._decoded)

    @property
    def kept(self) -> int:
        """The number of premises that are decoded now."""
        return self.place.cache_info().currsize

    @property
    def fresh(self) -> int:
        """The number of premises that were decoded to check them, and not asked for yet."""
        return len(self._fresh)

    def prove(self, content: bytes, *, keep: bool) -> int:
        """Decode the record in *content*, and *keep* it so; return its rows. Raises ValueError."""
        return (self.place(content).record if keep else decoded_premises(content)).rows

    def _decoded(self, content: bytes) -> Place:
        record = self._fresh.pop(content, None) or decoded_premises(content)
        for table in LOCAL_TABLES:
            for row in getattr(record, table):
                lightened(row)
        return place_of(record)


@dataclass(slots=True)
class EncodedPlaces:
    """Records of premises as they are stored, and what is asked of all of them."""

    records: dict[str, bytes] = field(default_factory=dict)
    gateways: dict[str, tuple[str, ...]] = field(default_factory=dict)
    people: dict[str, tuple[str, ...]] = field(default_factory=dict)
    areas: dict[str, str | None] = field(default_factory=dict)
    memberships: dict[str, tuple[Membership, ...]] = field(default_factory=dict)
    labels: dict[str, PremisesLabel] = field(default_factory=dict)
    rows: int = 0

    def add(self, content: bytes) -> PremisesRecord:
        """Add the record in *content*, and return it; raises ValueError where it cannot be used."""
        record = decoded_premises(content)
        self.add_record(content, record)
        return record

    def add_record(self, content: bytes, record: PremisesRecord) -> None:
        """Add *record*, which is the one in *content*; raises ValueError where it has no row."""
        self._add(name_of(record), content, outline_of_record(record))

    def add_outlined(self, name: str, content: bytes) -> None:
        """Add the record of the premises *name* without decoding its rows; raises ValueError."""
        self._add(name, content, outline_of_content(content))

    def _add(self, name: str, content: bytes, outline: PlaceOutline) -> None:
        self.remove(name)
        self.records[name] = content
        self.gateways[name] = outline.gateways
        if outline.label is not None:
            self.labels[name], self.areas[name] = outline.label, outline.area
        if outline.people:
            self.people[name] = outline.people
        if outline.memberships:
            self.memberships[name] = outline.memberships
        self.rows += outline.rows

    def remove(self, name: str) -> None:
        """Remove the record of the premises *name*, if there is one."""
        tables: tuple[dict[str, Any], ...] = (self.records, self.gateways, self.people)
        for each in (*tables, self.areas, self.memberships, self.labels):
            each.pop(name, None)

    def copied(self) -> "EncodedPlaces":
        """Return a copy, which may be changed while others read this one."""
        return EncodedPlaces(
            dict(self.records),
            dict(self.gateways),
            dict(self.people),
            dict(self.areas),
            dict(self.memberships),
            dict(self.labels),
            self.rows,
        )

    @property
    def decoded_at_most(self) -> int:
        """The number of premises that are kept decoded, by the rows that they have."""
        return ROWS_KEPT * len(self.records) // max(1, self.rows)


def name_of(record: PremisesRecord) -> str:
    """Return the name of the premises of *record*; raises ValueError where no row has one."""
    if record.premises is not None:
        return record.premises.id
    for row in (*record.zones, *record.gateways, *record.points):
        return row.premises
    raise ValueError("a record of premises has no row")


class StoredPlaces:
    """The premises in *encoded*: one is decoded by *decoder* when it is asked for.

    Neither the memory of the process nor the work of its garbage collector grows with what is not in
    use. Threads may ask at the same time. Premises that were added by their outline, and of which no row
    can be decoded, are as if nobody had registered them: their alarms are still decided.
    """

    def __init__(self, encoded: EncodedPlaces, decoder: PlaceDecoder | None = None) -> None:
        self._encoded = encoded
        self._decoder = decoder or PlaceDecoder(encoded.decoded_at_most)

    def place(self, premises: str) -> Place:
        """Return the place of *premises*."""
        content = self._encoded.records.get(premises)
        try:
            return NOWHERE if content is None else self._decoder.place(content)
        except ValueError:
            return NOWHERE

    def gateway_keys(self) -> Iterator[GatewayKey]:
        """Yield the key of every gateway."""
        for name, gateways in self._encoded.gateways.items():
            yield from (GatewayKey(name, each) for each in gateways)

    def people(self) -> frozenset[str]:
        """Return the contacts who are people of any premises."""
        return frozenset(chain.from_iterable(self._encoded.people.values()))

    def areas(self) -> Mapping[str, str | None]:
        """Return the area of every premises, None where they are in none."""
        return self._encoded.areas

    def memberships(self) -> Mapping[str, tuple[Membership, ...]]:
        """Return the memberships of those premises that have any."""
        return self._encoded.memberships

    def labels(self) -> Mapping[str, PremisesLabel]:
        """Return the label of every premises."""
        return self._encoded.labels

    def content(self, premises: str) -> object:
        """Return the record of *premises* as it is stored, to be compared without decoding it."""
        return self._encoded.records.get(premises)
