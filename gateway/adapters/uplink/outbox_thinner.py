"""Thin, then drop, the oldest readings of a full outbox, and count every lost one."""

import shutil
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import msgspec
import structlog

from contract.messages import UNREADABLE, Series, encode
from gateway.adapters.metrics import Metrics
from gateway.adapters.uplink.lane_sender import LaneSender
from gateway.domain.uplink.thinning import count_readings, how_many_fit, thin_batches
from gateway.plan import TelemetryPlan
from runtime.own_thread import PurposeThreads
from runtime.spool import NotRead, NotStored, SpoolEntry

log = structlog.get_logger(__name__)

_MIB = 1_048_576

_PAGE = 200
"""Batches that are looked at together."""

_ENOUGH = _MIB
"""Bytes to spare in the file, with which new batches find room although the disk is short."""

_decoder = msgspec.json.Decoder(list[Series])


class OutboxThinner:
    """Keeps the readings that wait in *lane* from filling the disk.

    The oldest batches that are not on their way are put together to one with the minimum and the
    maximum of each series. It has a number of its own: under theirs, the center might have them
    already, and would take it for a repetition. Where that gains nothing more, the oldest go.
    """

    def __init__(self, lane: LaneSender, plan: TelemetryPlan, folder: Path, *, metrics: Metrics) -> None:
        self._lane = lane
        self._plan = plan
        self._folder = folder
        self._metrics = metrics
        self._thread = PurposeThreads("thinning")

    async def make_room(self) -> None:
        """Shrink the outbox if too many batches wait, or the disk is short."""
        if self._lane.spool.depth.entries and (self._is_full() or self._disk_is_short()):
            await self.shrink_outbox()

    async def shrink_outbox(self) -> None:
        """Thin the oldest batches, or drop the oldest if thinning gains nothing."""
        try:
            if not await self._thin_oldest():
                await self._drop_oldest()
        except (NotRead, NotStored) as error:
            log.error("outbox thinning failed", reason=str(error))

    async def _thin_oldest(self) -> bool:
        """Thin the oldest batches; return whether that gained anything."""
        entries = await self._oldest()
        batches = [await self._thread.run(partial(_series, entry)) for entry in entries]
        fitting = how_many_fit(
            batches, span_s=self._plan.thin_to_s, most_readings=self._plan.batch_readings
        )
        entries, batches = entries[:fitting], batches[:fitting]
        thinned = await self._thread.run(partial(thin_batches, batches))
        gone = sum(map(count_readings, batches)) - count_readings(thinned)
        if len(entries) < 2 and gone <= 0:
            return False
        body = encode(thinned)
        await self._lane.store_entry(lambda _: body, instead_of=entries)
        self._count_lost(gone, "thinned")
        return True

    async def _oldest(self) -> list[SpoolEntry]:
        """Return the oldest batches that are not in the send window."""
        entries = await self._lane.spool.entries(limit=_PAGE)
        return [entry for entry in entries if not self._lane.is_in_window(entry.seq)]

    async def _drop_oldest(self) -> None:
        """Drop the two oldest batches, so that a full disk becomes less full."""
        entries = await self._lane.spool.entries(limit=2)
        gone = sum(count_readings(_series(entry)) for entry in entries)
        await self._lane.spool.release(through=0, above=[entry.seq for entry in entries])
        self._lane.give_up_entries([entry.seq for entry in entries])
        self._count_lost(gone, "dropped")

    def _count_lost(self, readings: int, how: str) -> None:
        self._lane.thinned += readings
        self._metrics.thinned_readings.labels(how).inc(readings)

    def _is_full(self) -> bool:
        return self._lane.spool.depth.entries >= self._plan.keep_batches

    def _disk_is_short(self) -> bool:
        try:
            free = shutil.disk_usage(self._folder).free
        except OSError:
            return False
        return free < self._plan.keep_free_mib * _MIB and self._lane.spool.depth.spare < _ENOUGH


def _series(entry: SpoolEntry) -> Sequence[Series]:
    """Return the series of *entry*; none if it cannot be decoded."""
    try:
        return _decoder.decode(entry.body)
    except UNREADABLE:
        return []
