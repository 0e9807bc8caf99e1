"""Keeps every version of the registry in the database; the latest one is active."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    bindparam,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.exc import IntegrityError, OperationalError

from audit.center_key import NAME as KEY_NAME
from audit.center_key import BadCenterKey, CenterKey, read_key, signature_holds
from contract.local_time import local_datetime, utc
from contract.times import from_micros, to_micros
from registry.domain.canonical import canonical, digest
from registry.domain.changes import RegistryChanges, difference
from registry.domain.parts import RegistryPart, lines_of, packed, shared_of
from registry.domain.records import joined
from registry.domain.signed import RegistryRefused, VersionStatement, content_hash
from registry.migrations import REVISIONS
from registry.model.records import PremisesRecord
from registry.model.registry import TABLES, Registry
from registry.model.rows import STORED
from runtime.database import BadDatabase, Database, open_database, open_existing, parse_url
from runtime.revisions import is_current

metadata = MetaData()

versions = Table(
    "registry_versions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("who", String(200), nullable=False),
    Column("hash", String(64), nullable=False),
    # The whole registry of a version that was imported before there were parts; else it is empty.
    Column("document", Text, nullable=False),
    Column("parts", Integer, nullable=False, server_default="0"),
    # Of the document or the parts as they are stored; the center's signature is over it and the rest.
    Column("content_hash", String(64), nullable=False, server_default=text("''")),
    Column("signature", String(128), nullable=False, server_default=text("''")),
)

parts = Table(
    "registry_parts",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("premises", String(63), nullable=False),
    Column("content", LargeBinary, nullable=False),
)

_LATEST = select(versions).order_by(versions.c.id.desc()).limit(1)
_LATEST_NUMBER = select(func.max(versions.c.id))
_PART = select(parts.c.premises, parts.c.content).where(
    parts.c.version == bindparam("version_"), parts.c.number == bindparam("number_")
)


@dataclass(frozen=True, slots=True)
class RegistryVersion:
    """One imported registry; number 0 is the empty one that every database begins with."""

    number: int
    at: datetime | None
    who: str
    hash: str
    registry: Registry
    is_sound: bool = True
    """Whether its content is the one that was imported, and the center's signature over it holds."""


@dataclass(frozen=True, slots=True)
class StoredVersion:
    """A version as it is stored: in so many *parts*, or as one *document*."""

    number: int
    at: int
    who: str
    hash: str
    parts: int
    document: str
    content_hash: str
    signature: str

    @property
    def statement(self) -> VersionStatement:
        """Return what the center signs of it."""
        return VersionStatement(self.number, self.at, self.who, self.hash, self.content_hash)

    def check_content(self, found: str) -> None:
        """Raise RegistryRefused unless *found* is the hash of its content, where it has one."""
        if self.content_hash and found != self.content_hash:
            raise RegistryRefused(
                f"version {self.number} is not what {self.who} imported; import the registry again"
            )

    def check_signature(self, public_key: bytes) -> None:
        """Raise RegistryRefused unless the holder of *public_key* signed it."""
        if not signature_holds(public_key, self.statement.message(), self.signature):
            raise RegistryRefused(
                f"version {self.number} is not signed by this center; import the registry again"
            )


NO_POLICY = "none: sent to the command center alone"

EMPTY = RegistryVersion(0, None, "", "", Registry())


TURNS = 6
"""Times that an import waits for its turn, each as long as SQLite lets a writer wait (10 s)."""


class Importing(StrEnum):
    """The result of an import."""

    IMPORTED = "imported"
    SAME_CONTENT = "same_content"
    DRY_RUN = "dry_run"


@dataclass(frozen=True, slots=True)
class Import:
    """The result of an import, the version that is active now, and the changes made or previewed."""

    result: Importing
    version: int
    changes: RegistryChanges

    def as_json(self) -> dict[str, Any]:
        """Return the result for ``--json``."""
        return {"result": self.result.value, "version": self.version, "changes": asdict(self.changes)}

    def as_lines(self) -> list[str]:
        """Return the result for a person, line by line."""
        texts = {
            Importing.IMPORTED: f"imported as version {self.version}",
            Importing.SAME_CONTENT: f"nothing to import: version {self.version} says the same",
            Importing.DRY_RUN: "nothing was imported; run it without --dry-run to import this:",
        }
        return [texts[self.result], *describe(self.changes)]


def describe(changes: RegistryChanges) -> list[str]:
    """Return *changes* for a person, line by line."""
    return [
        *(f"+ {each.table} {each.key}" for each in changes.added),
        *(f"- {each.table} {each.key}" for each in changes.removed),
        *(f"~ {each.table} {each.key}: {', '.join(each.fields)}" for each in changes.changed),
        *(
            f"! point {each} loses its coverage: its fires will be those of an unregistered point"
            for each in changes.uncovered
        ),
    ]


