"""The time that the event loop stands still while the registry is read page by page beside it."""

import asyncio
import gc
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

from sqlalchemy import Connection

from registry.drafts.rows import RowReader, RowsWanted
from registry.exchange.pages import first_cursor
from registry.exchange.reading import ExchangeReading
from registry.store.outlines import Outlines
from registry.store.stored_versions import stored_version
from runtime.database import Database, ReadFor

T = TypeVar("T")

OWN = first_cursor("bench", "all")

TICK_S = 0.001


@dataclass(frozen=True, slots=True)
class Everywhere:
    """The places of somebody who sees all."""

    is_everywhere: bool = True
    named: None = None

    def has_premises(self, premises: str, area: str | None) -> bool:
        """Return that the premises are one of them."""
        return True

    def has_area(self, area: str) -> bool:
        """Return that the area is."""
        return True


class Ticker:
    """A task that sleeps again and again: its longest gap is the time that the loop stood still."""

    def __init__(self) -> None:
        self.gap_s = self.cpu_s = 0.0

    async def tick(self) -> None:
        """Tick until cancelled."""
        while True:
            began, used = time.perf_counter(), time.process_time()
            await asyncio.sleep(TICK_S)
            self.gap_s = max(self.gap_s, time.perf_counter() - began - TICK_S)
            self.cpu_s = max(self.cpu_s, time.process_time() - used)


async def while_ticking(work: Callable[[], Awaitable[int]]) -> dict[str, float]:
    """Do *work*; return its requests, the time of each, and the longest gap meanwhile."""
    ticker = Ticker()
    ticking = asyncio.create_task(ticker.tick())
    began = time.perf_counter()
    requests = await work()
    took = time.perf_counter() - began
    ticking.cancel()
    with suppress(asyncio.CancelledError):
        await ticking
    return {
        "requests": requests,
        "mean_ms": round(took / requests * 1_000, 1),
        "longest_gap_ms": round(ticker.gap_s * 1_000, 1),
        "processor_in_a_gap_ms": round(ticker.cpu_s * 1_000, 1),
    }


class ReaderOfAll:
    """Reads the registry in *database* as somebody who sees all, *pages* at most of each kind."""

    def __init__(self, database: Database, pages: int) -> None:
        outlines = Outlines()
        self._exchange, self._rows = ExchangeReading(outlines), RowReader(outlines)
        self._database = database
        self._pages = pages

    async def count(self) -> int:
        """Count the rows of every table."""
        await self._read(lambda one: self._rows.version(one, Everywhere()).counts)
        return 1

    async def snapshot(self) -> int:
        """Page through the exchange's snapshot; return the number of pages."""
        cursor = OWN
        for number in range(1, self._pages + 1):
            page = partial(self._exchange.page, cursor=cursor, own=OWN, reach_of=None, limit=500)
            found = await self._read(page)
            cursor = found.cursor
            if not found.more:
                return number
        return self._pages

    async def deltas(self) -> int:
        """Read what changed since the first version."""
        first = await self._read(partial(stored_version, number=1))
        since = replace(OWN, since=1, since_hash="" if first is None else first.hash[:16])
        page = partial(self._exchange.page, cursor=since, own=OWN, reach_of=None, limit=500)
        await self._read(page)
        return 1

    async def points(self) -> int:
        """Page through the table of points; return the number of pages."""
        after = ""
        for number in range(1, self._pages + 1):
            wanted = RowsWanted("points", after, 100)
            found = await self._read(partial(self._rows.page, reach=Everywhere(), wanted=wanted))
            if found.next is None:
                return number
            after = found.next
        return self._pages

    async def _read(self, ask: Callable[[Connection], T]) -> T:
        return await self._database.read(ask, purpose=ReadFor.WEB)


async def measure_reading(database: Database, *, pages: int) -> dict[str, dict[str, float]]:
    """Return how long the loop stood still while the registry in *database* was read."""
    gc.collect()
    gc.freeze()  # as a service does once it is up
    reader = ReaderOfAll(database, pages)
    return {
        "first_count": await while_ticking(reader.count),
        "next_count": await while_ticking(reader.count),
        "snapshot": await while_ticking(reader.snapshot),
        "deltas": await while_ticking(reader.deltas),
        "points": await while_ticking(reader.points),
    }
