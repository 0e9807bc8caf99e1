"""The readings of one transmitter: on disk with the frame that brought them, sent beside the alarms."""

import asyncio
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import structlog

from contract.messages import encode, encode_telemetry
from gateway.adapters.uplink.lane_sender import Entries, LaneSender, PublishMessage
from gateway.domain.uplink.batching import ReadingBatcher
from receiver.adapters.metrics import Metrics
from receiver.adapters.shared_inbox import InboxLane, Submission
from runtime.backoff import Backoff
from runtime.clock import Clock
from runtime.spool import NotRead, NotStored

log = structlog.get_logger(__name__)

_SUFFIX = "/readings"
"""The end of the name of a gateway's lane of readings in the inbox: no gateway has a slash."""

_RESENDING = Backoff(10.0, 60.0)
"""Seconds: docs/protocol.md, 4.3."""

_WINDOW = 8
_MOST_IN_FRAME = 1_000
"""Readings; a data unit has room for a hundred."""

_MOST_WAITING = 200_000
"""Frames with readings that wait for the center, of all transmitters together."""

_KEEP_FREE = 256 * 1_048_576
"""Bytes of the disk that belong to the alarms."""

_LOOKED_AT_EVERY_S = 5.0
_DROPPED_AT_ONCE = 1_000


def lane_name(gateway: str) -> str:
    """Return the name in the inbox of the readings of *gateway*."""
    return gateway + _SUFFIX


def gateway_of(lane: str) -> str | None:
    """Return the gateway whose readings are in *lane*; None for a lane of alarms."""
    return lane.removesuffix(_SUFFIX) if lane.endswith(_SUFFIX) else None


class PointReading(NamedTuple):
    """A value of a point; *at* is in microseconds since 1970."""

    point: str
    quantity: str
    at: int
    value: float


class ReadingLane:
    """The readings of one gateway in *lane*, an entry for each frame."""

    def __init__(
        self, lane: InboxLane, *, publish: PublishMessage, clock: Clock, metrics: Metrics
    ) -> None:
        self._lane = lane
        self._metrics = metrics
        self._batcher = ReadingBatcher(_MOST_IN_FRAME)
        self.sender = LaneSender(
            "telemetry",
            lane,
            compose=_telemetry_message,
            publish=publish,
            window=_WINDOW,
            resending=_RESENDING,
            group=1,
            at_once=1,
            urgent=False,
            clock=clock,
            metrics=metrics,
        )

    def submission(self, readings: Iterable[PointReading]) -> Submission:
        """Return *readings* as a batch for the next commit; refused ones come again with their frame."""
        for each in readings:
            self._batcher.add_reading(*each)
        body = encode(self._batcher.next_batch())
        entry = self._lane.number(lambda _: body)
        return Submission(
            self._lane,
            [entry],
            on_stored=lambda: self.sender.send_stored(entry.seq, entry.body),
            on_refused=_nothing,
        )

    async def drop_beyond(self, most: int) -> None:
        """Drop the oldest frames where more than *most* wait; they are counted."""
        extra = min(self._lane.depth.entries - most, _DROPPED_AT_ONCE)
        if extra <= 0:
            return
        try:
            oldest = await self._lane.entries(limit=extra)
            await self._lane.release(through=0, above=[each.seq for each in oldest])
        except (NotRead, NotStored) as error:
            log.error("old readings not dropped; trying again", reason=str(error))
            return
        self.sender.give_up_entries([each.seq for each in oldest])
        gone = sum(each.body.count(b'"point"') for each in oldest)
        self.sender.thinned += gone
        self._metrics.dropped_readings.inc(gone)
        log.warning("oldest readings dropped: the center does not receipt them", series=gone)


class ReadingRoom:
    """Keeps the readings in *lanes* from the room on the disk that belongs to the alarms."""

    def __init__(self, folder: Path, lanes: Sequence[ReadingLane]) -> None:
        self._folder = folder
        self._lanes = lanes
        self.is_short = False

    async def run(self) -> None:
        """Look at the disk and at the lanes every few seconds, until cancelled."""
        most = _MOST_WAITING // max(1, len(self._lanes))
        while True:
            self._look()
            for each in self._lanes:
                await each.drop_beyond(most)
            await asyncio.sleep(_LOOKED_AT_EVERY_S)

    def _look(self) -> None:
        was_short = self.is_short
        try:
            self.is_short = shutil.disk_usage(self._folder).free < _KEEP_FREE
        except OSError:
            return
        if self.is_short and not was_short:
            log.error(
                "disk short: readings are not confirmed; free some of it", folder=str(self._folder)
            )


def _telemetry_message(epoch: str, floor: int, entries: Entries) -> bytes:
    ((seq, series),) = entries
    return encode_telemetry(epoch, floor, seq, series)


def _nothing(_: str) -> None:
    """Keep nothing: the frame was not confirmed."""
