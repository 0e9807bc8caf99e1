"""Reads and signs versions as they are stored: number, importer, hashes and signature."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, func, select, update

from audit.center_key import CenterKey, signature_holds
from registry.domain.signed import RegistryRefused, VersionStatement, content_hash
from registry.store.record_queries import root_of_records
from registry.store.tables import parts, versions

_LATEST = select(versions).order_by(versions.c.id.desc()).limit(1)
_LATEST_NUMBER = select(func.max(versions.c.id))


@dataclass(frozen=True, slots=True)
class StoredVersion:
    """A version as it is stored: as so many *records*, or earlier in *parts* or as one *document*."""

    number: int
    at: int
    who: str
    hash: str
    parts: int
    document: str
    content_hash: str
    signature: str
    records: int | None = None
    note: str = ""

    @property
    def statement(self) -> VersionStatement:
        """Return what the center signs of it."""
        note = None if self.records is None else self.note
        return VersionStatement(self.number, self.at, self.who, self.hash, self.content_hash, note)

    def check_content(self, found: str) -> None:
        """Raise RegistryRefused unless *found* is the hash of its content, where it has one."""
        if found != self.content_hash and (self.content_hash or self.records is not None):
            raise RegistryRefused(
                f"version {self.number} is not what {self.who} imported; import the registry again"
            )

    def check_signature(self, public_key: bytes) -> None:
        """Raise RegistryRefused unless the holder of *public_key* signed it."""
        if not signature_holds(public_key, self.statement.message(), self.signature):
            raise RegistryRefused(
                f"version {self.number} is not signed by this center; import the registry again"
            )


def latest_stored(connection: Connection) -> StoredVersion | None:
    """Return the latest version as it is stored; None where nothing was imported."""
    return _stored(connection.execute(_LATEST).one_or_none())


def stored_version(connection: Connection, number: int) -> StoredVersion | None:
    """Return the version *number* as it is stored."""
    return _stored(connection.execute(select(versions).where(versions.c.id == number)).one_or_none())


def stored_versions(connection: Connection) -> Iterator[StoredVersion]:
    """Yield every version as it is stored, without its document, the latest first."""
    wanted = [column for column in versions.c if column is not versions.c.document]
    for row in connection.execute(select(*wanted).order_by(versions.c.id.desc())):
        found = _stored(row)
        if found is not None:
            yield found


def latest_number(connection: Connection) -> int:
    """Return the number of the latest version: one short read of an indexed table."""
    return int(connection.scalar(_LATEST_NUMBER) or 0)


def is_sound(connection: Connection, stored: StoredVersion, public_key: bytes | None) -> bool:
    """Return whether *stored* is as it was imported, and signed by *public_key*, if that is given."""
    try:
        stored.check_content(stored_content_hash(connection, stored))
        if public_key is not None:
            stored.check_signature(public_key)
    except ValueError:
        return False
    return True


def stored_content_hash(connection: Connection, stored: StoredVersion) -> str:
    """Return the hash of the content of *stored* as it is in the database now; raises ValueError."""
    if stored.records is not None:
        return root_of_records(connection, stored.number)
    if not stored.parts:
        return content_hash([("", stored.document.encode())])
    query = select(parts.c.premises, parts.c.content).where(parts.c.version == stored.number)
    found = connection.execute(query.order_by(parts.c.number))
    return content_hash((row.premises, row.content) for row in found)


def sign_version(connection: Connection, stored: StoredVersion, key: CenterKey) -> None:
    """Sign *stored*, which nobody signed before, as it is now."""
    content = stored_content_hash(connection, stored)
    signature = key.sign(replace(stored, content_hash=content).statement.message())
    signed = update(versions).where(versions.c.id == stored.number)
    connection.execute(signed.values(content_hash=content, signature=signature))


def _stored(row: Any) -> StoredVersion | None:
    """Return the version in *row*; what is of another type, written there by hand, fits no signature."""
    if row is None:
        return None
    at, parts_ = (each if isinstance(each, int) else 0 for each in (row.at, row.parts))
    document, proof = str(getattr(row, "document", "")), (str(row.content_hash), str(row.signature))
    records = row.records if row.records is None or isinstance(row.records, int) else -1
    who, hash_, note = str(row.who), str(row.hash), str(row.note)
    return StoredVersion(row.id, at, who, hash_, parts_, document, *proof, records, note)
