"""The readings store that needs no server: one SQLite file, written by one thread, read by another."""

import json
import sqlite3
from collections.abc import AsyncIterator, Collection, Iterator, Sequence
from contextlib import asynccontextmanager
from itertools import chain, islice, repeat
from pathlib import Path

from contract.ids import StreamKey
from contract.messages import Series
from contract.times import Micros
from ingest.adapters.stores.store import CurveQuery, ReadBackPace, SeriesCount, StoreAway, WriteOutcome
from ingest.domain.batches import Batch, Mark, ReadingSpan, SeriesKey, SignalCopy
from ingest.domain.thinning import Curve, Thinner
from runtime.sqlite_thread import SqliteThread, Sync, open_sqlite

# The key of "readings" is the index for (premises, point, quantity, t): a series stands for the names,
# and WITHOUT ROWID keeps the rows themselves in that order.
_SCHEMA = """
CREATE TABLE IF NOT EXISTS series (
    id INTEGER PRIMARY KEY,
    premises TEXT NOT NULL, gateway TEXT NOT NULL, point TEXT NOT NULL, quantity TEXT NOT NULL,
    UNIQUE (premises, point, quantity, gateway)
);
CREATE TABLE IF NOT EXISTS readings (
    series INTEGER NOT NULL, t INTEGER NOT NULL, value REAL NOT NULL,
    PRIMARY KEY (series, t)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS signals (
    premises TEXT NOT NULL, gateway TEXT NOT NULL, epoch TEXT NOT NULL, seq INTEGER NOT NULL,
    kind TEXT NOT NULL, edge TEXT NOT NULL, scope TEXT NOT NULL, name TEXT NOT NULL,
    reason TEXT NOT NULL, quantity TEXT, value REAL,
    changed_at INTEGER NOT NULL, committed_at INTEGER NOT NULL,
    PRIMARY KEY (premises, gateway, epoch, seq)
) WITHOUT ROWID;
"""

ROWS_A_STATEMENT = 1_000
"""Readings that one statement inserts. The thread gives the interpreter's lock away with each statement
and may wait 5 ms to get it back from a busy event loop: row by row, a busy loop would leave 1,000
readings/s; a thousand a statement leaves over 100,000."""

ROWS_A_SLICE = 5_000
"""Readings that one transaction of the retention deletes, so that writes wait for milliseconds only."""

ROWS_A_FETCH = 5_000
"""Readings that stand in memory at a time while a curve is read and thinned."""

# Readings of many series touch many pages with each commit, and mostly the same ones: in a cache of
# 64 MB they stay in memory, and with a checkpoint every 32 MB (8,000 pages) they are written to their
# place once for many commits. Together half as fast again as with SQLite's 2 MB and 4 MB.
_WRITER = "PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 8000;"

_KNOWN_SERIES = 100_000
"""Ids of series that are remembered; the rest are looked up."""


class Embedded:
    """The open store; made by ``open_embedded``."""

    def __init__(self, writer: SqliteThread, reader: SqliteThread) -> None:
        self._writer = writer
        self._reader = reader
        self._ids: dict[tuple[str, str, str, str], int] = {}

    @property
    def pace(self) -> ReadBackPace:
        """Pace of a store that shows at once what is committed."""
        return ReadBackPace(check_every_s=0.02, shown_within_s=5.0)

    async def identify(self) -> str:
        """Return the version of SQLite."""
        return f"SQLite {sqlite3.sqlite_version}"

    async def found_marks(self, marks: Collection[Mark]) -> frozenset[Mark]:
        """Return all of *marks*: nobody stands between a commit and the file."""
        return frozenset(marks)

    async def count_span(self, span: ReadingSpan) -> dict[SeriesKey, int]:
        """Return how many readings of each series another connection reads back; raises StoreAway."""
        try:
            return await self._reader.run(lambda database: _count(database, span))
        except sqlite3.Error as error:
            raise StoreAway(str(error)) from error

    async def write_batches(self, batches: Sequence[Batch]) -> WriteOutcome:
        """Store *batches* in one transaction that survives a power cut."""
        try:
            await self._writer.transact(lambda database: self._insert(database, batches))
        except sqlite3.Error as error:
            self._ids.clear()  # some may be of series that were rolled back
            return WriteOutcome(kept=frozenset(range(len(batches))), reason=str(error))
        return WriteOutcome()

    async def write_signals(self, copies: Sequence[SignalCopy]) -> WriteOutcome:
        """Write *copies*; return the outcome."""
        rows = [row for each in copies for row in _signal_rows(each)]
        insert = f"INSERT OR REPLACE INTO signals VALUES ({','.join('?' * 13)})"  # noqa: S608
        try:
            await self._writer.transact(lambda database: database.executemany(insert, rows))
        except sqlite3.Error as error:
            return WriteOutcome(kept=frozenset(range(len(copies))), reason=str(error))
        return WriteOutcome()

    async def read_curve(self, wanted: CurveQuery) -> Curve:
        """Return the readings asked for; raises StoreAway."""
        try:
            return await self._reader.run(lambda database: _read(database, wanted))
        except sqlite3.Error as error:
            raise StoreAway(str(error)) from error

    async def count_readings(self, premises: str) -> list[SeriesCount]:
        """Return the counts of all series of *premises*; raises StoreAway."""
        query = (
            "SELECT point, quantity, count(*) FROM series JOIN readings ON series = id "
            "WHERE premises = ? GROUP BY point, quantity"
        )
        try:
            rows = await self._reader.run(
                lambda database: database.execute(query, (premises,)).fetchall()
            )
        except sqlite3.Error as error:
            raise StoreAway(str(error)) from error
        return [SeriesCount(*row) for row in rows]

    async def delete_before(self, before: Micros) -> int:
        """Delete readings and signals older than *before*, in slices; return how many readings."""
        try:
            await self._writer.run(
                lambda database: database.execute("DELETE FROM signals WHERE changed_at < ?", (before,))
            )
            ids = await self._reader.run(
                lambda database: database.execute("SELECT id FROM series").fetchall()
            )
            return sum([await self._delete_series(series_id, before) for (series_id,) in ids])
        except sqlite3.Error as error:
            raise StoreAway(str(error)) from error

    async def _delete_series(self, series_id: int, before: Micros) -> int:
        deleted = 0
        while True:
            part = await self._writer.run(lambda database: _delete_slice(database, series_id, before))
            deleted += part
            if part < ROWS_A_SLICE:
                return deleted

    def _insert(self, database: sqlite3.Connection, batches: Sequence[Batch]) -> None:
        rows = chain.from_iterable(
            zip(repeat(self._series_id(database, batch.id.stream, each)), each.t, each.v, strict=False)
            for batch in batches
            for each in batch.series
        )
        for some in _in_pieces(rows, ROWS_A_STATEMENT):
            places = ",".join(repeat("(?,?,?)", len(some)))
            database.execute(
                f"INSERT OR REPLACE INTO readings VALUES {places}",  # noqa: S608
                list(chain.from_iterable(some)),
            )

    def _series_id(self, database: sqlite3.Connection, stream: StreamKey, series: Series) -> int:
        names = (stream.premises, series.point, series.quantity, stream.gateway)
        series_id = self._ids.get(names)
        if series_id is None:
            series_id = _find_series_id(database, names)
            if len(self._ids) < _KNOWN_SERIES:
                self._ids[names] = series_id
        return series_id


