"""The telemetry lane: batches from the broker, into the store, read back, and only then receipted."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import msgspec
import structlog

from contract.messages import (
    BadMessage,
    Header,
    TelemetryBatch,
    decode_telemetry,
    telemetry_digest,
)
from contract.times import to_micros
from contract.topics import Topic
from ingest.adapters.backlog import Backlog
from ingest.adapters.lanes import Lanes
from ingest.adapters.metrics import Metrics
from ingest.adapters.proving import NOT_THERE, Pending, Round
from ingest.adapters.receipts import Receipts
from ingest.adapters.store_state import Trust
from ingest.adapters.stores.base import Outcome, Refused, Store
from ingest.domain.batches import Batch, Lane, Number
from ingest.domain.lineprotocol import encode_batch
from ingest.domain.sorting import Sorted, Window, sort_readings
from ingest.settings import Plausible, Writing
from runtime.backoff import Backoff
from runtime.clock import Clock
from runtime.mqtt import Message
from runtime.quarantine import Quarantine

log = structlog.get_logger(__name__)

STUCK_S = 120.0
"""A write that lasts longer has hung: ten times the default time limit of a store's answer."""

NOT_ANSWERED_S = 0.5
"""Seconds for which a store that did not answer a question is left alone."""

MOST_TRIES = 3
"""Writes after which a batch is set aside that the store takes and never shows, as it does others."""


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
        trust: Trust,
        clock: Clock,
    ) -> None:
        self._store = store
        self._lanes = lanes
        self._receipts = receipts
        self._quarantine = quarantine
        self._metrics = metrics
        self._rules = rules
        self._backoff = Backoff(rules.writing.backoff_s, rules.writing.longest_backoff_s)
        self._state, self._watch, self._prover = trust.state, trust.watch, trust.prover
        self._tries: dict[tuple[Lane, int], int] = {}
        self._clock = clock
        self._earliest = to_micros(rules.plausible.earliest)
        self._backlog = Backlog(rules.writing.backlog_readings)
        self._writing_since: float | None = None
        metrics.backlog.set_function(lambda: self._backlog.readings)

    @property
    def waiting(self) -> int:
        """Readings in memory that are not yet stored and read back."""
        return self._backlog.readings

    def moving(self) -> bool:
        """Whether the pipeline moves; a store that is away does not stop it."""
        since = self._writing_since
        return since is None or asyncio.get_running_loop().time() - since < STUCK_S

    async def take(self, topic: Topic, message: Message) -> None:
        """Let the batch in *message* wait for the store, or set it aside."""
        try:
            batch = decode_telemetry(message.payload)
        except BadMessage as error:
            await self._set_message_aside(topic, message, error)
            return
        number = _number(topic, batch, telemetry_digest(message.payload))
        if self._lanes.stored(number):
            self._metrics.duplicates.labels("stored").inc()
            self._lanes.repeated(number.lane)
            self._receipts.due([number])
        elif self._backlog.holds(number):
            self._metrics.duplicates.labels("waiting").inc()
        else:
            await self._take_new(number, batch, message.topic)

    async def write_forever(self) -> None:
        """Write what waits, until cancelled.

        A group that the store did not take is tried again, smaller and behind the others, so that a
        batch at which the store fails cannot hold them back. While the store does not show what it took,
        each group waits for the one before.
        """
        most = room = self._rules.writing.max_readings
        failures = 0
        while True:
            group = await self._backlog.take(room)
            outcome = await self._write(group)
            self._hand_on(group, outcome)
            if not outcome.kept and not await self._stays_in_doubt():
                failures, room = 0, min(most, room * 4)
                continue
            failures, room = failures + 1, max(1, room // 4)
            await asyncio.sleep(self._pause_s(failures, outcome))

    async def prove_forever(self) -> None:
        """Receipt what is read back from the store, until cancelled."""
        while True:
            await self._prover.some()
            found = await self._prover.look()
            self._note_round(found)
            await self._settle_shown(found)
            await self._settle_withheld(found.withheld)
            self._backlog.put_back(each.batch for each in found.lost)
            pause_s = self._prover.pace.ask_s
            await asyncio.sleep(pause_s if found.reason is None else max(pause_s, NOT_ANSWERED_S))

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
        if (reason := await self._watch.refusal()) is not None:
            return Outcome(kept=frozenset(range(len(group))), reason=reason)
        self._writing_since = asyncio.get_running_loop().time()
        with self._metrics.write_seconds.time():
            outcome = await self._store.write(group)
        self._writing_since = None
        self._metrics.writes.labels("kept" if outcome.kept else "written").inc()
        self._state.note_write(outcome.reason)
        return outcome

    def _hand_on(self, group: list[Batch], outcome: Outcome) -> None:
        """Let what the store says it took be read back, and the rest wait again."""
        refused: dict[int, list[Refused]] = {}
        for each in outcome.refused:
            refused.setdefault(each.index, []).append(each)
        taken = [
            (batch, tuple(refused.get(index, ())))
            for index, batch in enumerate(group)
            if index not in outcome.kept
        ]
        if taken:
            self._prover.add(taken, outcome.marks)
        self._backlog.put_back(group[index] for index in sorted(outcome.kept))

    async def _stays_in_doubt(self) -> bool:
        """Return whether the store, if it is doubted, has not shown what was written last."""
        if self._state.in_doubt:
            await self._prover.none()
        return self._state.in_doubt

    def _note_round(self, found: Round) -> None:
        if found.reason is not None:
            self._state.note_read_back(f"not read back: {found.reason}")
        elif found.lost:
            self._state.note_read_back(NOT_THERE)
        elif found.shown:
            self._state.note_read_back(None)
        self._prover.in_doubt = self._state.in_doubt
        count = self._metrics.read_back
        count.labels("counted").inc(len(found.counted))
        count.labels("marked").inc(len(found.shown) - len(found.counted))
        count.labels("missing").inc(len(found.lost) + len(found.withheld))

    async def _settle_shown(self, found: Round) -> None:
        good = [each for each in found.shown if await self._refused_is_aside(each)]
        counted = frozenset(each.batch.number for each in found.counted)
        self._metrics.stored.inc(sum(max(0, _readings_stored(each)) for each in good))
        await self._settle([each.batch.number for each in good], verified=counted)
        for each in found.shown:
            self._done(each.batch)

    async def _settle_withheld(self, withheld: Sequence[Pending]) -> None:
        """Try again what the store does not show though it shows others', and set it aside at last."""
        for each in withheld:
            key = each.batch.number.lane, each.batch.number.seq
            self._tries[key] = self._tries.get(key, 0) + 1
            if self._tries[key] < MOST_TRIES:
                self._backlog.put_back([each.batch])
            else:
                await self._set_batch_aside(each.batch)

    async def _set_batch_aside(self, batch: Batch) -> None:
        number = batch.number
        detail = f"epoch {number.lane.epoch}, batch {number.seq}: see the store's retention and limits"
        if await self._put_aside(_source(number), encode_batch(batch), "not_read_back", detail):
            self._metrics.refused.labels("not_read_back").inc(batch.readings)
            await self._settle([number], aside=True)
        else:
            self._drop(number, "not_set_aside")
        self._done(batch)

    def _done(self, batch: Batch) -> None:
        self._tries.pop((batch.number.lane, batch.number.seq), None)
        self._backlog.done(batch)

    async def _settle(
        self, numbers: list[Number], *, aside: bool = False, verified: frozenset[Number] = frozenset()
    ) -> None:
        """Receipt these, which are durably stored or set aside; those *verified* were counted there."""
        if numbers:
            await self._lanes.settle(numbers, aside=aside, verified=verified)
            self._receipts.due(numbers)

    def _pause_s(self, failures: int, outcome: Outcome) -> float:
        asked_s = outcome.retry_after_s
        return self._backoff.spread_delay(failures, random.random(), asked=asked_s)

    async def _set_message_aside(self, topic: Topic, message: Message, error: BadMessage) -> None:
        header = error.header
        number = _number(topic, header, header.digest) if header else None
        if not await self._put_aside(message.topic, message.payload, error.refusal, str(error)):
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

    async def _refused_is_aside(self, pending: Pending) -> bool:
        """Set aside what the store refused of a batch; False if the disk refused that, too."""
        number = pending.batch.number
        for each in pending.refused:
            detail = f"epoch {number.lane.epoch}, batch {number.seq}: {each.detail}"
            self._metrics.refused.labels("refused_by_store").inc(_lines_in(each))
            if not await self._put_aside(_source(number), each.lines, "refused_by_store", detail):
                self._drop(number, "not_set_aside")
                return False
        return True

    async def _put_aside(self, source: str, payload: bytes, reason: str, detail: str) -> bool:
        try:
            await asyncio.to_thread(self._quarantine.put, source, payload, reason=reason, detail=detail)
        except OSError as error:
            log.error("not set aside; make room on the disk", source=source, reason=str(error))
            return False
        log.info("set aside", source=source, reason=reason, detail=detail)
        return True

    def _drop(self, number: Number | None, reason: str) -> None:
        """Let go of a batch without a receipt: its gateway keeps it and sends it again."""
        self._metrics.dropped.labels(reason).inc()
        log.debug("batch dropped; it will come again", number=number, reason=reason)


def _number(topic: Topic, header: TelemetryBatch | Header, digest: str) -> Number:
    lane = Lane(topic.premises, topic.gateway, header.epoch)
    return Number(lane, header.floor, header.seq, digest)


def _source(number: Number) -> str:
    return f"{number.lane.premises}/{number.lane.gateway}/telemetry"


def _lines_in(refused: Refused) -> int:
    return refused.lines.count(b"\n") + 1


def _readings_stored(pending: Pending) -> int:
    return pending.batch.readings - sum(map(_lines_in, pending.refused))
