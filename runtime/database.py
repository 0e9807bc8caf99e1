"""Opens the database of the center: SQLite made safe against power cuts, or PostgreSQL as it is."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, asynccontextmanager, contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from runtime.prepared import Watcher, run_on_driver
from runtime.process import CannotStart
from runtime.revisions import Revisions, upgrade
from runtime.sqlite_damage import raise_if_damaged, refuse_links

# Milliseconds that a writer waits for the transaction of another process: an import of the registry
# while alerting runs takes far less.
BUSY_TIMEOUT_MS = 10_000


class ReadFor(StrEnum):
    """The purpose of a read, each with threads of its own: a slow list delays no deadline."""

    ALARM = "alarm"
    """Reads that a deadline or a delivery waits for."""
    JOBS = "jobs"
    """Reads of the center's own checks."""
    WEB = "web"
    """Reads that somebody asks for over HTTP."""


READERS_BY_PURPOSE = {ReadFor.ALARM: 2, ReadFor.JOBS: 2, ReadFor.WEB: 3}
"""Threads that read, by purpose."""

READERS = sum(READERS_BY_PURPOSE.values())
"""All threads that read."""

CONNECTIONS = READERS + 1
"""One for each thread that reads, and one for the thread that writes."""

DRIVERS = frozenset({"sqlite", "postgresql+psycopg"})
RIGHT_FORM = "write sqlite:////folder/file.db or postgresql+psycopg://user:password@host/name"

_OF_SQLITE = {"cached_statements": 512}
"""More than the statements of one service, in all lengths of their lists: each is parsed once."""

T = TypeVar("T")


class BadDatabase(ValueError):
    """Not the URL of a usable database; the text names the right form."""


class NoDatabase(BadDatabase):
    """No database to read at the URL; the text names the place and the remedy."""


class Database:
    """One database, a thread that writes and a few that read; made by ``open_database``.

    Raises CannotStart where a file of SQLite turns out to be damaged: the next start sets it aside.
    One thread writes since there is one disk to sync: what runs in it is one whole transaction after
    the other.
    """

    def __init__(
        self,
        engine: Engine,
        writer: ThreadPoolExecutor,
        readers: Mapping[ReadFor, ThreadPoolExecutor],
    ) -> None:
        self.watchers: list[Watcher] = []
        self._engine = engine
        self._writer = writer
        self._readers = readers
        self._path = Path(str(engine.url.database))
        self._file: tuple[int, int] | None = None
        self._kept: Connection | None = None  # the writer's, between two transactions
        self._asking_since: float | None = None  # of the thread that writes

    @property
    def url(self) -> str:
        """The URL of the database, with its password: for another process of the center alone."""
        return self._engine.url.render_as_string(hide_password=False)

    async def write(
        self, change: Callable[[Connection], T], *, then: Callable[[T], None] | None = None
    ) -> T:
        """Make *change* in one transaction; return its answer once it is durable.

        *then* runs in the thread that writes, after the commit and before any other change.
        """
        return await asyncio.wrap_future(self.begin_write(change, then=then))

    def begin_write(
        self, change: Callable[[Connection], T], *, then: Callable[[T], None] | None = None
    ) -> "Future[T]":
        """Hand *change* to the thread that writes; return the future of its answer, as ``write`` does.

        For a caller that no task should stand between: its callback runs in the thread that writes.
        """

        def transaction() -> T:
            self._refuse_replaced_file()
            with self._asking(), self._writing() as connection:
                self._asking_since = time.monotonic()  # the transaction has begun
                answer = change(connection)
                self._asking_since = time.monotonic()
            if then is not None:
                then(answer)
            return answer

        return self._writer.submit(self._unless_damaged, transaction)

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """One transaction on the connection that is kept for them, anew after each error."""
        connection, self._kept = self._kept or self._engine.connect(), None
        with ExitStack() as given_back:
            given_back.callback(connection.close)
            with connection.begin():
                yield connection
            given_back.pop_all()
        self._kept = connection

    @contextmanager
    def _asking(self) -> Iterator[None]:
        """Something is asked of the database within the block, by the thread that writes."""
        self._asking_since = time.monotonic()
        try:
            yield
        finally:
            self._asking_since = None

    def unanswered_s(self) -> float:
        """Return for how many seconds the database has owed an answer to the thread that writes."""
        since = self._asking_since
        return 0.0 if since is None else time.monotonic() - since

    def release(self) -> None:
        """Give back the connection that is kept; in the thread that writes."""
        if self._kept is not None:
            self._kept.close()

    async def read(self, ask: Callable[[Connection], T], *, purpose: ReadFor = ReadFor.JOBS) -> T:
        """Return the answer of *ask*, which only reads: it sees one state and delays no writer.

        It waits for others of its *purpose* at most.
        """

        def transaction() -> T:
            with self._engine.connect() as connection:
                reader = connection.execution_options(reads_only=True)
                with reader.begin():
                    return ask(reader)

        return await self._run(self._readers[purpose], transaction)

    def _refuse_replaced_file(self) -> None:
        """Raise CannotStart for a file that was deleted or replaced: what is written there is lost."""
        if self._file is not None and _identity(self._path) != self._file:
            text = f"{self._path} was replaced or deleted while it was in use; start the service again"
            raise CannotStart(text)

    async def _run(self, thread: ThreadPoolExecutor, transaction: Callable[[], T]) -> T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(thread, self._unless_damaged, transaction)

    def _unless_damaged(self, transaction: Callable[[], T]) -> T:
        try:
            return transaction()
        except DBAPIError as error:
            raise_if_damaged(self._path, error.orig)
            raise

    async def migrate(self, *owners: Revisions) -> list[tuple[str, str]]:
        """Bring the tables of *owners* to what this program knows, all or none; return the steps taken.

        Each is an owner and a revision.

        Raises CannotStart where a newer program made them.
        """

        def change(connection: Connection) -> list[tuple[str, str]]:
            return [step for each in owners for step in upgrade(connection, each)]

        taken = await self.write(change)
        if self._engine.dialect.name == "sqlite":
            self._file = _identity(self._path)
        return taken


