"""Checks of units and what they cover: contacts, who commands whom, and days of validity."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date

from registry.domain.readable import ReadableRow, readable_rows
from registry.domain.rings import rings
from registry.domain.sourced import Sourced

_DATED = ("units", "coverages")
"""The tables of this kind whose rows are in force on some days."""


def resource_problems(sourced: Sourced, known: Mapping[str, set[str]]) -> Iterator[str]:
    """Yield every error in units and coverages; *known* are the keys of each table."""
    yield from _unknown_contacts(sourced, known)
    yield from _command_rings(sourced)
    for table in _DATED:
        for row in readable_rows(sourced, table):
            yield from _ends_before_it_begins(row)
    yield from _coverages(sourced)


def _unknown_contacts(sourced: Sourced, known: Mapping[str, set[str]]) -> Iterator[str]:
    for row in readable_rows(sourced, "units"):
        for name in row.names("contacts"):
            if name not in known["contacts"]:
                yield f"{row.where}: {name!r} is not in [[contacts]]; add it there or correct the name"


def _command_rings(sourced: Sourced) -> Iterator[str]:
    rows = readable_rows(sourced, "units")
    parents = {name: row.name("parent") for row in rows if (name := row.name("id")) is not None}
    for where, path in rings(sourced, "units", parents):
        yield f"{where}: the units {path} command one another; remove the parent of one of them"


def _ends_before_it_begins(row: ReadableRow) -> Iterator[str]:
    begin, end = row.day("valid_from"), row.day("valid_to")
    if begin is not None and end is not None and end <= begin:
        text = f"valid_to {end} is not after valid_from {begin}"
        yield f"{row.where}: {text}; correct one of them (valid_to is the first day without it)"


def _coverages(sourced: Sourced) -> Iterator[str]:
    units = {row.name("id"): row for row in readable_rows(sourced, "units")}
    same: dict[tuple[str, str], list[ReadableRow]] = defaultdict(list)
    for row in readable_rows(sourced, "coverages"):
        unit, area = row.name("unit"), row.name("area")
        if unit is None or area is None:
            continue
        for other in same[unit, area]:
            if _overlap(row, other):
                text = f"{other.where} says the same of some of its days"
                yield f"{row.where}: {text}; let one end where the other begins, or remove one"
        same[unit, area].append(row)
        if unit in units and not _overlap(row, units[unit]):
            text = f"unit {unit!r} is not in force on any of its days"
            yield f"{row.where}: {text}; correct valid_from and valid_to here or there"


def _overlap(one: ReadableRow, other: ReadableRow) -> bool:
    return _begin(one) < _end(other) and _begin(other) < _end(one)


def _begin(row: ReadableRow) -> date:
    return row.day("valid_from") or date.min


def _end(row: ReadableRow) -> date:
    return row.day("valid_to") or date.max
