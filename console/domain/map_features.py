"""Features of the map in GeoJSON (RFC 7946), from what alerting lists."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from msgspec import Struct

from contract.http.areas import AreaRecord
from contract.http.premises import ListedPremises

CALM = "calm"


class PointGeometry(Struct, frozen=True, kw_only=True):
    """The geometry of a feature: a point, longitude first."""

    coordinates: tuple[float, float]
    type: str = "Point"


class Feature(Struct, frozen=True, kw_only=True):
    """A thing on the map, by its *id*."""

    id: str
    geometry: PointGeometry
    properties: dict[str, Any]
    type: str = "Feature"


class Features(Struct, frozen=True, kw_only=True):
    """All things of one kind."""

    features: list[Feature]
    type: str = "FeatureCollection"


def areas_on_map(areas: Iterable[AreaRecord]) -> bytes:
    """Return the centres of *areas*, as far as they are known."""
    found = [
        Feature(
            id=each.id,
            geometry=PointGeometry(coordinates=(each.lon, each.lat)),
            properties={"id": each.id, "name": each.name, "kind": each.kind},
        )
        for each in areas
        if each.lat is not None and each.lon is not None
    ]
    return msgspec.json.encode(Features(features=found))


def premises_on_map(premises: Iterable[ListedPremises], states: Mapping[str, str]) -> bytes:
    """Return *premises* with a position, each with its state of *states*."""
    found = [
        Feature(
            id=each.id,
            geometry=PointGeometry(coordinates=(each.lon, each.lat)),
            properties={
                "id": each.id,
                "name": each.name,
                "address": each.address,
                "area": each.area,
                "state": states.get(each.id, CALM),
            },
        )
        for each in premises
        if each.lat is not None and each.lon is not None
    ]
    return msgspec.json.encode(Features(features=found))
