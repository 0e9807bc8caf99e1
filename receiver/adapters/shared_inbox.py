"""The inbox: one file for the signals of all accounts, so that one sync of the disk serves many.

Each account is a gateway with numbers of its own; all share the epoch of the file. In one transaction
are stored the signals that a frame brought, the frame itself, so that it is known when it comes again,
and the state of its account. Whoever submits meanwhile shares the next one.
"""

import asyncio
import secrets
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from contract.digests import digest
from contract.times import to_micros
from receiver.domain.recent_frames import RecentFrame
from runtime.clock import Clock
from runtime.spool import Depth, NotRead, NotStored, SpoolEntry
from runtime.sqlite_thread import SqliteThread, Sync, open_sqlite

_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (layout INTEGER NOT NULL, epoch TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS gateways (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, last_seq INTEGER NOT NULL, state BLOB
);
CREATE TABLE IF NOT EXISTS entries (
    gateway INTEGER NOT NULL, seq INTEGER NOT NULL, at INTEGER NOT NULL, body BLOB NOT NULL,
    PRIMARY KEY (gateway, seq)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS frames (
    id INTEGER PRIMARY KEY, gateway INTEGER NOT NULL, sequence INTEGER NOT NULL, content TEXT NOT NULL,
    raw TEXT NOT NULL, at INTEGER NOT NULL
);
"""

LAYOUT = 1

T = TypeVar("T")

_RELEASE_WITHIN_S = 0.5
"""Longest stay of receipted entries, which leave with the commit of the next frame."""

_MOST_FRAMES = 200_000
_PRUNED_EVERY = 1_000
"""Frames that are kept, and commits after which older ones are deleted."""


@dataclass(slots=True, eq=False)
class Submission:
    """Rows for one commit: the numbered signals of a lane, its state, and the frame that brought them.

    Exactly one of *on_stored* and *on_refused* is called afterwards, in the order of submission.
    """

    lane: "InboxLane"
    entries: list[SpoolEntry]
    on_stored: Callable[[], None]
    on_refused: Callable[[str], None]
    frame: RecentFrame | None = None
    # Called as the commit begins, when all that was submitted before is stored or refused.
    state: Callable[[], bytes] | None = None

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to store: only what came before is waited for."""
        return not self.entries and self.frame is None


@dataclass(slots=True, eq=False)
class _Release:
    lane: "InboxLane"
    digests: Mapping[int, str] | None  # None: whatever they hold
    seqs: list[int]
    differ: asyncio.Future[list[int]]


@dataclass(frozen=True, slots=True)
class _Known:
    """A gateway as it stands in the file."""

    id: int
    last_seq: int
    state: bytes | None
    kept: dict[int, int] = field(default_factory=dict)
    frames: list[RecentFrame] = field(default_factory=list)


class SharedInbox:
    """The open file; made by ``open_inbox``. *begun_anew* says that one was there and is lost."""

    def __init__(self, file: SqliteThread, clock: Clock, epoch: str, *, begun_anew: bool) -> None:
        self._file = file
        self._clock = clock
        self.epoch = epoch
        self.begun_anew = begun_anew
        self._waiting: list[Submission] = []
        self._releasing: list[_Release] = []
        self._has_timer = False
        self._is_release_due = False
        self._committer: asyncio.Task[None] | None = None
        self.commits = 0

    @property
    def waiting(self) -> int:
        """The number of submissions that wait for the next commit."""
        return len(self._waiting)

    async def open_lanes(self, names: Sequence[str]) -> "dict[str, InboxLane]":
        """Return the lanes of the gateways *names*, and of others whose signals still wait."""
        known = await self._file.transact(lambda database: _known(database, names))
        own = set(names)
        return {
            name: InboxLane(self, self._clock, each)
            for name, each in known.items()
            if name in own or each.kept
        }

    def submit(self, submission: Submission) -> None:
        """Store *submission* with the next commit, even if nobody waits for it."""
        self._waiting.append(submission)
        self._begin_to_commit()

    async def read(self, gateway: int, after: int, limit: int) -> list[SpoolEntry]:
        """Return up to *limit* entries of *gateway* above *after*; raises NotRead."""
        query = "SELECT seq, at, body FROM entries WHERE gateway = ? AND seq > ? ORDER BY seq LIMIT ?"
        try:
            rows = await self._file.run(
                lambda database: database.execute(query, (gateway, after, limit)).fetchall()
            )
        except sqlite3.Error as error:
            raise NotRead(str(error)) from error
        return [SpoolEntry(*row) for row in rows]

    async def release(
        self, lane: "InboxLane", seqs: Iterable[int], digests: Mapping[int, str] | None
    ) -> list[int]:
        """Release *seqs* of *lane*, those with other digests excepted; raises NotStored."""
        differ: asyncio.Future[list[int]] = asyncio.get_running_loop().create_future()
        self._releasing.append(_Release(lane, digests, list(seqs), differ))
        if not self._has_timer:
            self._has_timer = True
            asyncio.get_running_loop().call_later(_RELEASE_WITHIN_S, self._release_waiting)
        return await differ

    async def settle(self) -> None:
        """Wait until everything that was submitted is stored or refused."""
        self._release_waiting()
        if self._committer is not None:
            await asyncio.shield(self._committer)

    def _release_waiting(self) -> None:
        """Release what no frame's commit has taken along so far."""
        self._has_timer = False
        self._is_release_due = bool(self._releasing)
        self._begin_to_commit()

    def _begin_to_commit(self) -> None:
        is_idle = self._committer is None or self._committer.done()
        if is_idle and (self._waiting or self._is_release_due):
            self._committer = asyncio.create_task(self._commit_waiting(), name="inbox commit")

    async def _commit_waiting(self) -> None:
        while self._waiting or self._is_release_due:
            group, self._waiting = self._waiting, []
            releases, self._releasing = self._releasing, []
            self._is_release_due = False
            await self._commit(group, releases)

    async def _commit(self, group: list[Submission], releases: list[_Release]) -> None:
        rows = [each for each in group if not each.is_empty]
        refusal: str | None = None
        differ: list[list[int]] = []
        if rows or releases:
            self.commits += 1
            prune = self.commits % _PRUNED_EVERY == 0
            makers = {each.lane.id: each.state for each in rows if each.state is not None}
            states = [(make(), gateway) for gateway, make in makers.items()]
            try:
                differ = await self._file.transact(
                    lambda database: _store(database, rows, states, releases, prune=prune)
                )
            except sqlite3.Error as error:
                refusal = str(error)
        for release, kept in zip(releases, differ or [[] for _ in releases], strict=True):
            release.lane.note_released(release.seqs, kept, refusal)
            _settle_future(release.differ, kept, refusal)
        for each in group:
            each.lane.note_stored(each.entries, refusal)
            if refusal is None:
                each.on_stored()
            else:
                each.on_refused(refusal)


class InboxLane:
    """The signals of one gateway in the inbox, in the form that a LaneSender sends from.

    *state* and *frames* are what the file knew at the start.
    """

    def __init__(self, inbox: SharedInbox, clock: Clock, known: _Known) -> None:
        self._inbox = inbox
        self._clock = clock
        self.id = known.id
        self.epoch = inbox.epoch
        self.last_seq = self.stored_seq = known.last_seq
        self.skipped = 0
        self.state = known.state
        self.frames = known.frames
        self._kept = known.kept

    @property
    def depth(self) -> Depth:
        """The amount that waits for a receipt."""
        floor, at = next(iter(self._kept.items()), (self.stored_seq + 1, None))
        return Depth(len(self._kept), floor, at)

    def number(self, build: Callable[[int], bytes]) -> SpoolEntry:
        """Return the entry that *build* makes for the next number; it must be submitted."""
        self.last_seq += 1
        return SpoolEntry(self.last_seq, to_micros(self._clock()), build(self.last_seq))

    async def append(
        self, build: Callable[[int], bytes], *, instead_of: Sequence[SpoolEntry] = ()
    ) -> int:
        """Store the body that *build* makes for the new number; raises NotStored."""
        stored: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        entry = self.number(build)
        self._inbox.submit(
            Submission(
                self,
                [entry],
                on_stored=lambda: _settle_future(stored, None, None),
                on_refused=lambda why: _settle_future(stored, None, why),
            )
        )
        await stored
        if instead_of:
            await self.release(through=0, above=[each.seq for each in instead_of])
        return entry.seq

    async def entries(self, *, after: int = 0, limit: int = 1_000) -> list[SpoolEntry]:
        """Return up to *limit* entries numbered above *after*; raises NotRead."""
        return await self._inbox.read(self.id, after, limit)

    async def release(self, *, through: int, above: Iterable[int] = ()) -> None:
        """Release all entries up to *through* and those numbered in *above*; raises NotStored."""
        seqs = {seq for seq in self._kept if seq <= through}.union(above)
        await self._inbox.release(self, sorted(seqs), None)

    async def release_proven(self, digests: Mapping[int, str]) -> list[int]:
        """Release the entries whose bytes have these digests; return those that differ."""
        return await self._inbox.release(self, digests, digests)

    def note_stored(self, entries: Sequence[SpoolEntry], refusal: str | None) -> None:
        """Note that *entries* are on disk, or were refused."""
        if refusal is not None:
            self.skipped += len(entries)
            return
        for each in entries:
            self._kept[each.seq] = each.at
            self.stored_seq = each.seq

    def note_released(self, seqs: Sequence[int], differ: Sequence[int], refusal: str | None) -> None:
        """Note that *seqs* are gone, but for those that *differ*."""
        if refusal is None:
            for seq in set(seqs).difference(differ):
                self._kept.pop(seq, None)


@asynccontextmanager
async def open_inbox(path: Path, clock: Clock) -> AsyncIterator[SharedInbox]:
    """Open the inbox at *path*, or begin one with a new epoch; raises Unusable."""
    was_there = path.exists()  # noqa: ASYNC240 (once, at the start)
    async with open_sqlite(path, _SCHEMA, Sync.POWER_CUT) as file:
        epoch, is_new = await file.transact(_epoch)
        inbox = SharedInbox(file, clock, epoch, begun_anew=was_there and is_new)
        try:
            yield inbox
        finally:
            await inbox.settle()


def _epoch(database: sqlite3.Connection) -> tuple[str, bool]:
    row = database.execute("SELECT epoch FROM meta").fetchone()
    if row is not None:
        return row[0], False
    epoch = secrets.token_hex(8)
    database.execute("INSERT INTO meta VALUES (?, ?)", (LAYOUT, epoch))
    return epoch, True


def _known(database: sqlite3.Connection, names: Sequence[str]) -> dict[str, _Known]:
    database.executemany(
        "INSERT OR IGNORE INTO gateways (name, last_seq) VALUES (?, 0)", [(name,) for name in names]
    )
    rows = database.execute("SELECT name, id, last_seq, state FROM gateways").fetchall()
    known = {name: _Known(own, last_seq, state) for name, own, last_seq, state in rows}
    by_id = {each.id: each for each in known.values()}
    for gateway, seq, at in database.execute("SELECT gateway, seq, at FROM entries ORDER BY seq"):
        by_id[gateway].kept[seq] = at
    query = "SELECT gateway, sequence, content, raw, at FROM frames ORDER BY id"
    for gateway, *frame in database.execute(query):
        by_id[gateway].frames.append(RecentFrame(*frame))
    return known


def _store(
    database: sqlite3.Connection,
    group: Sequence[Submission],
    states: Sequence[tuple[bytes, int]],
    releases: Sequence[_Release],
    *,
    prune: bool,
) -> list[list[int]]:
    """Store *group*, and delete what is released; return the numbers that differ, for each of these."""
    differ = [_delete(database, each) for each in releases]
    entries = [
        (each.lane.id, entry.seq, entry.at, entry.body) for each in group for entry in each.entries
    ]
    database.executemany("INSERT INTO entries VALUES (?, ?, ?, ?)", entries)
    frames = [(each.lane.id, *each.frame) for each in group if each.frame is not None]
    database.executemany(
        "INSERT INTO frames (gateway, sequence, content, raw, at) VALUES (?, ?, ?, ?, ?)", frames
    )
    last = {each.lane.id: each.entries[-1].seq for each in group if each.entries}
    database.executemany(
        "UPDATE gateways SET last_seq = ? WHERE id = ?", [(seq, own) for own, seq in last.items()]
    )
    database.executemany("UPDATE gateways SET state = ? WHERE id = ?", states)
    if prune:
        database.execute(
            "DELETE FROM frames WHERE id <= (SELECT max(id) FROM frames) - ?", (_MOST_FRAMES,)
        )
    return differ


def _delete(database: sqlite3.Connection, release: _Release) -> list[int]:
    kept = []
    for seq in release.seqs:
        key = (release.lane.id, seq)
        if release.digests is not None:
            row = database.execute(
                "SELECT body FROM entries WHERE gateway = ? AND seq = ?", key
            ).fetchone()
            if row is not None and digest(row[0]) != release.digests[seq]:
                kept.append(seq)
                continue
        database.execute("DELETE FROM entries WHERE gateway = ? AND seq = ?", key)
    return kept


def _settle_future(future: "asyncio.Future[T]", result: T, refusal: str | None) -> None:
    if future.done():  # its caller was cancelled meanwhile
        return
    if refusal is None:
        future.set_result(result)
    else:
        future.set_exception(NotStored(refusal))
