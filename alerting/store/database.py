"""Opens the center's database and runs transactions on it, each with a store of its own."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import Future
from contextlib import asynccontextmanager
from typing import TypeVar

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import InterfaceError, OperationalError

import accounts.migrations
import alerting.migrations
import alerting.store.reply_migrations
import audit.migrations
import duties.migrations
import pki.migrations
import registry.drafts.migrations
import registry.migrations
import registry.sheets.migrations
import reports.migrations
from alerting.store.errors import OF_ONE_CHANGE, DatabaseError
from alerting.store.store import CenterStore
from audit.joining import join_tables
from runtime.backoff import Backoff
from runtime.database import Database, ReadFor, open_database
from runtime.revisions import Revisions

log = structlog.get_logger(__name__)

T = TypeVar("T")


LONGEST_TOGETHER_S = 0.01
"""Seconds for which changes are put together into one transaction: those that wait longer are held up
more by the others than a commit of their own would take."""


STARTING_AGAIN = Backoff(0.5, 5.0)
"""Seconds between two looks at a database that takes nothing yet: its first answer opens the center."""


OWNERS = (
    alerting.migrations.REVISIONS,
    alerting.store.reply_migrations.REVISIONS,
    audit.migrations.REVISIONS,
    registry.migrations.REVISIONS,
    pki.migrations.REVISIONS,
    accounts.migrations.REVISIONS,
    duties.migrations.REVISIONS,
    registry.sheets.migrations.REVISIONS,
    registry.drafts.migrations.REVISIONS,
    reports.migrations.REVISIONS,
)
"""The owners of all tables of the center's database, in the order in which these are made."""


class Undone(Exception):
    """One of several changes made their transaction fail; each may run by itself."""


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

    def begin_together(
        self, changes: Sequence[Callable[[CenterStore], T]], *, then: Callable[[], None]
    ) -> "Future[list[T | Exception]]":
        """Begin *changes* in one transaction, in their order: they share one commit.

        The future has the answer of each, or what it raised, which undid that change alone. At least
        one runs; those that did not begin within LONGEST_TOGETHER_S have no answer. *then* runs in the
        thread that writes, after the commit. The future has DatabaseError where the transaction failed,
        and Undone where one of several made it fail: nothing of it is stored then.
        """

        def transaction(connection: Connection) -> list[T | Exception]:
            until = time.monotonic() + LONGEST_TOGETHER_S
            answers: list[T | Exception] = []
            for change in changes:
                if answers and time.monotonic() > until:
                    break
                answers.append(self._answer(connection, change, alone=len(changes) == 1))
            return answers

        return self.database.begin_write(transaction, then=lambda _: then())

    def _answer(
        self, connection: Connection, change: Callable[[CenterStore], T], *, alone: bool
    ) -> T | Exception:
        """The answer of *change*, or what it raised, if the transaction can go on without it."""
        if alone:
            return change(self._store(connection))
        try:
            with connection.begin_nested():
                return change(self._store(connection))
        except Exception as error:  # its caller gets it, the others go on
            if isinstance(error, DatabaseError) and not isinstance(error, OF_ONE_CHANGE):
                raise Undone from error
            return error

    async def read(self, ask: Callable[[CenterStore], T], *, purpose: ReadFor = ReadFor.JOBS) -> T:
        """Return what *ask* reads, from a single state of the database."""
        return await self.database.read(lambda connection: ask(self._store(connection)), purpose=purpose)

    def _store(self, connection: Connection) -> CenterStore:
        return CenterStore(connection, self._process, self.database.watchers)


@asynccontextmanager
async def open_store(url: str, process: str) -> AsyncIterator[StoreDatabase]:
    """Open the database at *url*, whose tables are brought up to date, for *process*."""
    async with open_database(url) as database:
        if steps := await _migrated(database, *OWNERS):
            log.info("database migrated", steps=len(steps), revision=dict(steps))
        if joined := await database.write(join_tables):
            log.info("tables joined the audit chain", tables=joined)
        yield StoreDatabase(database, process)


async def _migrated(database: Database, *owners: Revisions) -> list[tuple[str, str]]:
    """Bring the tables of *owners* up to date once the database is there; return the steps taken."""
    failures = 0
    while True:
        try:
            return await database.migrate(*owners)
        except (OperationalError, InterfaceError) as error:
            log.error(
                "database away, locked or full; nobody is heard until it is mended, gateways keep all",
                reason=str(error.orig),
            )
        failures += 1
        await asyncio.sleep(STARTING_AGAIN.delay(failures))
