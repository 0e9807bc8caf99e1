"""Reads what was registered when from the versions of the registry, of which it holds none whole."""

import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from sys import intern
from typing import NamedTuple, TypeVar

import msgspec
from msgspec import Raw, Struct
from pydantic import TypeAdapter
from sqlalchemy import Connection, inspect, text

from contract.times import Micros
from duties.domain.groups import PremisesFacts, facts_of
from duties.domain.plan import DutyRules
from registry.domain.area_history import AreaHistory
from registry.model.areas import Area, Membership, Succession
from registry.model.duty_rules import DutyRule
from registry.model.facilities import Facility
from registry.model.rows import STORED
from reports.domain.incident_fact import PointName
from reports.domain.registered import PointModel, PremisesSpan, RegisteredPremises
from reports.store.incidents import Within

RECORDS = "registry_records"
"""The table of records, each valid from one version up to another; older versions are in parts."""

FOREVER = 2**62
"""A moment after all others."""

_VERSIONS = text("SELECT id, at, parts, document FROM registry_versions ORDER BY id")
_PARTS = text(
    "SELECT content FROM registry_parts WHERE version = :version AND number > 0 ORDER BY number"
)
_SHARED = text("SELECT content FROM registry_parts WHERE version = :version AND number = 0")
_RECORDS = text(
    "SELECT kind, name, since_version, until_version, content FROM registry_records "
    "WHERE kind = :kind AND since_version <= :last "
    "AND (until_version IS NULL OR until_version > :first) ORDER BY name, since_version"
)


NO_FACILITY = Raw(b"null")
"""The values that stand for premises that declared nothing."""


class PlaceRow(Struct, frozen=True):
    """The part of a row of premises that reports need."""

    id: str = ""
    name: str = ""
    area: str | None = None
    facility: Raw = NO_FACILITY


class StoredPointRow(Struct, frozen=True):
    """The part of a row of a point that reports need."""

    id: str
    gateway: str
    premises: str = ""
    make: str = ""
    model: str = ""


class GatewayRow(Struct, frozen=True):
    """The part of a row of a gateway that reports need."""

    id: str
    premises: str = ""


class UnitRow(Struct, frozen=True):
    """The part of a row of a unit that reports need."""

    id: str
    name: str = ""
    area: str | None = None


class MeansRow(Struct, frozen=True):
    """The part of a row of means that reports need."""

    id: str
    name: str
    unit: str
    state: str = "ready"
    plate: str = ""


class PlaceRecord(Struct, frozen=True):
    """Premises with their points, gateways and memberships, as a version has them."""

    premises: PlaceRow | None = None
    points: tuple[StoredPointRow, ...] = ()
    gateways: tuple[GatewayRow, ...] = ()
    memberships: tuple[Raw, ...] = ()


class WholeDocument(Struct, frozen=True):
    """A version that was stored before there were parts."""

    areas: tuple[Raw, ...] = ()
    successions: tuple[Raw, ...] = ()
    units: tuple[UnitRow, ...] = ()
    means: tuple[MeansRow, ...] = ()
    premises: tuple[PlaceRow, ...] = ()
    points: tuple[StoredPointRow, ...] = ()
    gateways: tuple[GatewayRow, ...] = ()
    duty_rules: tuple[Raw, ...] = ()


class VersionSpan(NamedTuple):
    """The version *number*, which was active from *begin* on and before *end*.

    It is in so many *parts*, or in a *document*, or else in records.
    """

    number: int
    begin: Micros
    end: Micros
    parts: int
    document: str

    @property
    def is_in_records(self) -> bool:
        """Whether its content is in records."""
        return not self.parts and not self.document


_FACILITY: TypeAdapter[Facility | None] = TypeAdapter(Facility | None)
_record = msgspec.json.Decoder(PlaceRecord).decode
_document = msgspec.json.Decoder(WholeDocument).decode


class StoredPlace(NamedTuple):
    """Premises as a stretch of time has them; *content* is JSON."""

    name: str
    begin: Micros
    end: Micros
    content: bytes