@asynccontextmanager
async def open_database(url: str) -> AsyncIterator[Database]:
    """Open the database at *url*, closed at the end of the block; make its folder if it is missing.

    Raises BadDatabase where *url* cannot be used.
    """
    parts = parse_url(url)
    _make_folder(parts)
    is_sqlite = parts.get_backend_name() == "sqlite"
    if is_sqlite and parts.database:
        refuse_links(Path(parts.database))
    engine = create_engine(parts, pool_size=CONNECTIONS, connect_args=_OF_SQLITE if is_sqlite else {})
    if is_sqlite:
        event.listen(engine, "connect", _safe_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    with ExitStack() as closed:
        closed.callback(engine.dispose)
        readers = {
            purpose: closed.enter_context(ThreadPoolExecutor(most, f"read for {purpose}"))
            for purpose, most in READERS_BY_PURPOSE.items()
        }
        writer = closed.enter_context(ThreadPoolExecutor(1, "writer"))
        database = Database(engine, writer, readers)
        try:
            yield database
        finally:
            # In its own thread, and so after whatever that still does for callers that were cancelled.
            writer.submit(database.release)


@asynccontextmanager
async def open_existing(url: str) -> AsyncIterator[Database]:
    """Open the database at *url* to read it only; raises NoDatabase where there is no such file."""
    _require_existing(url)
    async with open_database(url) as database:
        yield database


def exists(url: str) -> bool:
    """Return whether there is a file at *url*; True for PostgreSQL, which answers for itself."""
    parts = parse_url(url)
    return parts.get_backend_name() != "sqlite" or Path(str(parts.database)).is_file()


def parse_url(url: str) -> URL:
    """Return the parts of *url*; raises BadDatabase if it is neither a file of SQLite nor PostgreSQL."""
    try:
        parts = make_url(url)
    except ArgumentError as error:
        raise BadDatabase(f"not a database URL; {RIGHT_FORM}") from error
    if parts.drivername not in DRIVERS or parts.database in {None, "", ":memory:"}:
        raise BadDatabase(f"{parts.render_as_string()} cannot be used; {RIGHT_FORM}")
    return parts


def _require_existing(url: str) -> None:
    if not exists(url):
        place = Path(str(parse_url(url).database)).absolute()
        raise NoDatabase(f"{place}: no database is there; name the one that alerting uses")


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _make_folder(parts: URL) -> None:
    if parts.get_backend_name() == "sqlite":
        Path(str(parts.database)).parent.mkdir(parents=True, exist_ok=True)


def _safe_sqlite(connection: Any, _record: object) -> None:
    # The driver itself must not begin transactions: see _begin_sqlite.
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
    run_on_driver(connection, "BEGIN" if reads_only else "BEGIN IMMEDIATE")
