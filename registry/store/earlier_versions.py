"""Reads versions that earlier programs stored: in compressed parts, or whole as one document."""

from collections.abc import Iterator
from itertools import chain

from sqlalchemy import Connection, bindparam, select

from registry.domain.parts import lines_of, shared_of
from registry.domain.records import joined
from registry.model.records import PremisesRecord
from registry.model.registry import Registry
from registry.model.rows import STORED
from registry.store.stored_versions import StoredVersion
from registry.store.tables import parts

_PART = select(parts.c.premises, parts.c.content).where(
    parts.c.version == bindparam("version_"), parts.c.number == bindparam("number_")
)


def earlier_registry(connection: Connection, stored: StoredVersion) -> Registry:
    """Return the registry of *stored*, which has no records; raises ValueError."""
    if not stored.parts:
        return Registry.model_validate_json(stored.document, context=STORED)
    shared = shared_of(part_lines(connection, stored.number, 0))
    return joined(shared, _premises(connection, stored))


def part_lines(connection: Connection, version: int, number: int) -> list[bytes]:
    """Return the lines of the part *number* of *version*; raises ValueError where it cannot be read."""
    return lines_of(stored_part(connection, version, number)[1])


def stored_part(connection: Connection, version: int, number: int) -> tuple[str, bytes]:
    """Return the first premises and the content of a part of *version*; raises ValueError."""
    row = connection.execute(_PART, {"version_": version, "number_": number}).one_or_none()
    if row is None:
        raise ValueError(f"part {number} of version {version} is missing; import the registry again")
    return row.premises, row.content


def _premises(connection: Connection, stored: StoredVersion) -> Iterator[PremisesRecord]:
    local = (part_lines(connection, stored.number, each) for each in range(1, stored.parts))
    for line in chain.from_iterable(local):
        yield PremisesRecord.model_validate_json(line, context=STORED)