def registered_premises(
    connection: Connection, since: Micros, until: Micros, *, within: Within
) -> RegisteredPremises:
    """Return the premises *within* as they were registered from *since* on and before *until*."""
    versions = _versions(connection)
    active = [each for each in versions if each.begin < until and each.end > since]
    stored = (each for each in _stored(connection, active) if within is None or each.name in within)
    spans = (_span(each, since, until) for each in stored)
    history = area_history(_shared(connection, versions))
    return RegisteredPremises((each for each in spans if each.begin < each.end), history=history)


def area_history(shared: WholeDocument) -> AreaHistory:
    """Return the areas of *shared*, with their days."""
    areas = (Area.model_validate_json(bytes(each), context=STORED) for each in shared.areas)
    successions = (
        Succession.model_validate_json(bytes(each), context=STORED) for each in shared.successions
    )
    return AreaHistory(areas, successions)


def shared_rows(connection: Connection) -> WholeDocument:
    """Return the areas, units and means of the active version."""
    return _shared(connection, _versions(connection))


def premises_below(connection: Connection, area: str, day: date) -> frozenset[str]:
    """Return the premises that *area* holds on *day* by the active version, or an area within it."""
    versions = _versions(connection)
    history = area_history(_shared(connection, versions))
    records = (_record(each.content) for each in _stored(connection, versions[-1:]))
    return frozenset(
        each.premises.id
        for each in records
        if each.premises is not None and area in _above(history, each, day)
    )


def _above(history: AreaHistory, record: PlaceRecord, day: date) -> Iterator[str]:
    area = None if record.premises is None else record.premises.area
    return history.upwards(history.unit_of(area, day, _memberships(record)).areas, day)


def duty_facts(connection: Connection, day: date, *, within: Within) -> Mapping[str, PremisesFacts]:
    """Return the facts that rules of duties ask for of the premises *within*, by the active version.

    Their areas are those of *day*.
    """
    versions = _versions(connection)
    history = area_history(_shared(connection, versions))
    stored = _stored(connection, versions[-1:])
    found = (each for each in stored if within is None or each.name in within)
    return {each.name: _facts(_record(each.content), history, day) for each in found}


def _facts(record: PlaceRecord, history: AreaHistory, day: date) -> PremisesFacts:
    place = record.premises or PlaceRow()
    facility = _FACILITY.validate_json(bytes(place.facility), context=STORED)
    return facts_of(place.id, facility, frozenset(_above(history, record, day)))


def duty_rules(connection: Connection) -> DutyRules:
    """Return the rules of duties of the active version."""
    rows = shared_rows(connection).duty_rules
    return DutyRules(DutyRule.model_validate_json(bytes(each), context=STORED) for each in rows)


def areas_below(history: AreaHistory, area: str, day: date) -> frozenset[str]:
    """Return *area* and all areas that it holds on *day*."""
    return frozenset(each for each in history.areas if area in history.upwards((each,), day))


def _versions(connection: Connection) -> list[VersionSpan]:
    rows = connection.execute(_VERSIONS).all()
    ends = [*(each.at for each in rows[1:]), FOREVER]
    return [
        VersionSpan(row.id, row.at, end, row.parts, row.document)
        for row, end in zip(rows, ends, strict=True)
    ]


def _shared(connection: Connection, versions: list[VersionSpan]) -> WholeDocument:
    if not versions:
        return WholeDocument()
    last = versions[-1]
    if last.parts:
        return _document(_unpacked(connection.scalar(_SHARED, {"version": last.number})))
    if last.document:
        return _document(last.document)
    return WholeDocument(
        areas=_rows(connection, last, Raw, "areas"),
        successions=_rows(connection, last, Raw, "successions"),
        units=_rows(connection, last, UnitRow, "units"),
        means=_rows(connection, last, MeansRow, "means"),
        duty_rules=_rows(connection, last, Raw, "duty_rules"),
    )


