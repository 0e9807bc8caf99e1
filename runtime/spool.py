"""A durable queue of numbered entries in one SQLite file: what is appended survives anything.

Entries are numbered from 1 without ever reusing a number, and leave only when they are released.
The *epoch* is the identity of the file: it changes only if the file was lost. Appending returns
after the commit has reached the disk (WAL with ``synchronous=FULL``); appends that arrive while a
commit runs share the next one, so a burst costs one sync and a single entry waits for nobody.

Small boxes live on flash memory that every written byte wears out. So long bodies are stored
compressed, pages are small, and a spool that is told to may let proven entries go with the commit of
the next entry rather than with one of their own.
"""

import asyncio
import secrets
import sqlite3
import zlib
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
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

LAYOUT = 2
"""Version of the file's layout; a file from a newer one is refused.

2: a body that begins with a zero byte is compressed. A file of layout 1 has none, and is taken over.
"""

_PACKED = b"\0"
"""The first byte of a compressed body."""

_PACKED_FROM = 512
"""Bytes of a body from which compression is worth its time: a batch of readings, never a signal."""

_PAGE_SIZE = 1_024
"""Bytes: a commit writes whole pages, and an entry is small. A file that is there keeps its own size."""

_SCHEMA = """
PRAGMA secure_delete = FAST;
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
        self,
        file: "_File",
        depth: Depth,
        *,
        thread: "OwnerThread[_File]",
        clock: Clock,
        release_within_s: float,
    ) -> None:
        self._thread = thread
        self._clock = clock
        self._release_within_s = release_within_s
        self._waiting: list[_Waiting] = []
        self._releasing: list[_Releasing] = []
        self._committer: asyncio.Task[None] | None = None
        self.epoch = file.epoch
        self.last_seq = file.last_seq
        self.stored_seq = file.last_seq
        self.skipped = 0
        self._depth = depth
        self.begun_anew = file.begun_anew

    @property
    def depth(self) -> Depth:
        """The amount that waits, without what is proven and about to be released."""
        proven = sum(len(each.digests) for each in self._releasing)
        if not proven:
            return self._depth
        entries = max(0, self._depth.entries - proven)
        return replace(
            self._depth, entries=entries, oldest_at=self._depth.oldest_at if entries else None
        )

    async def append(
        self, build: Callable[[int], bytes], *, instead_of: Sequence[SpoolEntry] = ()
    ) -> int:
        """Store the body that *build* makes for the new number; return the number once it is durable.

        In the same commit *instead_of* is released: the new entry stands for it, and is as old as its
        oldest. Raises NotStored if the disk refused: nothing has changed, and the number is never used
        again.
        """
        return await self.submit(build, instead_of=instead_of)

    def submit(
        self, build: Callable[[int], bytes], *, instead_of: Sequence[SpoolEntry] = ()
    ) -> asyncio.Future[int]:
        """Begin what ``append`` does; return the number to come.

        It is stored even if nobody waits for it: closing the spool does.
        """
        self.last_seq += 1
        at = min((each.at for each in instead_of), default=to_micros(self._clock()))
        entry = SpoolEntry(self.last_seq, at, build(self.last_seq))
        stored: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(entry, [each.seq for each in instead_of], stored))
        self._begin_to_commit()
        return stored

    @property
    def waiting(self) -> int:
        """The number of entries that wait for the next commit."""
        return len(self._waiting)

    async def entries(self, *, after: int = 0, limit: int = 1_000) -> list[SpoolEntry]:
        """Return up to *limit* entries numbered above *after*, ascending; raises NotRead."""
        try:
            return await self._thread.run(lambda file: file.read(after, limit))
        except sqlite3.Error as exc:
            raise NotRead(str(exc)) from exc

    async def release(self, *, through: int, above: Iterable[int] = ()) -> None:
        """Release all entries up to *through* and those numbered in *above*; raises NotStored."""
        try:
            self._depth = await self._thread.run(lambda file: file.delete(through, list(above)))
        except sqlite3.Error as exc:
            raise NotStored(str(exc)) from exc

    async def release_proven(self, digests: Mapping[int, str]) -> list[int]:
        """Release the entries whose bytes have these digests; return those kept because they differ.

        They go with the commit of the next entry, or with one of their own once they have waited.
        Raises NotStored, and has then released nothing.
        """
        released: asyncio.Future[list[int]] = asyncio.get_running_loop().create_future()
        self._releasing.append(_Releasing(digests, released))
        with suppress(TimeoutError):
            async with asyncio.timeout(self._release_within_s):
                return await asyncio.shield(released)
        self._begin_to_commit()
        return await released

    async def settle(self) -> None:
        """Wait until everything appended so far is stored or refused, and what is proven released."""
        if self._releasing:
            self._begin_to_commit()
        if self._committer is not None:
            await asyncio.shield(self._committer)

    def _begin_to_commit(self) -> None:
        if self._committer is None or self._committer.done():
            self._committer = asyncio.create_task(self._commit_waiting(), name="spool commit")

    async def _commit_waiting(self) -> None:
        while self._waiting or self._releasing:
            group, self._waiting = self._waiting, []
            releasing, released = list(self._releasing), False
            if group:
                released = await self._store_group(group, releasing)
            if not released:
                await self._release_group(releasing)
            self._releasing = [each for each in self._releasing if each not in releasing]

    async def _store_group(self, group: "list[_Waiting]", releasing: "list[_Releasing]") -> bool:
        """Store *group* and release *releasing* in one commit; False if the disk refused it."""
        entries = [each.entry for each in group]
        replaced = [seq for each in group for seq in each.instead_of]
        try:
            self._depth, differ = await self._thread.run(
                lambda file: file.exchange(entries, replaced, _digests(releasing))
            )
        except sqlite3.Error as error:
            self.skipped += len(group)
            _fail([each.stored for each in group], error)
            return False
        self.stored_seq = entries[-1].seq
        for each in group:
            if not each.stored.done():  # its caller was cancelled meanwhile
                each.stored.set_result(each.entry.seq)
        _answer(releasing, differ)
        return True

    async def _release_group(self, releasing: "list[_Releasing]") -> None:
        """Release *releasing* in a commit of its own: a full disk may have room for that alone."""
        if not releasing:
            return
        try:
            self._depth, differ = await self._thread.run(
                lambda file: file.delete_proven(_digests(releasing))
            )
        except sqlite3.Error as error:
            _fail([each.released for each in releasing], error)
            return
        _answer(releasing, differ)


@dataclass(frozen=True, slots=True)
class _Waiting:
    """An entry that waits for its commit."""

    entry: SpoolEntry
    instead_of: list[int]
    stored: asyncio.Future[int]


@dataclass(frozen=True, slots=True, eq=False)
class _Releasing:
    """Proven entries that wait for a commit; *released* gets those that differ."""

    digests: Mapping[int, str]
    released: asyncio.Future[list[int]]


def _digests(releasing: "list[_Releasing]") -> dict[int, str]:
    return {seq: each.digests[seq] for each in releasing for seq in each.digests}


def _answer(releasing: "list[_Releasing]", differ: list[int]) -> None:
    for each in releasing:
        if not each.released.done():
            each.released.set_result([seq for seq in differ if seq in each.digests])


def _fail(waiting: "Iterable[asyncio.Future[R]]", error: sqlite3.Error) -> None:
    for each in waiting:
        if not each.done():  # its caller was cancelled meanwhile
            each.set_exception(NotStored(str(error)))


def _packed(body: bytes) -> bytes:
    """Return *body* as it is stored: long ones compressed."""
    if len(body) < _PACKED_FROM and not body.startswith(_PACKED):
        return body
    return _PACKED + zlib.compress(body, 1)


def _unpacked(stored: bytes) -> bytes:
    return zlib.decompress(stored[1:]) if stored.startswith(_PACKED) else stored


class _File:
    """The SQLite file of a spool, used from one thread."""

    def __init__(self, path: Path | None) -> None:
        self.begun_anew = False
        self._database = connect(path, _SCHEMA, Sync.POWER_CUT, page_size=_PAGE_SIZE)
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
        rows = [(each.seq, each.at, _packed(each.body)) for each in entries]
        with transaction(self._database):
            gone = self._delete_each(instead_of)  # first, so that its room can be taken
            self._database.executemany("INSERT INTO entries VALUES (?, ?, ?)", rows)
            # The layout too: a file of an older one is read as it is, also where nothing can be written.
            update = "UPDATE meta SET layout = ?, last_seq = ?"
            self._database.execute(update, (LAYOUT, entries[-1].seq))
        self.last_seq = entries[-1].seq
        self._entries += len(entries) - gone
        return self.depth()

    def exchange(
        self, entries: list[SpoolEntry], instead_of: list[int], digests: Mapping[int, str]
    ) -> tuple[Depth, list[int]]:
        """Store *entries*, and remove *instead_of* and what has these *digests*; see both methods."""
        proven, differ = self._compare(digests)
        return self.insert(entries, [*instead_of, *proven]), differ

    def delete(self, through: int, above: list[int]) -> Depth:
        """Remove what is released."""
        with transaction(self._database):
            gone = self._database.execute("DELETE FROM entries WHERE seq <= ?", (through,)).rowcount
            gone += self._delete_each([seq for seq in above if seq > through])
        self._entries -= gone
        return self.depth()

    def delete_proven(self, digests: Mapping[int, str]) -> tuple[Depth, list[int]]:
        """Remove the entries that have these *digests*; returns the numbers of those that differ."""
        proven, differ = self._compare(digests)
        with transaction(self._database):
            gone = self._delete_each(proven)
        self._entries -= gone
        return self.depth(), differ

    def _compare(self, digests: Mapping[int, str]) -> tuple[list[int], list[int]]:
        """Return the numbers whose stored bytes have the digest, and those whose bytes differ."""
        there = [(seq, body) for seq in digests for body in self._body(seq)]
        differ = {seq for seq, body in there if digest(body) != digests[seq]}
        return [seq for seq, _ in there if seq not in differ], sorted(differ)

    def _body(self, seq: int) -> list[bytes]:
        rows = self._database.execute("SELECT body FROM entries WHERE seq = ?", (seq,))
        return [_unpacked(body) for (body,) in rows]

    def read(self, after: int, limit: int) -> list[SpoolEntry]:
        """Return up to *limit* entries above *after*, ascending."""
        query = "SELECT seq, at, body FROM entries WHERE seq > ? ORDER BY seq LIMIT ?"
        rows = self._database.execute(query, (after, limit))
        return [SpoolEntry(seq, at, _unpacked(body)) for seq, at, body in rows]

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
async def open_spool(
    path: Path | None, clock: Clock, *, release_within_s: float = 0.0
) -> AsyncIterator[Spool]:
    """Open the spool at *path*, or begin one with a new epoch; in memory where *path* is None.

    Proven entries may stay *release_within_s* seconds longer, for the commit of the next entry.
    A file that is not a readable database is set aside as ``<name>.corrupt-<time>``, with all that
    belongs to it, never deleted. Raises NewerLayout for a file from a newer program, and OSError or
    sqlite3.OperationalError where the disk does not let the file be opened or made.
    """
    name = f"spool-{path.stem if path else 'memory'}"
    async with owner_thread(name, partial(_open, path, clock)) as thread:
        file, depth = await thread.run(lambda file: (file, file.depth()))
        spool = Spool(file, depth, thread=thread, clock=clock, release_within_s=release_within_s)
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