class RegistryStore:
    """The versions of the registry in one database, signed with *key*; made by ``open_store``."""

    def __init__(self, database: Database, key: CenterKey | None = None) -> None:
        self._database = database
        self._key = key

    async def active_version(self) -> RegistryVersion:
        """Return the latest version."""
        public_key = None if self._key is None else self._key.public
        return await self._database.read(lambda connection: latest(connection, public_key))

    async def store_registry(self, registry: Registry, *, who: str, now: datetime) -> Import:
        """Make *registry*, which is valid, the active one; the same content makes no new version.

        All is prepared before the transaction, for which an alarm of a running center may wait.
        """
        new = _prepared(registry, who=who, now=now)
        while True:
            before = await self.active_version()
            changes = difference(before.registry, registry)
            if before.hash == new.hash and before.is_sound:
                return Import(Importing.SAME_CONTENT, before.number, changes)
            number = before.number + 1
            if await self._insert_between_others(new, number):
                return Import(Importing.IMPORTED, number, changes)

    async def _insert_between_others(self, new: "_Prepared", number: int) -> bool:
        """Insert *new*; wait for a turn again where alerting writes without a pause, as in a storm."""
        for turns_left in reversed(range(TURNS)):
            try:
                return await self._database.write(
                    partial(_insert, new=new, number=number, key=self._key)
                )
            except IntegrityError:
                return False  # the other import ended between: PostgreSQL lets both run at once
            except OperationalError as error:
                if not turns_left:
                    text = f"the registry was not imported: its database is busy or away ({error.orig})"
                    raise BadDatabase(f"{text}; import it again") from error
        raise AssertionError("the last turn returns or raises")

    async def preview(self, registry: Registry) -> Import:
        """Return what importing *registry* would change."""
        before = await self.active_version()
        same = before.hash == digest(canonical(registry)) and before.is_sound
        result = Importing.SAME_CONTENT if same else Importing.DRY_RUN
        return Import(result, before.number, difference(before.registry, registry))


@asynccontextmanager
async def open_store(url: str, key: Path | None = None) -> AsyncIterator[RegistryStore]:
    """Open the store in the database at *url*; its table is brought up to date.

    Versions are signed with the center's key in the file *key*, or beside a database that is a file;
    where there is none yet, the center signs the version when it starts.
    """
    async with open_database(url) as database:
        await _migrate(database)
        yield RegistryStore(database, _key_in(key or _beside(url)))


def _beside(url: str) -> Path | None:
    parts = parse_url(url)
    is_file = parts.get_backend_name() == "sqlite"
    return Path(str(parts.database)).parent / KEY_NAME if is_file else None


def _key_in(file: Path | None) -> CenterKey | None:
    """Return the key in *file*; raises BadDatabase where it cannot be used."""
    try:
        return None if file is None else read_key(file)
    except FileNotFoundError:
        return None
    except BadCenterKey as error:
        raise BadDatabase(f"the registry was not imported: {error}") from error


@asynccontextmanager
async def _existing_store(url: str) -> AsyncIterator[RegistryStore]:
    async with open_existing(url) as database:
        await _migrate(database)
        yield RegistryStore(database, _key_in(_beside(url)))


async def _migrate(database: Database) -> None:
    """Bring the tables up to date; that reads only where they are, as at a center that runs."""
    if not await database.read(lambda connection: is_current(connection, REVISIONS)):
        await database.migrate(REVISIONS)


def latest(connection: Connection, public_key: bytes | None = None) -> RegistryVersion:
    """Return the latest version, within a transaction of the caller; raises ValueError.

    It is sound if it is as it was imported, and signed by the holder of *public_key*, if that is given.
    """
    stored = latest_stored(connection)
    if stored is None:
        return EMPTY
    registry = _registry(connection, stored)
    is_sound = _is_sound(connection, stored, public_key)
    return RegistryVersion(
        stored.number, from_micros(stored.at), stored.who, stored.hash, registry, is_sound
    )


def _is_sound(connection: Connection, stored: StoredVersion, public_key: bytes | None) -> bool:
    try:
        stored.check_content(stored_content_hash(connection, stored))
        if public_key is not None:
            stored.check_signature(public_key)
    except RegistryRefused:
        return False
    return True


def stored_content_hash(connection: Connection, stored: StoredVersion) -> str:
    """Return the hash of the content of *stored* as it is in the database now."""
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


def latest_stored(connection: Connection) -> StoredVersion | None:
    """Return the latest version as it is stored; None where nothing was imported."""
    return _stored(connection.execute(_LATEST).one_or_none())


def stored_version(connection: Connection, number: int) -> StoredVersion | None:
    """Return the version *number* as it is stored."""
    return _stored(connection.execute(select(versions).where(versions.c.id == number)).one_or_none())


def _stored(row: Any) -> StoredVersion | None:
    """Return the version in *row*; what is of another type, written there by hand, fits no signature."""
    if row is None:
        return None
    at, parts_ = (each if isinstance(each, int) else 0 for each in (row.at, row.parts))
    document, proof = str(row.document), (str(row.content_hash), str(row.signature))
    return StoredVersion(row.id, at, str(row.who), str(row.hash), parts_, document, *proof)


