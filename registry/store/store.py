"""Keeps every version of the registry in the database; the latest one is active."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError, OperationalError

from audit.center_key import NAME as KEY_NAME
from audit.center_key import BadCenterKey, CenterKey, read_key
from contract.times import to_micros
from registry.domain.change_checks import sentences
from registry.domain.change_set import ChangeSet
from registry.domain.changes import RegistryChanges, difference
from registry.domain.content_tree import content_root, registry_root
from registry.domain.encoded_records import EncodedRecord, RecordKey, encoded_registry
from registry.domain.local_days import local_day_at
from registry.migrations import REVISIONS
from registry.model.registry import Registry
from registry.store.changing import prepare_change
from registry.store.errors import InvalidChange
from registry.store.imports import Import, Importing
from registry.store.new_version import (
    Author,
    NewVersion,
    digests_fit,
    insert_version,
    whole_version,
)
from registry.store.reading import RegistryVersion, latest, numbered
from registry.store.record_queries import records_of
from registry.store.row_history import RowVersion, row_history
from registry.store.stored_versions import latest_number, latest_stored
from registry.store.summaries import VersionSummary, version_summaries
from runtime.database import BadDatabase, Database, ReadFor, open_database, open_existing, parse_url
from runtime.revisions import is_current

T = TypeVar("T")

TURNS = 6
"""Times that an import waits for its turn, each as long as SQLite lets a writer wait (10 s)."""


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A version that is ready to be stored after *before*, and what it changes; None: nothing."""

    before: int
    changes: RegistryChanges
    version: NewVersion | None


class RegistryStore:
    """The versions of the registry in one database, signed with *key*; made by ``open_store``."""

    def __init__(self, database: Database, key: CenterKey | None = None) -> None:
        self._database = database
        self._key = key

    async def active_version(self) -> RegistryVersion:
        """Return the latest version."""
        return await self._read(lambda connection: latest(connection, self._public_key))

    async def version(self, number: int) -> RegistryVersion:
        """Return the version *number*; raises UnknownVersion."""
        return await self._read(lambda connection: numbered(connection, number, self._public_key))

    async def version_at(self, number: int) -> Registry:
        """Return the registry as it was in the version *number*; raises UnknownVersion."""
        return (await self.version(number)).registry

    async def versions(self) -> list[VersionSummary]:
        """Return every version without its content, the latest first."""
        return await self._read(version_summaries)

    async def history(self, table: str, key: str) -> list[RowVersion]:
        """Return each version that changed the row *key* of *table*, the latest first."""
        return await self._read(lambda connection: row_history(connection, table, key))

    async def apply(
        self,
        changes: ChangeSet,
        *,
        who: str,
        now: datetime,
        based_on: int,
        note: str = "",
        also: Callable[[Connection], None] = lambda _: None,
    ) -> Import:
        """Make *changes*, made on the version *based_on*, the next version, and return what changed.

        *also* writes in the same transaction, if a version is made. Raises ConflictingChange where
        the same records changed since, InvalidChange where the registry could not be used after it,
        by the checks of an import; no version is made then.
        """
        author = Author(who, to_micros(now), note)
        return await self._store(partial(self._change, changes, author, based_on), also)

    async def preview_changes(self, changes: ChangeSet, *, now: datetime, based_on: int) -> Import:
        """Return what *changes* would change; raises as ``apply`` does."""
        author = Author("", to_micros(now))
        prepared = await self._read(partial(self._change, changes, author, based_on))
        result = Importing.SAME_CONTENT if prepared.version is None else Importing.DRY_RUN
        return Import(result, prepared.before, prepared.changes)

    async def restore(self, number: int, *, who: str, now: datetime, note: str = "") -> Import:
        """Make the content of the version *number* the next version; raises as ``apply`` does."""
        registry = await self.version_at(number)
        today = local_day_at(to_micros(now))
        if errors := await self._read(lambda _connection: sentences(registry, today=today)):
            raise InvalidChange(errors)
        said = note or f"restored from version {number}"
        return await self.store_registry(registry, who=who, now=now, note=said)

    async def store_registry(
        self, registry: Registry, *, who: str, now: datetime, note: str = ""
    ) -> Import:
        """Make *registry*, which is valid, the active one; the same content makes no new version.

        All is prepared before the transaction, for which an alarm of a running center may wait.
        """
        author, new = Author(who, to_micros(now), note), encoded_registry(registry)
        return await self._store(partial(self._whole, registry, author, new))

    async def preview(self, registry: Registry) -> Import:
        """Return what importing *registry* would change."""
        prepare = partial(self._whole, registry, Author("", 0), encoded_registry(registry))
        prepared = await self._read(prepare)
        result = Importing.SAME_CONTENT if prepared.version is None else Importing.DRY_RUN
        return Import(result, prepared.before, prepared.changes)

    async def _store(
        self,
        prepare: Callable[[Connection], _Prepared],
        also: Callable[[Connection], None] = lambda _: None,
    ) -> Import:
        while True:
            prepared = await self._read(prepare)
            if prepared.version is None:
                return Import(Importing.SAME_CONTENT, prepared.before, prepared.changes)
            if await self._insert_between_others(prepared.version, also):
                return Import(Importing.IMPORTED, prepared.version.number, prepared.changes)

    def _change(
        self, changes: ChangeSet, author: Author, based_on: int, connection: Connection
    ) -> _Prepared:
        made = prepare_change(
            connection, changes, author=author, based_on=based_on, public_key=self._public_key
        )
        return _Prepared(made.active, made.changes, made.version)

    def _whole(
        self,
        registry: Registry,
        author: Author,
        new: dict[RecordKey, EncodedRecord],
        connection: Connection,
    ) -> _Prepared:
        before = latest(connection, self._public_key)
        changes = difference(before.registry, registry)
        is_sound = before.is_sound and digests_fit(connection, latest_stored(connection))
        if before.number and is_sound and _is_same(before, new):
            return _Prepared(before.number, changes, None)
        stored = records_of(connection, before.number)
        version = whole_version(author, before.number + 1, new, stored)
        return _Prepared(before.number, changes, version)

    async def _insert_between_others(self, new: NewVersion, also: Callable[[Connection], None]) -> bool:
        """Insert *new*; wait for a turn again where alerting writes without a pause, as in a storm."""
        for turns_left in reversed(range(TURNS)):
            try:
                return await self._database.write(partial(self._insert, new, also))
            except IntegrityError as error:
                if await self._read(latest_number) < new.number:
                    text = f"the registry was not imported: its tables do not fit ({error.orig})"
                    raise BadDatabase(f"{text}; restore the database from a backup") from error
                return False  # the other import ended between: PostgreSQL lets both run at once
            except OperationalError as error:
                if not turns_left:
                    text = f"the registry was not imported: its database is busy or away ({error.orig})"
                    raise BadDatabase(f"{text}; import it again") from error
        raise AssertionError("the last turn returns or raises")

    def _insert(
        self, new: NewVersion, also: Callable[[Connection], None], connection: Connection
    ) -> bool:
        done = insert_version(connection, new=new, key=self._key)
        if done:
            also(connection)
        return done

    async def _read(self, ask: Callable[[Connection], T]) -> T:
        return await self._database.read(ask, purpose=ReadFor.WEB)

    @property
    def _public_key(self) -> bytes | None:
        return None if self._key is None else self._key.public


