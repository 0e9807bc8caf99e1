"""Keeps every version of the registry in the database; the latest one is active."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial
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
)
from sqlalchemy.exc import IntegrityError, OperationalError

from contract.local_time import local_datetime, utc
from contract.times import from_micros, to_micros
from registry.domain.canonical import canonical, digest
from registry.domain.changes import RegistryChanges, difference
from registry.domain.parts import RegistryPart, lines_of, packed, shared_of
from registry.domain.records import joined
from registry.migrations import REVISIONS
from registry.model.records import PremisesRecord
from registry.model.registry import TABLES, Registry
from registry.model.rows import STORED
from runtime.database import BadDatabase, Database, open_database, open_existing
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
_PART = select(parts.c.content).where(
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


@dataclass(frozen=True, slots=True)
class StoredVersion:
    """A version as it is stored: in so many *parts*, or as one *document*."""

    number: int
    at: int
    who: str
    hash: str
    parts: int
    document: str


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
    """The versions of the registry in one database; made by ``open_store``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def active_version(self) -> RegistryVersion:
        """Return the latest version."""
        return await self._database.read(latest)

    async def store_registry(self, registry: Registry, *, who: str, now: datetime) -> Import:
        """Make *registry*, which is valid, the active one; the same content makes no new version.

        All is prepared before the transaction, for which an alarm of a running center may wait.
        """
        new = _prepared(registry, who=who, now=now)
        while True:
            before = await self.active_version()
            changes = difference(before.registry, registry)
            if before.hash == new.hash:
                return Import(Importing.SAME_CONTENT, before.number, changes)
            number = before.number + 1
            if await self._insert_between_others(new, number):
                return Import(Importing.IMPORTED, number, changes)

    async def _insert_between_others(self, new: "_Prepared", number: int) -> bool:
        """Insert *new*; wait for a turn again where alerting writes without a pause, as in a storm."""
        for turns_left in reversed(range(TURNS)):
            try:
                return await self._database.write(partial(_insert, new=new, number=number))
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
        same = before.hash == digest(canonical(registry))
        result = Importing.SAME_CONTENT if same else Importing.DRY_RUN
        return Import(result, before.number, difference(before.registry, registry))


@asynccontextmanager
async def open_store(url: str) -> AsyncIterator[RegistryStore]:
    """Open the store in the database at *url*; its table is brought up to date."""
    async with open_database(url) as database:
        await _migrate(database)
        yield RegistryStore(database)


@asynccontextmanager
async def _existing_store(url: str) -> AsyncIterator[RegistryStore]:
    async with open_existing(url) as database:
        await _migrate(database)
        yield RegistryStore(database)


async def _migrate(database: Database) -> None:
    """Bring the tables up to date; that reads only where they are, as at a center that runs."""
    if not await database.read(lambda connection: is_current(connection, REVISIONS)):
        await database.migrate(REVISIONS)


def latest(connection: Connection) -> RegistryVersion:
    """Return the latest version, within a transaction of the caller; raises ValueError."""
    stored = latest_stored(connection)
    if stored is None:
        return EMPTY
    registry = _registry(connection, stored)
    return RegistryVersion(stored.number, from_micros(stored.at), stored.who, stored.hash, registry)


def latest_stored(connection: Connection) -> StoredVersion | None:
    """Return the latest version as it is stored; None where nothing was imported."""
    row = connection.execute(_LATEST).one_or_none()
    if row is None:
        return None
    return StoredVersion(row.id, row.at, row.who, row.hash, row.parts, row.document)


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
    content = connection.scalar(_PART, {"version_": version, "number_": number})
    if content is None:
        raise ValueError(f"part {number} of version {version} is missing; import the registry again")
    return lines_of(content)


def store_registry(connection: Connection, registry: Registry, *, who: str, now: datetime) -> None:
    """Make *registry* the next version, within a transaction of the caller."""
    new, number = _prepared(registry, who=who, now=now), latest_number(connection) + 1
    _insert(connection, new=new, number=number)


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A registry that is ready to be stored."""

    who: str
    at: int
    hash: str
    parts: list[RegistryPart]


def _prepared(registry: Registry, *, who: str, now: datetime) -> _Prepared:
    return _Prepared(who, to_micros(now), digest(canonical(registry)), list(packed(registry)))


def _insert(connection: Connection, *, new: _Prepared, number: int) -> bool:
    """Insert *new* as version *number*; return False where another import was faster."""
    if latest_number(connection) != number - 1:
        return False
    row = {"id": number, "at": new.at, "who": new.who, "hash": new.hash, "document": ""}
    connection.execute(insert(versions).values(**row, parts=len(new.parts)))
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


async def import_registry(registry: Registry, *, url: str, who: str, now: datetime) -> Import:
    """Import *registry*, which was read and proved, as one new version."""
    async with open_store(url) as store:
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
