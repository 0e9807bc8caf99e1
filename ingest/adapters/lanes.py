"""Which batches of which gateway are stored, remembered on disk.

The file is a convenience, not the proof: a center that has lost it begins at the floors that the
gateways tell, and writes some batches a second time, which changes nothing. So a commit need not
reach the disk at once, and the lane unheard for longest may be forgotten when there are too many.
"""

import json
import sqlite3
from collections import OrderedDict
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

import structlog

from contract.coverage import Coverage
from contract.messages import MAX_ABOVE, VERSION, Receipt
from contract.times import to_micros
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


class Lanes:
    """The coverage of every lane; made by ``open_lanes``."""

    def __init__(self, file: SqliteThread, known: OrderedDict[Lane, Coverage], clock: Clock) -> None:
        self._file = file
        self._known = known
        self._clock = clock

    def stored(self, lane: Lane, seq: int) -> bool:
        """Whether that batch needs no further sending."""
        coverage = self._known.get(lane)
        return coverage is not None and seq in coverage

    def receipt(self, lane: Lane) -> Receipt:
        """What the gateway may forget."""
        coverage = self._known.get(lane) or Coverage()
        above = coverage.above[:MAX_ABOVE]
        return Receipt(v=VERSION, epoch=lane.epoch, through=coverage.through, above=above)

    async def settle(self, numbers: Iterable[Number]) -> set[Lane]:
        """Take note that these are stored or set aside; returns their lanes."""
        lanes = set()
        for number in numbers:
            self._add(number)
            lanes.add(number.lane)
        gone = [self._known.popitem(last=False)[0] for _ in range(len(self._known) - MOST_LANES)]
        await self._save(lanes, gone)
        return lanes

    def _add(self, number: Number) -> None:
        coverage = self._known.setdefault(number.lane, Coverage())
        self._known.move_to_end(number.lane)
        # A gateway keeps the batch that it sends: no floor lies above the number beside it.
        coverage.raise_floor(min(number.floor, number.seq))
        coverage.add(number.seq, most_above=MAX_ABOVE)

    async def _save(self, lanes: set[Lane], gone: list[Lane]) -> None:
        heard_at = to_micros(self._clock())
        kept = [(lane, self._known[lane]) for lane in lanes if lane in self._known]
        rows = [(*lane, each.through, json.dumps(each.above), heard_at) for lane, each in kept]

        def save(database: sqlite3.Connection) -> None:
            database.executemany("INSERT OR REPLACE INTO lanes VALUES (?, ?, ?, ?, ?, ?)", rows)
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


def _load(database: sqlite3.Connection) -> OrderedDict[Lane, Coverage]:
    rows = database.execute(
        "SELECT premises, gateway, epoch, through, above FROM lanes ORDER BY heard_at"
    )
    return OrderedDict(
        (Lane(premises, gateway, epoch), Coverage(through, json.loads(above)))
        for premises, gateway, epoch, through, above in rows
    )
