"""An SQLite file that one thread owns: checked for damage as it is opened and while it is used."""

import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

import structlog

from contract.times import to_micros
from runtime.clock import utc_now
from runtime.owner_thread import OwnerThread, owner_thread
from runtime.sqlite_damage import damage_at_start, raise_if_damaged, refuse_links, set_aside

log = structlog.get_logger(__name__)

R = TypeVar("R")


class Sync(StrEnum):
    """Event that a commit has survived when it returns."""

    POWER_CUT = "FULL"
    CRASH = "NORMAL"


class Unusable(Exception):
    """The file cannot be opened as a database; the text names the remedy."""


class SqliteThread:
    """The open file; made by ``open_sqlite``.

    Raises CannotStart when the file turns out to be damaged: the next start sets it aside.
    """

    def __init__(self, path: Path, thread: OwnerThread[sqlite3.Connection]) -> None:
        self._path = path
        self._thread = thread

    async def run(self, work: Callable[[sqlite3.Connection], R]) -> R:
        """Return the answer of *work*, in the thread of the file; raises whatever that raises."""
        try:
            return await self._thread.run(work)
        except sqlite3.DatabaseError as error:
            raise_if_damaged(self._path, error)
            raise

    async def transact(self, work: Callable[[sqlite3.Connection], R]) -> R:
        """Return the answer of *work* in one transaction: all of it is stored, or nothing."""

        def whole(database: sqlite3.Connection) -> R:
            with transaction(database):
                return work(database)

        return await self.run(whole)


@asynccontextmanager
async def open_sqlite(path: Path, schema: str, sync: Sync) -> AsyncIterator[SqliteThread]:
    """Open the file at *path*, with the tables of *schema* (each ``IF NOT EXISTS``).

    A file that is damaged is set aside first, as ``<name>.corrupt-<time>``, and begun anew. Raises
    Unusable where it cannot be written, or is locked.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    async with owner_thread(f"sqlite-{path.stem}", lambda: _open(path, schema, sync)) as thread:
        yield SqliteThread(path, thread)


@contextmanager
def transaction(database: sqlite3.Connection) -> Iterator[None]:
    """Store all that is done within the block, or nothing."""
    database.execute("BEGIN IMMEDIATE")
    try:
        yield
        database.execute("COMMIT")
    finally:
        if database.in_transaction:
            database.execute("ROLLBACK")


def connect(path: Path | None, schema: str, sync: Sync, *, page_size: int = 4_096) -> sqlite3.Connection:
    """Open the database at *path* with the tables of *schema*, in memory where *path* is None.

    A new one gets pages of *page_size* bytes. Raises sqlite3.Error, and CannotStart for a symbolic
    link.
    """
    if path is not None:
        refuse_links(path)
    database = sqlite3.connect(path or ":memory:", isolation_level=None)
    with ExitStack() as closing:
        closing.callback(database.close)
        database.execute(f"PRAGMA page_size={page_size}")
        database.execute("PRAGMA journal_mode=WAL")
        database.execute(f"PRAGMA synchronous={sync}")
        database.executescript(schema)
        closing.pop_all()
    return database


def _open(path: Path, schema: str, sync: Sync) -> sqlite3.Connection:
    if (damage := damage_at_start(path)) is not None:
        aside = set_aside(path, to_micros(utc_now()))
        log.error("database file damaged; set aside, begun anew", file=str(aside), reason=damage)
    try:
        return connect(path, schema, sync)
    except sqlite3.Error as error:
        remedy = "see that the folder may be written, or move the file aside"
        raise Unusable(f"{path}: {error}; {remedy}") from error