def _in_pieces(
    rows: Iterator[tuple[int, int, float]], size: int
) -> Iterator[list[tuple[int, int, float]]]:
    while some := list(islice(rows, size)):
        yield some


def _find_series_id(database: sqlite3.Connection, names: tuple[str, str, str, str]) -> int:
    database.execute(
        "INSERT OR IGNORE INTO series (premises, point, quantity, gateway) VALUES (?, ?, ?, ?)", names
    )
    query = "SELECT id FROM series WHERE (premises, point, quantity, gateway) = (?, ?, ?, ?)"
    return int(database.execute(query, names).fetchone()[0])


def _read(database: sqlite3.Connection, wanted: CurveQuery) -> Curve:
    query = (
        "SELECT t, value FROM series JOIN readings ON series = id "
        "WHERE premises = ? AND point = ? AND quantity = ? AND t BETWEEN ? AND ? ORDER BY t"
    )
    names = (wanted.premises, wanted.point, wanted.quantity)
    cursor = database.execute(query, (*names, wanted.start, wanted.end))
    thinner = Thinner(wanted.max_points)
    while rows := cursor.fetchmany(ROWS_A_FETCH):
        thinner.add(rows)
    return thinner.curve()


def _count(database: sqlite3.Connection, span: ReadingSpan) -> dict[SeriesKey, int]:
    # As one row, because each further one would have to get the interpreter's lock back.
    query = (
        "SELECT json_group_array(json_array(point, quantity, n)) FROM ("
        "SELECT point, quantity, count(*) AS n FROM series JOIN readings ON series = id "
        "WHERE premises = ? AND gateway = ? AND t BETWEEN ? AND ? GROUP BY point, quantity)"
    )
    (rows,) = database.execute(query, span).fetchone()
    return {SeriesKey(point, quantity): n for point, quantity, n in json.loads(rows)}


def _delete_slice(database: sqlite3.Connection, series_id: int, before: Micros) -> int:
    # Up to the last of the oldest so many: this SQLite may know no LIMIT in DELETE.
    return database.execute(
        "DELETE FROM readings WHERE series = ?1 AND t <= (SELECT max(t) FROM (SELECT t FROM readings "
        "WHERE series = ?1 AND t < ?2 ORDER BY t LIMIT ?3))",
        (series_id, before, ROWS_A_SLICE),
    ).rowcount


def _signal_rows(copy: SignalCopy) -> Iterator[tuple[object, ...]]:
    for each in copy.signals:
        yield (
            *(copy.premises, copy.gateway, copy.epoch, each.seq),
            *(each.kind, each.edge, each.scope, each.name, each.reason, each.quantity, each.value),
            *(each.changed_at, each.committed_at),
        )


@asynccontextmanager
async def open_embedded(path: Path) -> AsyncIterator[Embedded]:
    """Open the store in the file at *path*; raises Unusable."""
    async with (
        open_sqlite(path, _SCHEMA, Sync.POWER_CUT) as writer,
        open_sqlite(path, _SCHEMA, Sync.POWER_CUT) as reader,
    ):
        await writer.run(lambda database: database.executescript(_WRITER))
        yield Embedded(writer, reader)
