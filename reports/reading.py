"""Opens the center's database to read one state of it, beside the process that writes."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from runtime.database import NoDatabase, exists, parse_url

LONGEST_MS = 120_000
"""Milliseconds after which PostgreSQL ends a statement of a report."""


class UnreadableDatabase(Exception):
    """The database does not answer, or has not the tables of this version; the text says what to do."""


@contextmanager
def reading(url: str) -> Iterator[Connection]:
    """Open the database at *url*; the transaction reads only, and ends with the block.

    Raises UnreadableDatabase, BadDatabase where *url* cannot be used, and NoDatabase where it is none.
    """
    if not exists(url):
        raise NoDatabase(f"{url}: no database is there; name the one that alerting uses")
    parts = parse_url(url)
    engine = create_engine(parts, poolclass=NullPool)
    if parts.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _read_only)
        event.listen(engine, "begin", _begin)
    try:
        with engine.connect() as connection:
            if parts.get_backend_name() != "sqlite":
                connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                connection.exec_driver_sql(f"SET LOCAL statement_timeout = {LONGEST_MS}")
            yield connection
    except DBAPIError as error:
        text = f"the database cannot be read ({error.orig}); start this version of alerting on it once"
        raise UnreadableDatabase(text) from error
    finally:
        engine.dispose()


def _read_only(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    connection.execute("PRAGMA query_only=ON")
    # What a sort does not hold in its cache goes to a file.
    connection.execute("PRAGMA temp_store=FILE")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")
