"""Opens the center's database and runs transactions on it, each with a store of its own."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

import structlog
from sqlalchemy import Connection

import alerting.migrations
import registry.migrations
from alerting.store.store import CenterStore
from runtime.database import Database, open_database

log = structlog.get_logger(__name__)

T = TypeVar("T")


class StoreDatabase:
    """Transactions of the process that is called *process* on *database*."""

    def __init__(self, database: Database, process: str) -> None:
        self.database = database
        self._process = process

    async def write(
        self, change: Callable[[CenterStore], T], *, then: Callable[[T], None] | None = None
    ) -> T:
        """Run *change* in one transaction; returns its answer once that is durable.

        *then* runs in the thread that writes, after the commit and before any other change.
        """
        return await self.database.write(lambda connection: change(self._store(connection)), then=then)

    async def read(self, ask: Callable[[CenterStore], T]) -> T:
        """Return what *ask* reads, from a single state of the database."""
        return await self.database.read(lambda connection: ask(self._store(connection)))

    def _store(self, connection: Connection) -> CenterStore:
        return CenterStore(connection, self._process, self.database.watchers)


@asynccontextmanager
async def open_store(url: str, process: str) -> AsyncIterator[StoreDatabase]:
    """Open the database at *url*, whose tables are brought up to date, for *process*."""
    async with open_database(url) as database:
        owners = alerting.migrations.REVISIONS, registry.migrations.REVISIONS
        if steps := await database.migrate(*owners):
            log.info("database migrated", steps=len(steps), revision=dict(steps))
        yield StoreDatabase(database, process)