def _is_same(before: RegistryVersion, new: dict[RecordKey, EncodedRecord]) -> bool:
    """Return whether *before*, which an earlier program may have stored, has the records *new*."""
    root = content_root({key: record.hash for key, record in new.items()})
    if before.hash == root:
        return True
    return registry_root(before.registry) == root


@asynccontextmanager
async def open_store(url: str, key: Path | None = None) -> AsyncIterator[RegistryStore]:
    """Open the store in the database at *url*; its table is brought up to date.

    Versions are signed with the center's key in the file *key*, or beside a database that is a file;
    where there is none yet, the center signs the version when it starts.
    """
    async with open_database(url) as database:
        await _migrate(database)
        yield RegistryStore(database, _key_in(key or _beside(url)))


@asynccontextmanager
async def existing_store(url: str, key: Path | None = None) -> AsyncIterator[RegistryStore]:
    """Open the store in the database at *url*, as ``open_store``; raises NoDatabase where none is."""
    async with open_existing(url) as database:
        await _migrate(database)
        yield RegistryStore(database, _key_in(key or _beside(url)))


def store_registry(
    connection: Connection, registry: Registry, *, who: str, now: datetime, key: CenterKey | None = None
) -> None:
    """Make *registry* the next version, signed with *key*, within a transaction of the caller."""
    before = latest(connection)
    author, stored = Author(who, to_micros(now)), records_of(connection, before.number)
    new = whole_version(author, before.number + 1, encoded_registry(registry), stored)
    insert_version(connection, new=new, key=key)


async def preview(registry: Registry, *, url: str) -> Import:
    """Return what importing *registry* would change; raises NoDatabase where there is none at *url*."""
    async with existing_store(url) as store:
        return await store.preview(registry)


async def import_registry(
    registry: Registry, *, url: str, who: str, now: datetime, key: Path | None = None
) -> Import:
    """Import *registry*, which was read and proved, as one new version, signed with the key in *key*."""
    async with open_store(url, key) as store:
        return await store.store_registry(registry, who=who, now=now)


async def numbered_version(url: str, number: int) -> RegistryVersion:
    """Return the version *number* in the database at *url*; raises NoDatabase, UnknownVersion."""
    async with existing_store(url) as store:
        return await store.version(number)


async def list_versions(url: str) -> list[VersionSummary]:
    """Return the versions in the database at *url*; raises NoDatabase where there is none."""
    async with existing_store(url) as store:
        return await store.versions()


async def history_of_row(url: str, table: str, key: str) -> list[RowVersion]:
    """Return the versions in the database at *url* that changed a row; raises NoDatabase."""
    async with existing_store(url) as store:
        return await store.history(table, key)


async def active_version(url: str) -> RegistryVersion:
    """Return the active version in the database at *url*; raises NoDatabase where there is none."""
    async with existing_store(url) as store:
        return await store.active_version()


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


async def _migrate(database: Database) -> None:
    """Bring the tables up to date; that reads only where they are, as at a center that runs."""
    if not await database.read(lambda connection: is_current(connection, REVISIONS)):
        await database.migrate(REVISIONS)
