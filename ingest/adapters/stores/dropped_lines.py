"""Reads back which lines a store dropped of a request of which it stored the rest.

InfluxDB says how many it dropped, and not which: those of a retention or of a type conflict are not
told from the others by its answer.
"""

import asyncio
from collections.abc import Collection
from typing import Protocol

from contract.times import SECOND, Micros
from ingest.adapters.stores.store import ReadBackPace, StoreAway
from ingest.domain.batches import Mark, ReadingSpan, SeriesKey
from ingest.domain.dropped_lines import lines_not_there, spans_of

LONGEST_GAP = 3_600 * SECOND
"""Readings of one batch that are further apart are asked for by themselves."""

MOST_TIMES = 200_000
"""Readings that a store may hold in the spans of one batch; beyond, the lines are searched for."""


class TimesReader(Protocol):
    """A reader that finds the times of readings."""

    @property
    def pace(self) -> ReadBackPace:
        """Pace at which the store shows what it stored."""
        ...

    async def found_marks(self, marks: Collection[Mark], writer: str) -> frozenset[Mark]:
        """Return those of *writer*'s *marks* that are read back whole; raises StoreAway."""
        ...

    async def find_times(self, span: ReadingSpan, most: int) -> dict[SeriesKey, set[Micros]]:
        """Return the times of the readings in *span*; raises StoreAway if there are over *most*."""
        ...


class DroppedLines:
    """Finds the dropped lines of the requests of one *writer*."""

    def __init__(self, reader: TimesReader, writer: str) -> None:
        self._reader = reader
        self._writer = writer
        self._shown: Mark | None = None

    async def find(self, lines: bytes, mark: Mark) -> bytes:
        """Return those of *lines*, sent with *mark*, that are not in the store; raises StoreAway."""
        await self._until_shown(mark)
        there: dict[SeriesKey, set[Micros]] = {}
        for span in spans_of(lines, LONGEST_GAP):
            for key, times in (await self._reader.find_times(span, MOST_TIMES)).items():
                there.setdefault(key, set()).update(times)
        return lines_not_there(lines, there, self._reader.pace.resolution_us)

    async def _until_shown(self, mark: Mark) -> None:
        """Return once the store shows *mark*: then it shows what it stored of the same request."""
        loop = asyncio.get_running_loop()
        end = loop.time() + self._reader.pace.shown_within_s
        while self._shown != mark:
            if await self._reader.found_marks([mark], self._writer):
                self._shown = mark
            elif loop.time() > end:
                raise StoreAway("a request that was stored in part is not shown")
            else:
                await asyncio.sleep(self._reader.pace.check_every_s)
