"""Reads of the record of premises what is asked of all premises, a tenth of the work of decoding it.

Its rows are proved to be rows that this program knows only when the record is decoded.
"""

from dataclasses import dataclass
from sys import intern
from typing import Any, NamedTuple

import msgspec

from registry.domain.encoded_records import has_nothing_to_escape, record_json
from registry.model.areas import Membership
from registry.model.places import Premises
from registry.model.records import LOCAL_TABLES, PremisesRecord
from registry.model.rows import STORED


class PremisesLabel(NamedTuple):
    """The name and the place of premises: what a list of all shows without decoding their records."""

    name: str
    address: str
    lat: float | None
    lon: float | None


def label_of(row: Premises) -> PremisesLabel:
    """Return the label of *row*."""
    return PremisesLabel(row.name, row.address, row.lat, row.lon)


@dataclass(frozen=True, slots=True)
class PlaceOutline:
    """Of premises the names of their *gateways*, their *memberships* and the number of their *rows*.

    *label*, *area* and *people* are of their own row; without one the label is None.
    """

    label: PremisesLabel | None
    area: str | None
    people: tuple[str, ...]
    gateways: tuple[str, ...]
    memberships: tuple[Membership, ...]
    rows: int


def outline_of_record(record: PremisesRecord) -> PlaceOutline:
    """Return the outline of *record*."""
    row = record.premises
    return PlaceOutline(
        label=None if row is None else label_of(row),
        area=None if row is None else _shared(row.area),
        people=() if row is None else row.people,
        gateways=tuple(intern(each.id) for each in record.gateways),
        memberships=record.memberships,
        rows=record.rows,
    )


def outline_of_content(content: bytes) -> PlaceOutline:
    """Return the outline of the record in *content*; raises ValueError where it has none."""
    json = record_json(content)
    if not has_nothing_to_escape(json):
        return outline_of_record(PremisesRecord.model_validate_json(json, context=STORED))
    found: Any = _light(json)
    row = found.premises
    return PlaceOutline(
        label=None if row is None else PremisesLabel(row.name, row.address, row.lat, row.lon),
        area=None if row is None else _shared(row.area),
        people=() if row is None else row.people,
        gateways=tuple(intern(each.id) for each in found.gateways),
        memberships=tuple(_membership(each) for each in found.memberships),
        rows=1 + sum(len(getattr(found, table)) for table in LOCAL_TABLES),
    )


class _PremisesRow(msgspec.Struct, gc=False):
    name: str
    address: str = ""
    lat: float | None = None
    lon: float | None = None
    area: str | None = None
    people: tuple[str, ...] = ()


class _GatewayRow(msgspec.Struct, gc=False):
    id: str


_light = msgspec.json.Decoder(
    msgspec.defstruct(
        "_LightRecord",
        [
            ("premises", _PremisesRow | None, None),
            ("gateways", tuple[_GatewayRow, ...], ()),
            *((each, tuple[msgspec.Raw, ...], ()) for each in LOCAL_TABLES if each != "gateways"),
        ],
    )
).decode


def _membership(row: msgspec.Raw) -> Membership:
    return Membership.model_validate_json(bytes(row), context=STORED)


def _shared(name: str | None) -> str | None:
    return intern(name) if name else None
