"""The telemetry lane: batches from the broker, into the store, read back, and only then receipted."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import msgspec
import structlog

from contract.ids import StreamKey
from contract.messages import BadMessage, Header
from contract.readings import BadSeries, ReadingsMessage, decode_readings, reasons_of
from contract.times import to_micros
from contract.topics import Topic
from ingest.adapters.backlog import Backlog
from ingest.adapters.metrics import Metrics
from ingest.adapters.read_back import NOT_THERE, ReadBackResult, WrittenBatch
from ingest.adapters.receipt_sender import ReceiptSender
from ingest.adapters.store_health import StoreChecks
from ingest.adapters.stores.store import ReadingStore, RefusedLines, WriteOutcome
from ingest.adapters.stream_accounts import StreamAccounts
from ingest.domain.batches import Batch, BatchId
from ingest.domain.line_protocol import encode_batch
from ingest.domain.plausibility import RefusalReason, SortedReadings, TimeRange, split_readings
from ingest.settings import Plausible, Writing
from runtime.backoff import Backoff
from runtime.clock import Clock
from runtime.mqtt import MqttMessage
from runtime.quarantine import Quarantine

log = structlog.get_logger(__name__)

STUCK_S = 120.0
"""A write that lasts longer has hung: ten times the default time limit of a store's answer."""

NOT_ANSWERED_S = 0.5
"""Seconds until a store that did not answer a question is asked again."""

MOST_TRIES = 3
"""Writes after which a batch is quarantined that the store takes and never shows, as it does others."""


@dataclass(frozen=True, slots=True)
class LaneSettings:
    """The settings of the lane."""

    writing: Writing
    plausible: Plausible


