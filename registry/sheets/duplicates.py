"""Finds rows that seem to be there twice: the same or a like name, at the same place."""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rapidfuzz import fuzz

from registry.model.rows import Row
from registry.sheets.changes import Duplicate
from registry.sheets.spelling import plain

LIKE = 90.0
"""The likeness of two names, of 100, from which they may be the same thing at one place."""

NEAR_M = 100.0
"""Metres within which two places may be one."""

TABLES_WITH_PLACES = ("premises", "water", "contacts")
"""Tables whose rows are compared; the place of a contact is the phone."""

_CELL_DEGREES = 0.001
"""Degrees of a square of the search: about 110 m."""


@dataclass(frozen=True, slots=True)
class _Thing:
    key: str
    name: str
    address: str
    phone: str
    lat: float | None
    lon: float | None


def duplicates(table: str, new: Iterable[Row], known: Iterable[Row]) -> Iterator[Duplicate]:
    """Yield each row of *new* that seems to be one of *known*, or of those before it in *new*."""
    if table not in TABLES_WITH_PLACES:
        return
    search = _Search()
    for row in known:
        search.add(_thing(row))
    for row in new:
        thing = _thing(row)
        for other in search.near(thing):
            if other.key != thing.key and (found := _compared(table, thing, other)) is not None:
                yield found
        search.add(thing)


def _thing(row: Row) -> _Thing:
    def text(name: str) -> str:
        return plain(str(getattr(row, name, "") or ""))

    phone = str(getattr(row, "phone", "") or "")
    lat, lon = getattr(row, "lat", None), getattr(row, "lon", None)
    return _Thing(row.key, text("name"), text("address"), phone, lat, lon)


class _Search:
    """Finds what is near in name or place, without a comparison of all with all."""

    def __init__(self) -> None:
        self._found: dict[object, dict[str, _Thing]] = defaultdict(dict)

    def add(self, thing: _Thing) -> None:
        for key in _keys(thing):
            self._found[key][thing.key] = thing

    def near(self, thing: _Thing) -> list[_Thing]:
        found: dict[str, _Thing] = {}
        for key in _keys(thing, around=1):
            found |= self._found.get(key, {})
        return list(found.values())


def _keys(thing: _Thing, *, around: int = 0) -> Iterator[object]:
    if thing.address:
        yield "address", thing.address
    if thing.phone:
        yield "phone", thing.phone
    if thing.lat is not None and thing.lon is not None:
        row, column = math.floor(thing.lat / _CELL_DEGREES), math.floor(thing.lon / _CELL_DEGREES)
        for up in range(-around, around + 1):
            for right in range(-around, around + 1):
                yield row + up, column + right


def _compared(table: str, one: _Thing, other: _Thing) -> Duplicate | None:
    score = 100.0 if one.name == other.name else fuzz.token_sort_ratio(one.name, other.name)
    if score < LIKE or (place := _same_place(one, other)) is None:
        return None
    return Duplicate(table, one.key, other.key, round(score), place)


def _same_place(one: _Thing, other: _Thing) -> str | None:
    if one.phone and one.phone == other.phone:
        return "phone"
    if one.address and one.address == other.address:
        return "address"
    distance = _metres(one, other)
    return None if distance is None or distance > NEAR_M else f"{distance:.0f} m"


def _metres(one: _Thing, other: _Thing) -> float | None:
    if one.lat is None or one.lon is None or other.lat is None or other.lon is None:
        return None
    degree = 111_320.0
    across = (one.lon - other.lon) * math.cos(math.radians(one.lat)) * degree
    return math.hypot((one.lat - other.lat) * degree, across)
