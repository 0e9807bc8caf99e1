"""A durable queue of numbered entries in one SQLite file: what is appended survives anything.

Entries are numbered from 1 without ever reusing a number, and leave only when they are released.
The *epoch* is the identity of the file: it changes only if the file was lost. Appending returns
after the commit has reached the disk (WAL with ``synchronous=FULL``); appends that arrive while a
commit runs share the next one, so a burst costs one sync and a single entry waits for nobody.
"""

import asyncio
import secrets
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

import structlog

from contract.digests import digest
from contract.times import to_micros
from runtime.clock import Clock
from runtime.owner_thread import OwnerThread, owner_thread
from runtime.sqlite_damage import check_header, set_aside
from runtime.sqlite_thread import Sync, connect, transaction

log = structlog.get_logger(__name__)

LAYOUT = 1
"""Version of the file's layout; a file from a newer one is refused."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (
    layout INTEGER NOT NULL, epoch TEXT NOT NULL, last_seq INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS entries (
    seq INTEGER PRIMARY KEY, at INTEGER NOT NULL, body BLOB NOT NULL
);
"""

R = TypeVar("R")


class NewerLayout(Exception):
    """The file was written by a newer program; run that program, or move the file aside."""


class NotStored(Exception):
    """The disk refused to store or release an entry; nothing has changed there."""


class NotRead(Exception):
    """The disk failed to read what it holds; try again later."""


@dataclass(frozen=True, slots=True)
class SpoolEntry:
    """One stored entry; *at* in microseconds since 1970."""

    seq: int
    at: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Depth:
    """The amount that waits.

    *floor* is the lowest number kept, or the next one if nothing is kept; *oldest_at* is when the
    oldest entry was stored, in microseconds since 1970; *spare* counts the bytes in the file that
    new entries can take without its growing.
    """

    entries: int
    floor: int
    oldest_at: int | None
    spare: int = 0


class Spool:
    """The open queue; made by ``open_spool``.

    *begun_anew* says that a file was there and could not be read: its entries are in the file that
    was set aside, and no longer in this queue. *last_seq* is the last number that was given out,
    *stored_seq* the last one that the disk took; *skipped* counts those that it refused.
    """

    def __init__(
        self, file: "_File", depth: Depth, *, thread: "OwnerThread[_File]", clock: Clock
    ) -> None:
        self._thread = thread
        self._clock = clock
        self._waiting: list[_Waiting] = []
        self._committer: asyncio.Task[None] | None = None
        self.epoch = file.epoch
        self.last_seq = file.last_seq
        self.stored_seq = file.last_seq
        self.skipped = 0
        self.depth = depth
        self.begun_anew = file.begun_anew

    async def append(
        self, build: Callable[[int], bytes], *, instead_of: Sequence[SpoolEntry] = ()
    ) -> int:
        """Store the body that *build* makes for the new number; return the number once it is durable.

        In the same commit *instead_of* is released: the new entry stands for it, and is as old as its
        oldest. Raises NotStored if the disk refused: nothing has changed, and the number is never used
        again.
        """
        self.last_seq += 1
        at = min((each.at for each in instead_of), default=to_micros(self._clock()))
        entry = SpoolEntry(self.last_seq, at, build(self.last_seq))
        stored: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(entry, [each.seq for each in instead_of], stored))
        if self._committer is None or self._committer.done():
            self._committer = asyncio.create_task(self._commit_waiting(), name="spool commit")
        return await stored

    async def entries(self, *, after: int = 0, limit: int = 1_000) -> list[SpoolEntry]:
        """Return up to *limit* entries numbered above *after*, ascending; raises NotRead."""
        try:
            return await self._thread.run(lambda file: file.read(after, limit))
        except sqlite3.Error as exc:
            raise NotRead(str(exc)) from exc

    async def release(self, *, through: int, above: Iterable[int] = ()) -> None:
        """Release all entries up to *through* and those numbered in *above*; raises NotStored."""
        try:
            self.depth = await self._thread.run(lambda file: file.delete(through, list(above)))
        except sqlite3.Error as exc:
            raise NotStored(str(exc)) from exc

    async def release_proven(self, digests: Mapping[int, str]) -> list[int]:
        """Release the entries whose bytes have these digests; return those kept because they differ.

        Raises NotStored, and has then released nothing.
        """
        try:
            self.depth, differ = await self._thread.run(lambda file: file.delete_proven(digests))
        except sqlite3.Error as error:
            raise NotStored(str(error)) from error
        return differ

    async def settle(self) -> None:
        """Wait until everything appended so far is stored or refused."""
        if self._committer is not None:
            await asyncio.shield(self._committer)

    async def _commit_waiting(self) -> None:
        while self._waiting:
            group, self._waiting = self._waiting, []
            error = await self._store_group(group)
            for each in group:
                if each.stored.done():  # its caller was cancelled meanwhile
                    continue
                if error is None:
                    each.stored.set_result(each.entry.seq)
                else:
                    each.stored.set_exception(error)

    async def _store_group(self, group: "list[_Waiting]") -> NotStored | None:
        """Store *group* in one commit; return the error where the disk refused it."""
        entries = [each.entry for each in group]
        replaced = [seq for each in group for seq in each.instead_of]
        try:
            self.depth = await self._thread.run(lambda file: file.insert(entries, replaced))
        except sqlite3.Error as error:
            self.skipped += len(group)
            return NotStored(str(error))
        self.stored_seq = entries[-1].seq
        return None


