"""The telemetry lane: batches from the broker, into the store, and only then their receipts."""

import asyncio
import random
from dataclasses import dataclass
from datetime import timedelta

import msgspec
import structlog

from contract.messages import BadMessage, Header, TelemetryBatch, decode_telemetry
from contract.times import to_micros
from contract.topics import Topic
from ingest.adapters.backlog import Backlog
from ingest.adapters.lanes import Lanes
from ingest.adapters.metrics import Metrics
from ingest.adapters.receipts import Receipts
from ingest.adapters.stores.base import Outcome, Store
from ingest.domain.batches import Batch, Lane, Number
from ingest.domain.replies import pause_s
from ingest.domain.sorting import Sorted, Window, sort_readings
from ingest.settings import Plausible, Writing
from runtime.clock import Clock
from runtime.mqtt import Message
from runtime.quarantine import Quarantine

log = structlog.get_logger(__name__)

STUCK_S = 120.0
"""A write that lasts longer has hung: ten times the default time limit of a store's answer."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The settings of the lane."""

    writing: Writing
    plausible: Plausible


class Telemetry:
    """Takes batches, and writes them to the store for as long as ``write_forever`` runs."""

    def __init__(
        self,
        store: Store,
        lanes: Lanes,
        *,
        receipts: Receipts,
        quarantine: Quarantine,
        metrics: Metrics,
        rules: Rules,
        clock: Clock,
    ) -> None:
        self._store = store
        self._lanes = lanes
        self._receipts = receipts
        self._quarantine = quarantine
        self._metrics = metrics
        self._rules = rules
        self._clock = clock
        self._earliest = to_micros(rules.plausible.earliest)
        self._backlog = Backlog(rules.writing.backlog_readings)
        self._writing_since: float | None = None
        self.away: str | None = None
        metrics.backlog.set_function(lambda: self._backlog.readings)

    @property
    def waiting(self) -> int:
        """Readings in memory that are not yet stored."""
        return self._backlog.readings

    def moving(self) -> bool:
        """Whether the pipeline moves; a store that is away does not stop it."""
        since = self._writing_since
        return since is None or asyncio.get_running_loop().time() - since < STUCK_S

    async def take(self, topic: Topic, message: Message) -> None:
        """Let the batch in *message* wait for the store, or set it aside."""
        try:
            batch = decode_telemetry(message.payload)
        except BadMessage as flaw:
            await self._set_message_aside(topic, message, flaw)
            return
        number = _number(topic, batch)
        if self._lanes.stored(number.lane, number.seq):
            self._metrics.duplicates.labels("stored").inc()
            self._lanes.repeated(number.lane)
            self._receipts.due([number.lane])
        elif self._backlog.holds(number.lane, number.seq):
            self._metrics.duplicates.labels("waiting").inc()
        else:
            await self._take_new(number, batch, message.topic)

    async def write_forever(self) -> None:
        """Write what waits, until cancelled.

        A group that the store did not take is tried again, smaller and behind the others, so that a
        batch at which the store fails cannot hold them back.
        """
        most = room = self._rules.writing.max_readings
        failures = 0
        while True:
            group = await self._backlog.take(room)
            outcome = await self._write(group)
            await self._finish(group, outcome)
            if not outcome.kept:
                failures, room = 0, min(most, room * 4)
                continue
            failures, room = failures + 1, max(1, room // 4)
            await asyncio.sleep(self._pause_s(failures, outcome))

    async def _take_new(self, number: Number, message: TelemetryBatch, source: str) -> None:
        parts = sort_readings(message.series, self._window())
        if parts.refused and not await self._set_readings_aside(number, parts, source):
            return
        batch = Batch(number, parts.good)
        if not batch.readings:
            await self._settle([number], aside=True)
        elif not self._backlog.put(batch):
            self._drop(number, "backlog_full")

    def _window(self) -> Window:
        latest = self._clock() + timedelta(seconds=self._rules.plausible.ahead_s)
        return Window(self._earliest, to_micros(latest))

    async def _write(self, group: list[Batch]) -> Outcome:
        self._writing_since = asyncio.get_running_loop().time()
        with self._metrics.write_seconds.time():
            outcome = await self._store.write(group)
        self._writing_since = None
        self._metrics.writes.labels("kept" if outcome.kept else "written").inc()
        self._note_store(outcome.reason)
        return outcome

    async def _finish(self, group: list[Batch], outcome: Outcome) -> None:
        spoiled = await self._set_lines_aside(group, outcome)
        over = [(index, batch) for index, batch in enumerate(group) if index not in outcome.kept]
        good = [batch for index, batch in over if index not in spoiled]
        refused = sum(each.lines.count(b"\n") + 1 for each in outcome.refused)
        self._metrics.stored.inc(max(0, sum(batch.readings for batch in good) - refused))
        await self._settle([batch.number for batch in good])
        for _, batch in over:
            self._backlog.done(batch)
        self._backlog.put_back(group[index] for index in sorted(outcome.kept))

    async def _settle(self, numbers: list[Number], *, aside: bool = False) -> None:
        """Receipt these, which are durably stored or set aside."""
        if numbers:
            self._receipts.due(await self._lanes.settle(numbers, aside=aside))

    def _pause_s(self, failures: int, outcome: Outcome) -> float:
        writing = self._rules.writing
        return pause_s(
            failures,
            first_s=writing.first_pause_s,
            longest_s=writing.longest_pause_s,
            asked_s=outcome.retry_after_s,
            jitter=random.random(),
        )

    def _note_store(self, reason: str | None) -> None:
        if reason is not None and self.away is None:
            log.warning("store away; readings wait, gateways keep what has no receipt", reason=reason)
        elif reason is None and self.away is not None:
            log.info("store back", waiting=self._backlog.readings)
        self.away = reason
        self._metrics.store_away.set(reason is not None)

    async def _set_message_aside(self, topic: Topic, message: Message, flaw: BadMessage) -> None:
        number = _number(topic, flaw.header) if flaw.header else None
        if not await self._put_aside(message.topic, message.payload, flaw.refusal, str(flaw)):
            self._drop(number, "not_set_aside")
        elif number is not None:
            await self._settle([number], aside=True)

    async def _set_readings_aside(self, number: Number, parts: Sorted, source: str) -> bool:
        """Whether the refused readings are durably set aside; the batch must not go on otherwise."""
        detail = f"epoch {number.lane.epoch}, batch {number.seq}"
        for why, series in parts.refused.items():
            if not await self._put_aside(source, msgspec.json.encode(series), why, detail):
                self._drop(number, "not_set_aside")
                return False
            self._metrics.refused.labels(why).inc(sum(len(each.t) for each in series))
        return True

    async def _set_lines_aside(self, group: list[Batch], outcome: Outcome) -> set[int]:
        """Set aside what the store refused; the batches for which the disk refused that, too."""
        spoiled: set[int] = set()
        for each in outcome.refused:
            number = group[each.index].number
            source = f"{number.lane.premises}/{number.lane.gateway}/telemetry"
            detail = f"epoch {number.lane.epoch}, batch {number.seq}: {each.detail}"
            self._metrics.refused.labels("refused_by_store").inc(each.lines.count(b"\n") + 1)
            if not await self._put_aside(source, each.lines, "refused_by_store", detail):
                spoiled.add(each.index)
                self._drop(number, "not_set_aside")
        return spoiled

    async def _put_aside(self, source: str, payload: bytes, reason: str, detail: str) -> bool:
        try:
            await asyncio.to_thread(self._quarantine.put, source, payload, reason=reason, detail=detail)
        except OSError as flaw:
            log.error("not set aside; make room on the disk", source=source, reason=str(flaw))
            return False
        log.info("set aside", source=source, reason=reason, detail=detail)
        return True

    def _drop(self, number: Number | None, reason: str) -> None:
        """Let go of a batch without a receipt: its gateway keeps it and sends it again."""
        self._metrics.dropped.labels(reason).inc()
        log.debug("batch dropped; it will come again", number=number, reason=reason)


def _number(topic: Topic, header: TelemetryBatch | Header) -> Number:
    return Number(Lane(topic.premises, topic.gateway, header.epoch), header.floor, header.seq)
