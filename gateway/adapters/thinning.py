"""Where readings must shrink, old ones are thinned first, then dropped; every loss is counted."""

import asyncio
import shutil
from collections.abc import Sequence
from pathlib import Path

import msgspec
import structlog

from contract.messages import UNREADABLE, Series, encode
from gateway.adapters.lane import Lane
from gateway.adapters.metrics import Metrics
from gateway.domain.thinning import count, how_many_fit, thin
from gateway.settings import Telemetry
from runtime.spool import Entry, NotRead, NotStored

log = structlog.get_logger(__name__)

_MIB = 1_048_576

_PAGE = 200
"""Batches that are looked at together."""

_ENOUGH = _MIB
"""Bytes to spare in the file, with which new batches find room although the disk is short."""

_decoder = msgspec.json.Decoder(list[Series])


class Thinning:
    """Keeps the readings that wait in *lane* from filling the disk.

    The oldest batches that are not on their way are put together to one with the minimum and the
    maximum of each series. It has a number of its own: under theirs, the center might have them
    already, and would take it for a repetition. Where that gains nothing more, the oldest go.
    """

    def __init__(self, lane: Lane, settings: Telemetry, folder: Path, *, metrics: Metrics) -> None:
        self._lane = lane
        self._settings = settings
        self._folder = folder
        self._metrics = metrics

    async def make_room(self) -> None:
        """Shrink if too many batches wait, or the disk is short."""
        if self._lane.spool.depth.entries and (self._is_full() or self._disk_is_short()):
            await self.shrink()

    async def shrink(self) -> None:
        """Thin the oldest batches, or give the oldest up."""
        try:
            if not await self._thin_oldest():
                await self._drop_oldest()
        except (NotRead, NotStored) as error:
            log.error("the oldest readings could not be thinned", reason=str(error))

    async def _thin_oldest(self) -> bool:
        """Whether thinning gained something."""
        entries = await self._oldest()
        batches = [await asyncio.to_thread(_series, entry) for entry in entries]
        fitting = how_many_fit(
            batches, span_s=self._settings.thin_to_s, most_readings=self._settings.batch_readings
        )
        entries, batches = entries[:fitting], batches[:fitting]
        thinned = await asyncio.to_thread(thin, batches)
        gone = sum(map(count, batches)) - count(thinned)
        if len(entries) < 2 and gone <= 0:
            return False
        body = encode(thinned)
        await self._lane.add(lambda _: body, instead_of=entries)
        self._lost(gone, "thinned")
        return True

    async def _oldest(self) -> list[Entry]:
        """The oldest batches that are not on their way."""
        entries = await self._lane.spool.entries(limit=_PAGE)
        return [entry for entry in entries if not self._lane.is_on_its_way(entry.seq)]

    async def _drop_oldest(self) -> None:
        """Two go where one comes: so a full disk becomes less full."""
        entries = await self._lane.spool.entries(limit=2)
        gone = sum(count(_series(entry)) for entry in entries)
        await self._lane.spool.release(through=0, above=[entry.seq for entry in entries])
        self._lane.forget([entry.seq for entry in entries])
        self._lost(gone, "dropped")

    def _lost(self, readings: int, how: str) -> None:
        self._lane.thinned += readings
        self._metrics.thinned.labels(how).inc(readings)

    def _is_full(self) -> bool:
        return self._lane.spool.depth.entries >= self._settings.keep_batches

    def _disk_is_short(self) -> bool:
        try:
            free = shutil.disk_usage(self._folder).free
        except OSError:
            return False
        return free < self._settings.keep_free_mib * _MIB and self._lane.spool.depth.spare < _ENOUGH


def _series(entry: Entry) -> Sequence[Series]:
    """What *entry* holds; nothing, if it cannot be read."""
    try:
        return _decoder.decode(entry.body)
    except UNREADABLE:
        return []