SharedRow = TypeVar("SharedRow", Raw, UnitRow, MeansRow)


def _rows(
    connection: Connection, version: VersionSpan, kind: type[SharedRow], table: str
) -> tuple[SharedRow, ...]:
    about = {"kind": table, "first": version.number, "last": version.number}
    found = connection.execute(_RECORDS, about)
    return tuple(msgspec.json.decode(_unpacked(row.content), type=kind) for row in found)


def _stored(connection: Connection, active: list[VersionSpan]) -> Iterator[StoredPlace]:
    in_records = [each for each in active if each.is_in_records]
    yield from _whole([each for each in active if not each.is_in_records], connection)
    if in_records and inspect(connection).has_table(RECORDS):
        yield from _in_records(connection, in_records)


def _in_records(connection: Connection, versions: list[VersionSpan]) -> Iterator[StoredPlace]:
    begins = {each.number: each.begin for each in versions}
    first, last = versions[0], versions[-1]
    about = {"kind": "premises", "first": first.number, "last": last.number}
    for row in connection.execution_options(yield_per=500).execute(_RECORDS, about):
        begin = begins.get(row.since_version, first.begin)
        # One that ended with a later version than these ends with them.
        end = begins.get(row.until_version, last.end)
        yield StoredPlace(row.name, begin, end, _unpacked(row.content))


def _whole(versions: list[VersionSpan], connection: Connection) -> Iterator[StoredPlace]:
    """Yield the premises of *versions* that are stored whole; what did not change is one stretch."""
    known, end = dict[str, tuple[bytes, Micros]](), 0
    for version in versions:
        found = dict(_lines(connection, version))
        for name in [each for each in known if known[each][0] != found.get(each)]:
            content, begin = known.pop(name)
            yield StoredPlace(name, begin, version.begin, content)
        for name, content in found.items():
            known.setdefault(name, (content, version.begin))
        end = version.end
    for name, (content, begin) in known.items():
        yield StoredPlace(name, begin, end, content)


def _lines(connection: Connection, version: VersionSpan) -> Iterator[tuple[str, bytes]]:
    """Yield the name of each premises of *version* and its record as JSON."""
    if version.document:
        yield from _of_document(_document(version.document))
        return
    for row in connection.execute(_PARTS, {"version": version.number}):
        for line in _unpacked(row.content).split(b"\n"):
            record = _record(line)
            if record.premises is not None:
                yield record.premises.id, line


def _of_document(found: WholeDocument) -> Iterator[tuple[str, bytes]]:
    points, gateways = _by_premises(found.points), _by_premises(found.gateways)
    for each in found.premises:
        record = PlaceRecord(each, tuple(points[each.id]), tuple(gateways[each.id]))
        yield each.id, msgspec.json.encode(record)


Local = TypeVar("Local", StoredPointRow, GatewayRow)


def _by_premises(rows: Iterable[Local]) -> Mapping[str, list[Local]]:
    found: dict[str, list[Local]] = defaultdict(list)
    for each in rows:
        found[each.premises].append(each)
    return found


def _span(stored: StoredPlace, since: Micros, until: Micros) -> PremisesSpan:
    record = _record(stored.content)
    place = record.premises or PlaceRow(stored.name, stored.name)
    return PremisesSpan(
        premises=stored.name,
        begin=max(stored.begin, since),
        end=min(stored.end, until),
        name=place.name,
        area=place.area,
        points={PointName(each.gateway, each.id): _model(each) for each in record.points},
        gateways=frozenset(each.id for each in record.gateways),
        memberships=_memberships(record),
    )


def _memberships(record: PlaceRecord) -> tuple[Membership, ...]:
    rows = (bytes(each) for each in record.memberships)
    return tuple(Membership.model_validate_json(each, context=STORED) for each in rows)


def _model(row: StoredPointRow) -> PointModel:
    return PointModel(intern(row.make), intern(row.model))


def _unpacked(content: bytes | None) -> bytes:
    return b"{}" if content is None else zlib.decompress(content)
