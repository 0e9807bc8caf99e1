"""Keeps every version of the registry in the database; the latest one is active."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    func,
    insert,
    select,
)

from contract.local_time import local_datetime, utc
from contract.times import from_micros, to_micros
from registry.domain.canonical import canonical, digest
from registry.domain.changes import RegistryChanges, difference
from registry.migrations import REVISIONS
from registry.model.registry import TABLES, Registry
from registry.model.rows import STORED
from runtime.database import Database, open_database, open_existing

metadata = MetaData()

versions = Table(
    "registry_versions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("who", String(200), nullable=False),
    Column("hash", String(64), nullable=False),
    Column("document", Text, nullable=False),
)

_LATEST = select(versions).order_by(versions.c.id.desc()).limit(1)
_LATEST_NUMBER = select(func.max(versions.c.id))


@dataclass(frozen=True, slots=True)
class RegistryVersion:
    """One imported registry; number 0 is the empty one that every database begins with."""

    number: int
    at: datetime | None
    who: str
    hash: str
    registry: Registry


NO_POLICY = "none: sent to the command center alone"

EMPTY = RegistryVersion(0, None, "", "", Registry())


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
        """Make *registry*, which is valid, the active one; the same content makes no new version."""
        return await self._database.write(
            lambda connection: store_registry(connection, registry, who=who, now=now)
        )

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
        await database.migrate(REVISIONS)
        yield RegistryStore(database)


@asynccontextmanager
async def _existing_store(url: str) -> AsyncIterator[RegistryStore]:
    async with open_existing(url) as database:
        await database.migrate(REVISIONS)
        yield RegistryStore(database)


def latest(connection: Connection) -> RegistryVersion:
    """Return the latest version, within a transaction of the caller."""
    row = connection.execute(_LATEST).one_or_none()
    if row is None:
        return EMPTY
    registry = Registry.model_validate_json(row.document, context=STORED)
    return RegistryVersion(row.id, from_micros(row.at), row.who, row.hash, registry)


def latest_number(connection: Connection) -> int:
    """Return the number of the latest version; cheap enough for every transaction."""
    return int(connection.scalar(_LATEST_NUMBER) or 0)


def store_registry(connection: Connection, registry: Registry, *, who: str, now: datetime) -> Import:
    """Store *registry* as ``RegistryStore`` does, within a transaction of the caller."""
    document = canonical(registry)
    before = latest(connection)
    changes = difference(before.registry, registry)
    if before.hash == digest(document):
        return Import(Importing.SAME_CONTENT, before.number, changes)
    number = before.number + 1
    row = {"id": number, "at": to_micros(now), "who": who, "hash": digest(document)}
    connection.execute(insert(versions).values(**row, document=document))
    return Import(Importing.IMPORTED, number, changes)


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
    return [
        f"  {each.id}: {each.name}, policy {each.policy or NO_POLICY}, "
        f"{sum(point.premises == each.id for point in registry.points)} points"
        for each in registry.premises
    ]