@dataclass(frozen=True, slots=True)
class _Waiting:
    """An entry that waits for its commit."""

    entry: SpoolEntry
    instead_of: list[int]
    stored: asyncio.Future[int]


class _File:
    """The SQLite file of a spool, used from one thread."""

    def __init__(self, path: Path | None) -> None:
        self.begun_anew = False
        self._database = connect(path, _SCHEMA, Sync.POWER_CUT)
        try:
            layout, self.epoch, self.last_seq = self._meta()
            if layout > LAYOUT:
                raise NewerLayout(f"{path} has layout {layout}, this program knows {LAYOUT}")
            (self._page_size,) = self._database.execute("PRAGMA page_size").fetchone()
            self._entries = self._database.execute("SELECT count(*) FROM entries").fetchone()[0]
        except BaseException:
            self._database.close()
            raise

    def insert(self, entries: list[SpoolEntry], instead_of: list[int]) -> Depth:
        """Store *entries* and remove *instead_of* in one transaction.

        Raises sqlite3.Error, and has then changed nothing.
        """
        rows = [(each.seq, each.at, each.body) for each in entries]
        with transaction(self._database):
            gone = self._delete_each(instead_of)  # first, so that its room can be taken
            self._database.executemany("INSERT INTO entries VALUES (?, ?, ?)", rows)
            self._database.execute("UPDATE meta SET last_seq = ?", (entries[-1].seq,))
        self.last_seq = entries[-1].seq
        self._entries += len(entries) - gone
        return self.depth()

    def delete(self, through: int, above: list[int]) -> Depth:
        """Remove what is released."""
        with transaction(self._database):
            gone = self._database.execute("DELETE FROM entries WHERE seq <= ?", (through,)).rowcount
            gone += self._delete_each([seq for seq in above if seq > through])
        self._entries -= gone
        return self.depth()

    def delete_proven(self, digests: Mapping[int, str]) -> tuple[Depth, list[int]]:
        """Remove the entries that have these *digests*; returns the numbers of those that differ."""
        there = [(seq, body) for seq in digests for body in self._body(seq)]
        differ = {seq for seq, body in there if digest(body) != digests[seq]}
        with transaction(self._database):
            gone = self._delete_each([seq for seq, _ in there if seq not in differ])
        self._entries -= gone
        return self.depth(), sorted(differ)

    def _body(self, seq: int) -> list[bytes]:
        rows = self._database.execute("SELECT body FROM entries WHERE seq = ?", (seq,))
        return [bytes(body) for (body,) in rows]

    def read(self, after: int, limit: int) -> list[SpoolEntry]:
        """Return up to *limit* entries above *after*, ascending."""
        query = "SELECT seq, at, body FROM entries WHERE seq > ? ORDER BY seq LIMIT ?"
        return [SpoolEntry(*row) for row in self._database.execute(query, (after, limit))]

    def depth(self) -> Depth:
        """Return the amount that is stored now."""
        query = "SELECT seq, at FROM entries ORDER BY seq LIMIT 1"
        floor, oldest_at = self._database.execute(query).fetchone() or (self.last_seq + 1, None)
        (free,) = self._database.execute("PRAGMA freelist_count").fetchone()
        return Depth(self._entries, floor, oldest_at, spare=free * self._page_size)

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def _delete_each(self, seqs: list[int]) -> int:
        rows = [(seq,) for seq in seqs]
        return (
            self._database.executemany("DELETE FROM entries WHERE seq = ?", rows).rowcount if rows else 0
        )

    def _meta(self) -> tuple[int, str, int]:
        row = self._database.execute("SELECT layout, epoch, last_seq FROM meta").fetchone()
        if row is None:
            row = (LAYOUT, secrets.token_hex(8), 0)
            self._database.execute("INSERT INTO meta VALUES (?, ?, ?)", row)
        return row[0], row[1], row[2]


@asynccontextmanager
async def open_spool(path: Path | None, clock: Clock) -> AsyncIterator[Spool]:
    """Open the spool at *path*, or begin one with a new epoch; in memory where *path* is None.

    A file that is not a readable database is set aside as ``<name>.corrupt-<time>``, with all that
    belongs to it, never deleted. Raises NewerLayout for a file from a newer program, and OSError or
    sqlite3.OperationalError where the disk does not let the file be opened or made.
    """
    name = f"spool-{path.stem if path else 'memory'}"
    async with owner_thread(name, partial(_open, path, clock)) as thread:
        file, depth = await thread.run(lambda file: (file, file.depth()))
        spool = Spool(file, depth, thread=thread, clock=clock)
        try:
            yield spool
        finally:
            await spool.settle()


def _open(path: Path | None, clock: Clock) -> _File:
    if path is None:
        return _File(None)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        check_header(path)
        return _File(path)
    except sqlite3.DatabaseError as exc:
        if isinstance(exc, sqlite3.OperationalError):  # locked, unwritable, full: not the file's fault
            raise
        aside = set_aside(path, to_micros(clock()))
        log.error("spool file damaged; set aside, a new epoch begins", file=str(aside), reason=str(exc))
        file = _File(path)
        file.begun_anew = True
        return file
