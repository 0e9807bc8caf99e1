"""Reads a version as the registry that it is, within a transaction of the caller."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from contract.times import from_micros
from registry.domain.content_tree import content_root
from registry.domain.encoded_records import RecordKey, registry_of
from registry.domain.signed import RegistryRefused
from registry.model.registry import Registry
from registry.store.earlier_versions import earlier_registry
from registry.store.errors import UnknownVersion
from registry.store.record_queries import StoredRecord, records_of
from registry.store.stored_versions import StoredVersion, is_sound, latest_stored, stored_version


@dataclass(frozen=True, slots=True)
class RegistryVersion:
    """One version of the registry; number 0 is the empty one that every database begins with."""

    number: int
    at: datetime | None
    who: str
    hash: str
    registry: Registry
    is_sound: bool = True
    """Whether its content is the one that was imported, and the center's signature over it holds."""
    note: str = ""


EMPTY = RegistryVersion(0, None, "", "", Registry())


def latest(connection: Connection, public_key: bytes | None = None) -> RegistryVersion:
    """Return the latest version, within a transaction of the caller; raises ValueError.

    It is sound if it is as it was imported, and signed by the holder of *public_key*, if that is given.
    """
    stored = latest_stored(connection)
    return EMPTY if stored is None else _version(connection, stored, public_key)


def numbered(connection: Connection, number: int, public_key: bytes | None = None) -> RegistryVersion:
    """Return the version *number*; raises UnknownVersion, or ValueError where it cannot be read."""
    if number == 0:
        return EMPTY
    stored = stored_version(connection, number)
    if stored is None:
        raise UnknownVersion(number)
    return _version(connection, stored, public_key)


def _version(connection: Connection, stored: StoredVersion, public_key: bytes | None) -> RegistryVersion:
    if stored.records is None:
        registry, sound = earlier_registry(connection, stored), is_sound(connection, stored, public_key)
    else:
        found = list(records_of(connection, stored.number))
        registry = registry_of((each.key, each.content) for each in found)
        sound = are_sound(found, stored, public_key)
    at = from_micros(stored.at)
    return RegistryVersion(stored.number, at, stored.who, stored.hash, registry, sound, stored.note)


def are_sound(
    found: Iterable[StoredRecord], stored: StoredVersion, public_key: bytes | None = None
) -> bool:
    """Return whether *found* are the records of *stored* as they were imported and signed."""
    hashes: dict[RecordKey, str] = {}
    for each in found:
        if each.key in hashes or not each.is_sound:
            return False
        hashes[each.key] = each.hash
    try:
        stored.check_content(content_root(hashes))
        if public_key is not None:
            stored.check_signature(public_key)
    except RegistryRefused:
        return False
    return True