def latest_number(connection: Connection) -> int:
    """Return the number of the latest version: one short read of an indexed table."""
    return int(connection.scalar(_LATEST_NUMBER) or 0)


def parts_of(connection: Connection, version: int) -> int:
    """Return the number of parts of *version*; 0 where it is one document."""
    return int(connection.scalar(select(versions.c.parts).where(versions.c.id == version)) or 0)


def document_of(connection: Connection, version: int) -> str:
    """Return the document of *version*, which was imported before there were parts."""
    return str(connection.scalar(select(versions.c.document).where(versions.c.id == version)) or "")


def part_lines(connection: Connection, version: int, number: int) -> list[bytes]:
    """Return the lines of the part *number* of *version*; raises ValueError where it cannot be read."""
    return lines_of(stored_part(connection, version, number)[1])


def stored_part(connection: Connection, version: int, number: int) -> tuple[str, bytes]:
    """Return the first premises and the content of a part of *version*; raises ValueError."""
    row = connection.execute(_PART, {"version_": version, "number_": number}).one_or_none()
    if row is None:
        raise ValueError(f"part {number} of version {version} is missing; import the registry again")
    return row.premises, row.content


def store_registry(
    connection: Connection, registry: Registry, *, who: str, now: datetime, key: CenterKey | None = None
) -> None:
    """Make *registry* the next version, signed with *key*, within a transaction of the caller."""
    new, number = _prepared(registry, who=who, now=now), latest_number(connection) + 1
    _insert(connection, new=new, number=number, key=key)


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A registry that is ready to be stored."""

    who: str
    at: int
    hash: str
    content_hash: str
    parts: list[RegistryPart]

    def signature(self, number: int, key: CenterKey | None) -> str:
        """Return the signature of *key* over it as version *number*; none where there is no key."""
        said = VersionStatement(number, self.at, self.who, self.hash, self.content_hash)
        return "" if key is None else key.sign(said.message())


def _prepared(registry: Registry, *, who: str, now: datetime) -> _Prepared:
    made = list(packed(registry))
    content = content_hash((each.first, each.content) for each in made)
    return _Prepared(who, to_micros(now), digest(canonical(registry)), content, made)


def _insert(
    connection: Connection, *, new: _Prepared, number: int, key: CenterKey | None = None
) -> bool:
    """Insert *new* as version *number*; return False where another import was faster."""
    if latest_number(connection) != number - 1:
        return False
    row = {"id": number, "at": new.at, "who": new.who, "hash": new.hash, "document": ""}
    signed = {"content_hash": new.content_hash, "signature": new.signature(number, key)}
    connection.execute(insert(versions).values(**row, **signed, parts=len(new.parts)))
    rows = [
        {"version": number, "number": index, "premises": each.first, "content": each.content}
        for index, each in enumerate(new.parts)
    ]
    connection.execute(insert(parts), rows)
    return True


def _registry(connection: Connection, stored: StoredVersion) -> Registry:
    if not stored.parts:
        return Registry.model_validate_json(stored.document, context=STORED)
    shared = shared_of(part_lines(connection, stored.number, 0))
    local = (part_lines(connection, stored.number, each) for each in range(1, stored.parts))
    return joined(
        shared,
        (PremisesRecord.model_validate_json(line, context=STORED) for lines in local for line in lines),
    )


async def preview(registry: Registry, *, url: str) -> Import:
    """Return what importing *registry* would change; raises NoDatabase where there is none at *url*."""
    async with _existing_store(url) as store:
        return await store.preview(registry)


async def import_registry(
    registry: Registry, *, url: str, who: str, now: datetime, key: Path | None = None
) -> Import:
    """Import *registry*, which was read and proved, as one new version, signed with the key in *key*."""
    async with open_store(url, key) as store:
        return await store.store_registry(registry, who=who, now=now)


async def active_version(url: str) -> RegistryVersion:
    """Return the active version in the database at *url*; raises NoDatabase where there is none."""
    async with _existing_store(url) as store:
        return await store.active_version()


def show_lines(version: RegistryVersion) -> list[str]:
    """Return *version* for a person, line by line."""
    if version.at is None:
        return ["the registry is empty; fill it with: tocsin registry import FILE..."]
    counts = ", ".join(f"{len(getattr(version.registry, table))} {table}" for table in TABLES)
    head = f"version {version.number}, imported {local_datetime(version.at)} by {version.who}"
    return [head, f"sha256 {version.hash}", counts, *_premises_lines(version.registry)]


def show_json(version: RegistryVersion) -> dict[str, Any]:
    """Return *version* for ``--json``."""
    return {
        "version": version.number,
        "at": utc(version.at) if version.at else None,
        "who": version.who,
        "hash": version.hash,
        "registry": version.registry.model_dump(mode="json"),
    }


def _premises_lines(registry: Registry) -> list[str]:
    points = Counter(point.premises for point in registry.points)
    return [
        f"  {each.id}: {each.name}, policy {each.policy or NO_POLICY}, {points[each.id]} points"
        for each in registry.premises
    ]
