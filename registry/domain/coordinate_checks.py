"""Checks that coordinates are whole, not exchanged, and in the country."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from registry.domain.readable import ReadableRow, readable_rows
from registry.domain.sourced import Sourced
from registry.model.registry import TABLES


@dataclass(frozen=True, slots=True)
class Box:
    """A part of a country, in degrees of WGS 84."""

    south: float
    north: float
    west: float
    east: float

    def holds(self, lat: float, lon: float) -> bool:
        """Return whether the place is in it."""
        return self.south <= lat <= self.north and self.west <= lon <= self.east


@dataclass(frozen=True, slots=True)
class Country:
    """The parts of a country in which places may be, as known on a day from a *source*."""

    name: str
    as_of: date
    source: str
    parts: tuple[Box, ...]

    def holds(self, lat: float, lon: float) -> bool:
        """Return whether the place is in one of its parts."""
        return any(each.holds(lat, lon) for each in self.parts)

    def __str__(self) -> str:
        """Return its main part for a person who corrects coordinates."""
        main = self.parts[0]
        return f"lat {main.south:g} to {main.north:g}, lon {main.west:g} to {main.east:g}"


VIET_NAM = Country(
    name="Viet Nam",
    as_of=date(2025, 7, 1),
    source="the outermost points of the mainland and of both archipelagos, rounded outwards",
    parts=(
        # From Cà Mau and Côn Đảo to Lũng Cú, from A Pa Chải to Mũi Đôi.
        Box(south=8.0, north=23.5, west=102.0, east=110.0),
        # Hoàng Sa and Trường Sa.
        Box(south=6.0, north=17.5, west=110.0, east=118.0),
    ),
)
"""The country that coordinates are held against."""

PLACED = tuple(table for table, row in TABLES.items() if {"lat", "lon"} <= set(row.model_fields))
"""The tables whose rows have coordinates."""


def coordinate_problems(sourced: Sourced, country: Country | None) -> Iterator[str]:
    """Yield every error of coordinates; without a *country* they may be anywhere."""
    for table in PLACED:
        for row in readable_rows(sourced, table):
            yield from _of_row(row, country)


def _of_row(row: ReadableRow, country: Country | None) -> Iterator[str]:
    lat, lon = row.number("lat"), row.number("lon")
    if lat is None or lon is None:
        yield from _half(row)
    elif country is not None and not country.holds(lat, lon):
        if country.holds(lon, lat):
            yield f"{row.where}: lat and lon are exchanged; write lat = {lon:g}, lon = {lat:g}"
        else:
            text = f"lat {lat:g}, lon {lon:g} is not in {country.name} ({country})"
            yield f"{row.where}: {text}; correct the coordinates or leave both out"


def _half(row: ReadableRow) -> Iterator[str]:
    for there, missing in (("lat", "lon"), ("lon", "lat")):
        if row.number(there) is not None and row.fields.get(missing) is None:
            yield f"{row.where}: it has {there} and no {missing}; add {missing} or leave both out"
