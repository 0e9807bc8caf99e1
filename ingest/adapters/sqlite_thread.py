"""An SQLite file that one thread owns, so that no commit ever stands in the event loop's way."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

import structlog

from contract.times import to_micros
from runtime.clock import utc_now
from runtime.process import CannotStart
from runtime.sqlite_files import damaged, is_damage, set_aside, suspect

log = structlog.get_logger(__name__)

R = TypeVar("R")


class Sync(StrEnum):
    """What a commit has survived when it returns."""

    POWER_CUT = "FULL"
    CRASH = "NORMAL"


class Unusable(Exception):
    """The file cannot be opened as a database; the text says what to do."""


class SqliteThread:
    """The open file; made by ``open_sqlite``."""

    def __init__(self, path: Path, database: sqlite3.Connection, thread: ThreadPoolExecutor) -> None:
        self._path = path
        self._database = database
        self._thread = thread

    async def run(self, work: Callable[[sqlite3.Connection], R]) -> R:
        """What *work* answers, in the file's own thread; raises whatever it raises.

        Raises CannotStart where the file turns out to be damaged: the next start sets it aside.
        """
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work, self._database)
        except sqlite3.DatabaseError as error:
            if not is_damage(error):
                raise
            suspect(self._path)
            raise CannotStart(f"{self._path} is damaged ({error}); start ingest again") from error

    async def transact(self, work: Callable[[sqlite3.Connection], R]) -> R:
        """The same within one transaction: all of it is stored, or nothing."""
        return await self.run(lambda database: _transaction(database, work))


def _transaction(database: sqlite3.Connection, work: Callable[[sqlite3.Connection], R]) -> R:
    database.execute("BEGIN IMMEDIATE")
    try:
        answer = work(database)
        database.execute("COMMIT")
    except BaseException:
        if database.in_transaction:
            database.execute("ROLLBACK")
        raise
    return answer


@asynccontextmanager
async def open_sqlite(path: Path, schema: str, sync: Sync) -> AsyncIterator[SqliteThread]:
    """Open the file at *path*, with the tables of *schema* (each ``IF NOT EXISTS``).

    One that is damaged is set aside first, as ``<name>.corrupt-<time>``, and begun anew. Raises
    Unusable where it cannot be written, or is locked.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(1, thread_name_prefix=f"sqlite-{path.stem}") as thread:
        loop = asyncio.get_running_loop()
        database = await loop.run_in_executor(thread, _open, path, schema, sync)
        try:
            yield SqliteThread(path, database, thread)
        finally:
            await asyncio.shield(loop.run_in_executor(thread, database.close))


def _open(path: Path, schema: str, sync: Sync) -> sqlite3.Connection:
    if (damage := damaged(path)) is not None:
        aside = set_aside(path, to_micros(utc_now()))
        log.error("a damaged file was set aside, and begun anew", file=str(aside), reason=damage)
    try:
        database = sqlite3.connect(path, isolation_level=None)
    except sqlite3.Error as error:
        raise _unusable(path, error) from error
    try:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute(f"PRAGMA synchronous={sync}")
        database.executescript(schema)
    except sqlite3.Error as error:
        database.close()
        raise _unusable(path, error) from error
    return database


def _unusable(path: Path, error: sqlite3.Error) -> Unusable:
    return Unusable(f"{path}: {error}; see that the folder may be written, or move the file aside")
