"""Packs a registry into small parts, which are read, checked and unpacked one at a time."""

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from registry.domain.places import EncodedPlaces
from registry.domain.records import records, shared_tables
from registry.model.registry import Registry
from registry.model.rows import STORED

ROWS_IN_PART = 200
"""Rows after which a part ends: about a millisecond of checking."""


@dataclass(frozen=True, slots=True)
class RegistryPart:
    """Records of premises, of which *first* is the first one, as compressed lines of JSON.

    The first part of a registry names no premises: its line holds the tables that all premises share.
    """

    first: str
    content: bytes


def packed(registry: Registry) -> Iterator[RegistryPart]:
    """Yield the parts of *registry*: first what all share, then the premises in the order of names."""
    yield _part("", [encoded_shared(registry)])
    lines, first, rows = list[bytes](), "", 0
    for name, record in records(registry).items():
        first, rows = first or name, rows + record.rows
        lines.append(record.model_dump_json(exclude_none=True).encode())
        if rows >= ROWS_IN_PART:
            yield _part(first, lines)
            lines, first, rows = [], "", 0
    if lines:
        yield _part(first, lines)


def encoded_shared(registry: Registry) -> bytes:
    """Return the tables of *registry* that all premises share as JSON."""
    return shared_tables(registry).model_dump_json().encode()


def lines_of(content: bytes) -> list[bytes]:
    """Return the lines of a part; raises ValueError where *content* is damaged."""
    try:
        return zlib.decompress(content).split(b"\n")
    except zlib.error as error:
        raise ValueError(f"a part of the registry is damaged ({error}); import it again") from error


def shared_of(lines: list[bytes]) -> Registry:
    """Return the registry without premises in the *lines* of a first part; raises ValueError."""
    return Registry.model_validate_json(b"\n".join(lines), context=STORED)


def encoded_places(registry: Registry) -> EncodedPlaces:
    """Return the premises of *registry*, which was checked, encoded."""
    found = EncodedPlaces()
    for record in records(registry).values():
        found.add(record.model_dump_json(exclude_none=True).encode())
    return found


def _part(first: str, lines: Iterable[bytes]) -> RegistryPart:
    return RegistryPart(first, zlib.compress(b"\n".join(lines)))
