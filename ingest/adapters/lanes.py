"""Stored batches of each gateway, remembered on disk for the ledger.

No receipt is made of this file: a batch is receipted once it is stored itself, or known to be the very
one that was. So a commit need not reach the disk at once, and lanes may be forgotten when there are
too many: a batch that is written a second time changes nothing.
"""

import json
import sqlite3
from collections import OrderedDict
from collections.abc import AsyncIterator, Collection, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import structlog

from contract.coverage import Coverage
from contract.ledger import Counted
from contract.times import Micros, to_micros
from ingest.domain.batches import Lane, Number
from runtime.clock import Clock
from runtime.sqlite_thread import SqliteThread, Sync, open_sqlite

log = structlog.get_logger(__name__)

MOST_LANES = 100_000
"""Lanes that are remembered: ten times the gateways of a large province, with a few epochs each."""

MOST_EPOCHS = 16
"""Lanes of one gateway; beyond it that goes of which the least was seen."""

FORGOTTEN_AFTER = timedelta(days=400)
"""A lane that was not heard for so long is accounted for no more."""

MOST_DIGESTS = 200_000
"""Batches that are recognized when they come again; of others, coming again is as good as new."""

_SCHEMA = """
DROP TABLE IF EXISTS lanes;
CREATE TABLE IF NOT EXISTS accounts (
    premises TEXT NOT NULL, gateway TEXT NOT NULL, epoch TEXT NOT NULL,
    seen TEXT NOT NULL, floor INTEGER NOT NULL, stored INTEGER NOT NULL, aside INTEGER NOT NULL,
    duplicates INTEGER NOT NULL, verified INTEGER NOT NULL, heard_at INTEGER NOT NULL,
    PRIMARY KEY (premises, gateway, epoch)
);
"""

_SAVE = "INSERT OR REPLACE INTO accounts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


@dataclass(slots=True)
class Account:
    """Account of what is known of a lane; counts of batches."""

    coverage: Coverage = field(default_factory=Coverage)
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
        self._epochs: dict[tuple[str, str], list[Lane]] = {}
        for lane in known:
            self._epochs.setdefault(lane[:2], []).append(lane)
        self._digests: OrderedDict[tuple[Lane, int], str] = OrderedDict()

    def stored(self, number: Number) -> bool:
        """Return whether that very batch is known to be stored, or set aside."""
        return self._digests.get((number.lane, number.seq)) == number.digest

    def repeated(self, lane: Lane) -> None:
        """Count a batch that came again."""
        if (account := self._known.get(lane)) is not None:
            account.duplicates += 1

    def counted(self) -> list[tuple[Lane, Counted]]:
        """What was counted of every lane, by its names."""
        return [(lane, _counted(self._known[lane])) for lane in sorted(self._known)]

    async def settle(
        self,
        numbers: Iterable[Number],
        *,
        aside: bool = False,
        verified: Collection[Number] = frozenset(),
    ) -> None:
        """Take note that these are stored, or were set *aside*.

        The readings of those *verified* were counted in the store.
        """
        lanes = set()
        for number in numbers:
            self._add(number, aside=aside)
            if number in verified:
                account = self._known[number.lane]
                account.verified = max(account.verified, number.seq)
            lanes.add(number.lane)
        await self._save(lanes, self._drop_what_is_too_much(lanes))

    def _add(self, number: Number, *, aside: bool) -> None:
        if number.lane not in self._known:
            self._epochs.setdefault(number.lane[:2], []).append(number.lane)
        account = self._known.setdefault(number.lane, Account())
        self._known.move_to_end(number.lane)
        account.heard_at = to_micros(self._clock())
        before = number.seq in account.coverage
        if account.coverage.note([number.seq], number.floor):
            log.warning("number not believed; look at that gateway", lane=number.lane, number=number.seq)
        if not before and number.seq in account.coverage:
            account.aside += aside
            account.stored += not aside
        self._digests[number.lane, number.seq] = number.digest
        if len(self._digests) > MOST_DIGESTS:
            self._digests.popitem(last=False)

    def _drop_what_is_too_much(self, lanes: set[Lane]) -> list[Lane]:
        """Keep to the bounds: of one gateway, over time, and in all."""
        gone: list[Lane] = []
        for key in {lane[:2] for lane in lanes}:
            while len(self._epochs[key]) > MOST_EPOCHS:
                least = min(self._epochs[key], key=lambda lane: self._known[lane].coverage.count(2**53))
                gone.append(self._drop(least))
        before = to_micros(self._clock() - FORGOTTEN_AFTER)
        while (oldest := next(iter(self._known), None)) is not None and (
            len(self._known) > MOST_LANES or self._known[oldest].heard_at < before
        ):
            gone.append(self._drop(oldest))
        return gone

    def _drop(self, lane: Lane) -> Lane:
        del self._known[lane]
        self._epochs[lane[:2]].remove(lane)
        if not self._epochs[lane[:2]]:
            del self._epochs[lane[:2]]
        return lane

    async def _save(self, lanes: set[Lane], gone: list[Lane]) -> None:
        rows = [_row(lane, self._known[lane]) for lane in lanes if lane in self._known]

        def save(database: sqlite3.Connection) -> None:
            database.executemany(_SAVE, rows)
            database.executemany(
                "DELETE FROM accounts WHERE (premises, gateway, epoch) = (?, ?, ?)", gone
            )

        try:
            await self._file.transact(save)
        except sqlite3.Error as error:
            log.warning("account not saved; after a restart the ledger lacks it", reason=str(error))


@asynccontextmanager
async def open_lanes(path: Path, clock: Clock) -> AsyncIterator[Lanes]:
    """The lanes in the file at *path*; raises Unusable."""
    async with open_sqlite(path, _SCHEMA, Sync.CRASH) as file:
        yield Lanes(file, await file.run(_load), clock)


def _counted(account: Account) -> Counted:
    return Counted(
        coverage=account.coverage,
        stored=account.stored,
        aside=account.aside,
        duplicated=account.duplicates,
        verified=account.verified,
        heard_at=account.heard_at,
    )


def _row(lane: Lane, account: Account) -> tuple[str | int, ...]:
    seen = json.dumps(account.coverage.ranges), account.coverage.floor
    counts = account.stored, account.aside, account.duplicates, account.verified, account.heard_at
    return *lane, *seen, *counts


def _load(database: sqlite3.Connection) -> OrderedDict[Lane, Account]:
    rows = database.execute("SELECT * FROM accounts ORDER BY heard_at")
    return OrderedDict(
        (Lane(premises, gateway, epoch), Account(Coverage(json.loads(seen), floor), *counts))
        for premises, gateway, epoch, seen, floor, *counts in rows
    )
