"""Keeps every version of the registry in the database; the latest is the one that is active."""

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
from registry.domain.changes import Changes, difference
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
class Version:
    """One imported registry; number 0 is the empty one that every database begins with."""

    number: int
    at: datetime | None
    who: str
    hash: str
    registry: Registry


EMPTY = Version(0, None, "", "", Registry())


class Importing(StrEnum):
    """What became of an import."""

    IMPORTED = "imported"
    SAME_CONTENT = "same_content"
    DRY_RUN = "dry_run"


@dataclass(frozen=True, slots=True)
class Import:
    """The result of an import: the version that is active now, and what it changed or would change."""

    result: Importing
    version: int
    changes: Changes

    def as_json(self) -> dict[str, Any]:
        """The result for ``--json``."""
        return {"result": self.result.value, "version": self.version, "changes": asdict(self.changes)}

    def as_lines(self) -> list[str]:
        """The result for a person, one line each."""
        told = {
            Importing.IMPORTED: f"imported as version {self.version}",
            Importing.SAME_CONTENT: f"nothing to import: version {self.version} says the same",
            Importing.DRY_RUN: "nothing was imported; run it without --dry-run to import this:",
        }
        return [told[self.result], *describe(self.changes)]


def describe(changes: Changes) -> list[str]:
    """*changes* for a person, one line each."""
    return [
        *(f"+ {each.table} {each.key}" for each in changes.added),
        *(f"- {each.table} {each.key}" for each in changes.removed),
        *(f"~ {each.table} {each.key}: {', '.join(each.fields)}" for each in changes.changed),
        *(
            f"! point {each} loses its coverage: its fires will be those of an unregistered point"
            for each in changes.uncovered
        ),
    ]


class Store:
    """The versions of the registry in one database; made by ``open_store``."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def active(self) -> Version:
        """The latest version."""
        return await self._database.read(latest)

    async def put(self, registry: Registry, *, who: str, now: datetime) -> Import:
        """Make *registry*, which is valid, the active one; the same content makes no new version."""
        return await self._database.write(lambda connection: put(connection, registry, who=who, now=now))

    async def preview(self, registry: Registry) -> Import:
        """What importing *registry* would change."""
        before = await self.active()
        same = before.hash == digest(canonical(registry))
        result = Importing.SAME_CONTENT if same else Importing.DRY_RUN
        return Import(result, before.number, difference(before.registry, registry))


@asynccontextmanager
async def open_store(url: str) -> AsyncIterator[Store]:
    """The store in the database at *url*; its table is brought up to date."""
    async with open_database(url) as database:
        await database.migrate(REVISIONS)
        yield Store(database)


@asynccontextmanager
async def _existing_store(url: str) -> AsyncIterator[Store]:
    async with open_existing(url) as database:
        await database.migrate(REVISIONS)
        yield Store(database)


def latest(connection: Connection) -> Version:
    """The latest version, within a transaction of the caller."""
    row = connection.execute(_LATEST).one_or_none()
    if row is None:
        return EMPTY
    registry = Registry.model_validate_json(row.document, context=STORED)
    return Version(row.id, from_micros(row.at), row.who, row.hash, registry)


def latest_number(connection: Connection) -> int:
    """The number of the latest version; cheap enough to ask in every transaction."""
    return int(connection.scalar(_LATEST_NUMBER) or 0)


def put(connection: Connection, registry: Registry, *, who: str, now: datetime) -> Import:
    """The same as ``Store.put``, within a transaction of the caller."""
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
    """What importing *registry* would change; raises NoDatabase where there is none at *url*."""
    async with _existing_store(url) as store:
        return await store.preview(registry)


async def import_registry(registry: Registry, *, url: str, who: str, now: datetime) -> Import:
    """Import *registry*, which was read and proved, as one new version."""
    async with open_store(url) as store:
        return await store.put(registry, who=who, now=now)


async def show(url: str) -> Version:
    """The active version in the database at *url*; raises NoDatabase where there is none."""
    async with _existing_store(url) as store:
        return await store.active()


def show_lines(version: Version) -> list[str]:
    """*version* for a person, one line each."""
    if version.at is None:
        return ["the registry is empty; fill it with: tocsin registry import FILE..."]
    counts = ", ".join(f"{len(getattr(version.registry, table))} {table}" for table in TABLES)
    head = f"version {version.number}, imported {local_datetime(version.at)} by {version.who}"
    return [head, f"sha256 {version.hash}", counts, *_premises_lines(version.registry)]


def show_json(version: Version) -> dict[str, Any]:
    """*version* for ``--json``."""
    return {
        "version": version.number,
        "at": utc(version.at) if version.at else None,
        "who": version.who,
        "hash": version.hash,
        "registry": version.registry.model_dump(mode="json"),
    }


def _premises_lines(registry: Registry) -> list[str]:
    return [
        f"  {each.id}: {each.name}, policy {each.policy or 'none: sent to the command center alone'}, "
        f"{sum(point.premises == each.id for point in registry.points)} points"
        for each in registry.premises
    ]
