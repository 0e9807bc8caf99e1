"""Databases with the tables of a new center: made once in a process, then copied for each test.

Thirty migrations take 0.3 s of processor time, more than most tests that need a database.
"""

import asyncio
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from alerting.store.database import OWNERS
from runtime.database import open_database
from tests.support.servers import Server, empty_database, own_database


def new_sqlite(file: Path) -> str:
    """The URL of a new center's database in the new file *file*."""
    file.write_bytes(_sqlite())
    return f"sqlite:///{file}"


def give_tables(url: str) -> None:
    """Make the file of *url* with the tables of a new center, unless it is there or no file."""
    scheme, _, name = url.partition(":///")
    if scheme == "sqlite" and not Path(name).exists():
        new_sqlite(Path(name))


@contextmanager
def new_postgresql(server: Server) -> Iterator[str]:
    """The URL of a new center's database in the PostgreSQL at *server*, gone after the block."""
    with own_database(server, like=_postgresql(server)) as url:
        yield url


@cache
def _sqlite() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "center.db"
        _migrate(f"sqlite:///{file}")
        return file.read_bytes()


_migrated: dict[int, str] = {}
"""The name of the database to copy, by the port of its server."""


def _postgresql(server: Server) -> str:
    if server.port not in _migrated:
        url = empty_database(server)
        _migrate(url)
        _migrated[server.port] = url.rpartition("/")[2]
    return _migrated[server.port]


def _migrate(url: str) -> None:
    async def migrate() -> None:
        async with open_database(url) as database:
            await database.migrate(*OWNERS)

    # The test may run a loop of its own.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, migrate()).result()