class TelemetryLane:
    """Accepts batches, and writes them to the store for as long as ``write_forever`` runs."""

    def __init__(
        self,
        store: ReadingStore,
        accounts: StreamAccounts,
        *,
        receipts: ReceiptSender,
        quarantine: Quarantine,
        metrics: Metrics,
        settings: LaneSettings,
        checks: StoreChecks,
        clock: Clock,
    ) -> None:
        self._store = store
        self._accounts = accounts
        self._receipts = receipts
        self._quarantine = quarantine
        self._metrics = metrics
        self._settings = settings
        self._backoff = Backoff(settings.writing.backoff_s, settings.writing.longest_backoff_s)
        self._health, self._watch, self._read_back = checks.health, checks.watch, checks.read_back
        self._tries: dict[tuple[StreamKey, int], int] = {}
        self._clock = clock
        self._earliest = to_micros(settings.plausible.earliest)
        self._backlog = Backlog(settings.writing.backlog_readings)
        self._writing_since: float | None = None
        metrics.backlog.set_function(lambda: self._backlog.readings)

    @property
    def waiting_readings(self) -> int:
        """Readings in memory that are not yet stored and read back."""
        return self._backlog.readings

    def is_progressing(self) -> bool:
        """Return whether the writes go on; a store that is away does not stop them."""
        since = self._writing_since
        return since is None or asyncio.get_running_loop().time() - since < STUCK_S

    async def accept_message(self, topic: Topic, message: MqttMessage) -> None:
        """Let the batch in *message* wait for the store, or quarantine it."""
        try:
            batch = decode_readings(message.payload)
        except BadMessage as error:
            await self._quarantine_message(topic, message, error)
            return
        batch_id = _batch_id(topic, batch)
        if self._accounts.is_done(batch_id):
            self._metrics.duplicates.labels("stored").inc()
            self._accounts.count_duplicate(batch_id.stream)
            self._receipts.add_due([batch_id])
        elif self._backlog.holds(batch_id):
            self._metrics.duplicates.labels("waiting").inc()
        else:
            await self._accept_new(batch_id, batch, message.topic)

    async def write_forever(self) -> None:
        """Write the batches that wait, until cancelled.

        A group that the store did not take is written again, smaller and behind the others, so that a
        batch at which the store fails cannot hold them back. While the store does not show what it took,
        each group waits for the one before.
        """
        most = room = self._settings.writing.max_readings
        failures = 0
        while True:
            group = await self._backlog.take_group(room)
            outcome = await self._write(group)
            self._await_read_back(group, outcome)
            if not outcome.kept and not await self._stays_in_doubt():
                failures, room = 0, min(most, room * 4)
                continue
            failures, room = failures + 1, max(1, room // 4)
            await asyncio.sleep(self._pause_s(failures, outcome))

    async def read_back_forever(self) -> None:
        """Receipt the batches that are read back from the store, until cancelled."""
        while True:
            await self._read_back.until_any_waits()
            found = await self._read_back.check_store()
            self._note_round(found)
            await self._settle_shown(found)
            await self._settle_withheld(found.withheld)
            self._backlog.put_back(each.batch for each in found.lost)
            pause_s = self._read_back.pace.check_every_s
            await asyncio.sleep(pause_s if found.reason is None else max(pause_s, NOT_ANSWERED_S))

    async def _accept_new(self, batch_id: BatchId, message: ReadingsMessage, source: str) -> None:
        if message.bad and not await self._quarantine_bad(batch_id, message.bad, source):
            return
        parts = split_readings(message.series, self._window())
        if parts.refused and not await self._quarantine_readings(batch_id, parts, source):
            return
        batch = Batch(batch_id, parts.plausible)
        if not batch.readings:
            await self._settle([batch_id], quarantined=True)
        elif not self._backlog.add(batch):
            self._drop(batch_id, "backlog_full")

    def _window(self) -> TimeRange:
        latest = self._clock() + timedelta(seconds=self._settings.plausible.ahead_s)
        return TimeRange(self._earliest, to_micros(latest))

    async def _write(self, group: list[Batch]) -> WriteOutcome:
        if (reason := await self._watch.refusal()) is not None:
            return WriteOutcome(kept=frozenset(range(len(group))), reason=reason)
        self._writing_since = asyncio.get_running_loop().time()
        with self._metrics.write_seconds.time():
            outcome = await self._store.write_batches(group)
        self._writing_since = None
        self._metrics.writes.labels("kept" if outcome.kept else "written").inc()
        self._health.note_write(outcome.reason)
        return outcome

    def _await_read_back(self, group: list[Batch], outcome: WriteOutcome) -> None:
        """Have what the store took read back; let the rest wait again."""
        refused: dict[int, list[RefusedLines]] = {}
        for each in outcome.refused:
            refused.setdefault(each.index, []).append(each)
        taken = [
            (batch, tuple(refused.get(index, ())))
            for index, batch in enumerate(group)
            if index not in outcome.kept
        ]
        if taken:
            self._read_back.add_written(taken, outcome.marks)
        self._backlog.put_back(group[index] for index in sorted(outcome.kept))

    async def _stays_in_doubt(self) -> bool:
        """Return whether the store, if it is doubted, has not shown what was written last."""
        if self._health.in_doubt:
            await self._read_back.until_none_waits()
        return self._health.in_doubt

    def _note_round(self, found: ReadBackResult) -> None:
        if found.reason is not None:
            self._health.note_read_back(f"not read back: {found.reason}")
        elif found.lost:
            self._health.note_read_back(NOT_THERE)
        elif found.shown:
            self._health.note_read_back(None)
        self._read_back.in_doubt = self._health.in_doubt
        count = self._metrics.read_back
        count.labels("counted").inc(len(found.counted))
        count.labels("marked").inc(len(found.shown) - len(found.counted))
        count.labels("missing").inc(len(found.lost) + len(found.withheld))

    async def _settle_shown(self, found: ReadBackResult) -> None:
        good = [each for each in found.shown if await self._quarantine_refused(each)]
        counted = frozenset(each.batch.id for each in found.counted)
        self._metrics.stored.inc(sum(max(0, _readings_stored(each)) for each in good))
        await self._settle([each.batch.id for each in good], verified=counted)
        for each in found.shown:
            self._done(each.batch)

    async def _settle_withheld(self, withheld: Sequence[WrittenBatch]) -> None:
        """Write again what the store withholds though it shows other batches; quarantine it at last."""
        for each in withheld:
            key = each.batch.id.stream, each.batch.id.seq
            self._tries[key] = self._tries.get(key, 0) + 1
            if self._tries[key] < MOST_TRIES:
                self._backlog.put_back([each.batch])
            else:
                await self._quarantine_batch(each.batch)

    async def _quarantine_batch(self, batch: Batch) -> None:
        detail = f"{_place(batch.id)}: see the store's retention and limits"
        if await self._quarantine_payload(
            _source(batch.id), encode_batch(batch), "not_read_back", detail
        ):
            self._metrics.refused.labels("not_read_back").inc(batch.readings)
            await self._settle([batch.id], quarantined=True)
        else:
            self._drop(batch.id, "not_quarantined")
        self._done(batch)

    def _done(self, batch: Batch) -> None:
        self._tries.pop((batch.id.stream, batch.id.seq), None)
        self._backlog.forget(batch)

    async def _settle(
        self,
        batch_ids: list[BatchId],
        *,
        quarantined: bool = False,
        verified: frozenset[BatchId] = frozenset(),
    ) -> None:
        """Receipt batches that are durably stored or *quarantined*; *verified* ones were counted."""
        if batch_ids:
            await self._accounts.settle(batch_ids, quarantined=quarantined, verified=verified)
            self._receipts.add_due(batch_ids)

    def _pause_s(self, failures: int, outcome: WriteOutcome) -> float:
        asked_s = outcome.retry_after_s
        return self._backoff.spread_delay(failures, random.random(), asked=asked_s)

    async def _quarantine_message(self, topic: Topic, message: MqttMessage, error: BadMessage) -> None:
        header = error.header
        batch_id = _batch_id(topic, header) if header else None
        if not await self._quarantine_payload(message.topic, message.payload, error.refusal, str(error)):
            self._drop(batch_id, "not_quarantined")
        elif batch_id is not None:
            await self._settle([batch_id], quarantined=True)

    async def _quarantine_readings(self, batch_id: BatchId, parts: SortedReadings, source: str) -> bool:
        """Quarantine the refused readings; False if the disk failed: the batch must not go on then."""
        for reason, series in parts.refused.items():
            payload = msgspec.json.encode(series)
            if not await self._quarantine_payload(source, payload, reason, _place(batch_id)):
                self._drop(batch_id, "not_quarantined")
                return False
            self._metrics.refused.labels(reason).inc(sum(len(each.t) for each in series))
        return True

    async def _quarantine_bad(self, batch_id: BatchId, bad: Sequence[BadSeries], source: str) -> bool:
        """Quarantine what cannot be read of a batch, as it came; False if the disk failed."""
        payload = b"[" + b",".join([each.raw for each in bad]) + b"]"
        detail = f"{_place(batch_id)}: {reasons_of(bad)}"
        if not await self._quarantine_payload(source, payload, RefusalReason.BAD_SERIES, detail):
            self._drop(batch_id, "not_quarantined")
            return False
        count = self._metrics.refused.labels(RefusalReason.BAD_SERIES)
        count.inc(sum(each.readings for each in bad))
        return True

    async def _quarantine_refused(self, written: WrittenBatch) -> bool:
        """Quarantine what the store refused of a batch; False if the disk failed."""
        batch_id = written.batch.id
        for each in written.refused:
            detail = f"{_place(batch_id)}: {each.detail}"
            self._metrics.refused.labels("refused_by_store").inc(_lines_in(each))
            if not await self._quarantine_payload(
                _source(batch_id), each.lines, "refused_by_store", detail
            ):
                self._drop(batch_id, "not_quarantined")
                return False
        return True

    async def _quarantine_payload(self, source: str, payload: bytes, reason: str, detail: str) -> bool:
        try:
            await self._quarantine.store(source, payload, reason=reason, detail=detail)
        except OSError as error:
            log.error("quarantine write failed; make room on the disk", source=source, reason=str(error))
            return False
        log.info("payload quarantined", source=source, reason=reason, detail=detail)
        return True

    def _drop(self, batch_id: BatchId | None, reason: str) -> None:
        """Drop a batch without a receipt: its gateway keeps it and sends it again."""
        self._metrics.dropped.labels(reason).inc()
        log.debug("batch dropped without a receipt", batch=batch_id, reason=reason)


def _batch_id(topic: Topic, header: ReadingsMessage | Header) -> BatchId:
    stream = StreamKey(topic.premises, topic.gateway, header.epoch)
    return BatchId(stream, header.floor, header.seq, header.digest)


def _place(batch_id: BatchId) -> str:
    return f"epoch {batch_id.stream.epoch}, batch {batch_id.seq}"


def _source(batch_id: BatchId) -> str:
    return f"{batch_id.stream.premises}/{batch_id.stream.gateway}/telemetry"


def _lines_in(refused: RefusedLines) -> int:
    return refused.lines.count(b"\n") + 1


def _readings_stored(written: WrittenBatch) -> int:
    return written.batch.readings - sum(map(_lines_in, written.refused))
