"""Which batches of which gateway are stored, remembered on disk.

The file is a convenience, not the proof: a center that has lost it begins at the floors that the
gateways tell, and writes some batches a second time, which changes nothing. So a commit need not
reach the disk at once, and the lane unheard for longest may be forgotten when there are too many.
"""

import json
import sqlite3
from collections import OrderedDict
from collections.abc import AsyncIterator, Collection, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from contract.coverage import Coverage
from contract.ledger import Counted
from contract.messages import MAX_ABOVE, VERSION, Receipt
from contract.times import Micros, to_micros
from ingest.adapters.sqlite_thread import SqliteThread, Sync, open_sqlite
from ingest.domain.batches import Lane, Number
from runtime.clock import Clock

log = structlog.get_logger(__name__)

MOST_LANES = 100_000
"""Lanes that are remembered: ten times the gateways of a large province, with a few epochs each."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS lanes (
    premises TEXT NOT NULL, gateway TEXT NOT NULL, epoch TEXT NOT NULL,
    through INTEGER NOT NULL, above TEXT NOT NULL, heard_at INTEGER NOT NULL,
    PRIMARY KEY (premises, gateway, epoch)
);
"""

_COUNTS = ("began", "stored", "aside", "duplicates", "verified")
"""The columns that a file of an earlier build has not."""


@dataclass(slots=True)
class Account:
    """What is known of a lane; counts of batches.

    What its gateway had let go before this file first heard of it, up to *began*, is not counted.
    """

    coverage: Coverage = field(default_factory=Coverage)
    began: int = 0
    stored: int = 0
    aside: int = 0
    duplicates: int = 0
    verified: int = 0
    heard_at: Micros = 0


class Lanes:
    """The account of every lane; made by ``open_lanes``."""

    def __init__(self, file: SqliteThread, known: OrderedDict[Lane, Account], clock: Clock) -> None:
        self._file = file
        self._known = known
        self._clock = clock

    def stored(self, lane: Lane, seq: int) -> bool:
        """Whether that batch needs no further sending."""
        account = self._known.get(lane)
        return account is not None and seq in account.coverage

    def repeated(self, lane: Lane) -> None:
        """Count a batch that came again."""
        if (account := self._known.get(lane)) is not None:
            account.duplicates += 1

    def receipt(self, lane: Lane) -> Receipt:
        """What the gateway may forget."""
        account = self._known.get(lane) or Account()
        above = account.coverage.above[:MAX_ABOVE]
        return Receipt(v=VERSION, epoch=lane.epoch, through=account.coverage.through, above=above)

    def counted(self) -> list[tuple[Lane, Counted]]:
        """What was counted of every lane, by its names."""
        return [(lane, _counted(self._known[lane])) for lane in sorted(self._known)]

    async def settle(
        self,
        numbers: Iterable[Number],
        *,
        aside: bool = False,
        verified: Collection[Number] = frozenset(),
    ) -> set[Lane]:
        """Take note that these are stored, or were set *aside*; returns their lanes.

        The readings of those *verified* were counted in the store.
        """
        lanes = set()
        for number in numbers:
            self._add(number, aside=aside)
            if number in verified:
                account = self._known[number.lane]
                account.verified = max(account.verified, number.seq)
            lanes.add(number.lane)
        gone = [self._known.popitem(last=False)[0] for _ in range(len(self._known) - MOST_LANES)]
        await self._save(lanes, gone)
        return lanes

    def _add(self, number: Number, *, aside: bool) -> None:
        # A gateway keeps the batch that it sends: no floor lies above the number beside it.
        floor = min(number.floor, number.seq)
        account = self._known.setdefault(number.lane, Account(began=floor - 1))
        self._known.move_to_end(number.lane)
        account.coverage.raise_floor(floor)
        account.heard_at = to_micros(self._clock())
        if account.coverage.add(number.seq, most_above=MAX_ABOVE):
            account.aside += aside
            account.stored += not aside

    async def _save(self, lanes: set[Lane], gone: list[Lane]) -> None:
        rows = [_row(lane, self._known[lane]) for lane in lanes if lane in self._known]

        def save(database: sqlite3.Connection) -> None:
            database.executemany(_SAVE, rows)
            database.executemany("DELETE FROM lanes WHERE (premises, gateway, epoch) = (?, ?, ?)", gone)

        try:
            await self._file.transact(save)
        except sqlite3.Error as flaw:
            log.warning("coverage not saved; after a restart some batches come again", reason=str(flaw))


@asynccontextmanager
async def open_lanes(path: Path, clock: Clock) -> AsyncIterator[Lanes]:
    """The lanes in the file at *path*; raises Unusable."""
    async with open_sqlite(path, _SCHEMA, Sync.CRASH) as file:
        yield Lanes(file, await file.run(_load), clock)


_SAVE = """
INSERT OR REPLACE INTO lanes
    (premises, gateway, epoch, through, above, heard_at, began, stored, aside, duplicates,
     verified)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""


def _counted(account: Account) -> Counted:
    return Counted(
        coverage=account.coverage,
        began=account.began,
        stored=account.stored,
        aside=account.aside,
        duplicated=account.duplicates,
        verified=account.verified,
        heard_at=account.heard_at,
    )


def _row(lane: Lane, account: Account) -> tuple[str | int, ...]:
    covered = account.coverage.through, json.dumps(account.coverage.above), account.heard_at
    counts = account.began, account.stored, account.aside, account.duplicates, account.verified
    return *lane, *covered, *counts


def _load(database: sqlite3.Connection) -> OrderedDict[Lane, Account]:
    there = {row[1] for row in database.execute("PRAGMA table_info(lanes)")}
    for column in _COUNTS:
        if column not in there:
            database.execute(f"ALTER TABLE lanes ADD COLUMN {column} INTEGER NOT NULL DEFAULT 0")
    if "began" not in there:
        # What came before there was a count is neither stored nor missing in it.
        database.execute("UPDATE lanes SET began = through")
    rows = database.execute(
        "SELECT premises, gateway, epoch, through, above, began, stored, aside, duplicates,"
        " verified, heard_at"
        " FROM lanes ORDER BY heard_at"
    )
    return OrderedDict(
        (Lane(premises, gateway, epoch), Account(Coverage(through, json.loads(above)), *counts))
        for premises, gateway, epoch, through, above, *counts in rows
    )
