"""Opens the center's database: SQLite made safe against power cuts, or PostgreSQL as it is."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, MetaData, event
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

# How long a writer waits for another process's transaction, in milliseconds: an import of the
# registry while alerting runs takes far less.
BUSY_TIMEOUT_MS = 10_000


@asynccontextmanager
async def open_database(url: str) -> AsyncIterator[AsyncEngine]:
    """The database at *url*, closed at the end of the block; its folder is made if it is missing."""
    _make_folder(url)
    engine = create_async_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine.sync_engine, "connect", _safe_sqlite)
        event.listen(engine.sync_engine, "begin", _begin_sqlite)
    try:
        yield engine
    finally:
        await engine.dispose()


@asynccontextmanager
async def reading(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    """A transaction that only reads: one that sees a single state and holds up no writer."""
    async with engine.connect() as connection:
        reader = await connection.execution_options(reads_only=True)
        async with reader.begin():
            yield reader


async def make_tables(engine: AsyncEngine, metadata: MetaData) -> None:
    """Make the tables of *metadata* that are not there yet."""
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)


def _make_folder(url: str) -> None:
    parts = make_url(url)
    if parts.get_backend_name() == "sqlite" and parts.database not in {None, "", ":memory:"}:
        Path(str(parts.database)).parent.mkdir(parents=True, exist_ok=True)


def _safe_sqlite(connection: Any, _record: object) -> None:
    # The driver's own idea of when to begin a transaction is switched off: see _begin_sqlite.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    # FULL: a commit is on the disk when it returns. A receipt is a promise about exactly that.
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # IMMEDIATE: what a writer reads before it writes cannot change in between.
    reads_only = connection.get_execution_options().get("reads_only", False)
    connection.exec_driver_sql("BEGIN" if reads_only else "BEGIN IMMEDIATE")
