"""The telemetry lane: batches from the backlog into the store, read back, and only then receipted."""

import asyncio
import random
from collections.abc import Sequence

from contract.ids import StreamKey
from ingest.adapters.backlog import Backlog
from ingest.adapters.batch_settlement import BatchSettlement, place_of
from ingest.adapters.metrics import Metrics
from ingest.adapters.read_back import NOT_THERE, ReadBackResult, WrittenBatch
from ingest.adapters.store_health import StoreChecks
from ingest.adapters.stores.store import ReadingStore, RefusedLines, WriteOutcome
from ingest.domain.batches import Batch, BatchId
from ingest.domain.line_protocol import encode_batch
from ingest.settings import Writing
from runtime.backoff import Backoff

STUCK_S = 120.0
"""A write that lasts longer has hung: ten times the default time limit of a store's answer."""

NOT_ANSWERED_S = 0.5
"""Seconds until a store that did not answer a question is asked again."""

MOST_TRIES = 3
"""Writes after which a batch is quarantined that the store takes and never shows, as it does others."""


class TelemetryLane:
    """Writes the batches of the backlog to the store for as long as ``write_forever`` runs."""

    def __init__(
        self,
        store: ReadingStore,
        backlog: Backlog,
        *,
        settlement: BatchSettlement,
        metrics: Metrics,
        writing: Writing,
        checks: StoreChecks,
    ) -> None:
        self._store = store
        self._backlog = backlog
        self._settlement = settlement
        self._metrics = metrics
        self._most = writing.max_readings
        self._backoff = Backoff(writing.backoff_s, writing.longest_backoff_s)
        self._health, self._watch, self._read_back = checks.health, checks.watch, checks.read_back
        self._tries: dict[tuple[StreamKey, int], int] = {}
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

    async def write_forever(self) -> None:
        """Write the batches that wait, until cancelled.

        A group that the store did not take is written again, smaller and behind the others, so that a
        batch at which the store fails cannot hold them back. While the store does not show what it took,
        each group waits for the one before.
        """
        most = room = self._most
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
        partly = [each for each in found.shown if each.refused]
        safe = await asyncio.gather(*(self._quarantine_refused(each) for each in partly))
        unsafe = {each for each, is_safe in zip(partly, safe, strict=True) if not is_safe}
        good = [each for each in found.shown if each not in unsafe]
        counted = frozenset(each.batch.id for each in found.counted)
        self._metrics.stored.inc(sum(max(0, _readings_stored(each)) for each in good))
        await self._settlement.settle([each.batch.id for each in good], verified=counted)
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
        detail = f"{place_of(batch.id)}: see the store's retention and limits"
        if await self._settlement.quarantine(
            _source(batch.id), encode_batch(batch), reason="not_read_back", detail=detail
        ):
            self._metrics.refused.labels("not_read_back").inc(batch.readings)
            await self._settlement.settle([batch.id], quarantined=True)
        else:
            self._settlement.drop(batch.id, "not_quarantined")
        self._done(batch)

    def _done(self, batch: Batch) -> None:
        self._tries.pop((batch.id.stream, batch.id.seq), None)
        self._backlog.forget(batch)

    def _pause_s(self, failures: int, outcome: WriteOutcome) -> float:
        asked_s = outcome.retry_after_s
        return self._backoff.spread_delay(failures, random.random(), asked=asked_s)

    async def _quarantine_refused(self, written: WrittenBatch) -> bool:
        """Quarantine what the store refused of a batch; False if the disk failed."""
        batch_id = written.batch.id
        for each in written.refused:
            detail = f"{place_of(batch_id)}: {each.detail}"
            self._metrics.refused.labels("refused_by_store").inc(_lines_in(each))
            if not await self._settlement.quarantine(
                _source(batch_id), each.lines, reason="refused_by_store", detail=detail
            ):
                self._settlement.drop(batch_id, "not_quarantined")
                return False
        return True


def _source(batch_id: BatchId) -> str:
    return f"{batch_id.stream.premises}/{batch_id.stream.gateway}/telemetry"


def _lines_in(refused: RefusedLines) -> int:
    return refused.lines.count(b"\n") + 1


def _readings_stored(written: WrittenBatch) -> int:
    return written.batch.readings - sum(map(_lines_in, written.refused))
