"""Copies of signals, stored beside the readings, so that one database holds the whole course of a fire.

They are copies: alerting owns the alarm lane and receipts it. They wait on disk, so that a store that
is away for long loses none.
"""

import asyncio
import random
from collections.abc import Iterator

import msgspec
import structlog

from contract.messages import BadMessage, decode_alarm
from contract.topics import Topic
from ingest.adapters.metrics import Metrics
from ingest.adapters.store_health import StoreChecks
from ingest.adapters.stores.store import ReadingStore, WriteOutcome
from ingest.domain.batches import SignalCopy
from ingest.settings import Writing
from runtime.backoff import Backoff
from runtime.mqtt_message import MqttMessage
from runtime.sender_log import SenderLog
from runtime.spool import NotRead, NotStored, Spool, SpoolEntry

log = structlog.get_logger(__name__)
log_of_senders = SenderLog(log)

AT_ONCE = 500
"""Messages that go to the store together."""

MOST_WAITING = 10_000
"""Messages that wait for the disk. A storm beyond it is dropped and counted."""

_decoder = msgspec.json.Decoder(SignalCopy)


class SignalCopies:
    """Writes copies of alarm messages to disk, and from there to the store."""

    def __init__(
        self,
        store: ReadingStore,
        spool: Spool,
        *,
        checks: StoreChecks,
        writing: Writing,
        metrics: Metrics,
    ) -> None:
        self._store = store
        self._checks = checks
        self._spool = spool
        self._writing = writing
        self._backoff = Backoff(writing.backoff_s, writing.longest_backoff_s)
        self._count = metrics.signals
        self._grown = asyncio.Event()
        self._stored = asyncio.Event()
        self._stored.set()  # what an earlier run left behind

    def accept_message(self, topic: Topic, message: MqttMessage) -> None:
        """Copy the signals in *message*; one that cannot be read is quarantined by alerting."""
        if self._checks.reserve.shortage is not None or self._spool.waiting >= MOST_WAITING:
            self._count.labels("dropped").inc()
            return
        try:
            alarm = decode_alarm(message.payload)
        except BadMessage:
            self._count.labels("unreadable").inc()
            return
        copy = SignalCopy(topic.premises, topic.gateway, alarm.epoch, alarm.signals)
        self._spool.submit(lambda _: msgspec.json.encode(copy)).add_done_callback(self._note_stored)

    async def bound_forever(self) -> None:
        """Keep what waits on disk within its bound, until cancelled."""
        while True:
            await self._grown.wait()
            self._grown.clear()
            await self._trim()

    async def write_forever(self) -> None:
        """Write what is on disk to the store, and then release it, until cancelled."""
        failures = 0
        while True:
            await self._stored.wait()
            self._stored.clear()  # before looking, so that what comes meanwhile sets it again
            outcome = await self._write_some()
            if outcome is None:
                continue
            self._stored.set()
            failures = failures + 1 if outcome.kept else 0
            if failures:
                await asyncio.sleep(self._pause_s(failures, outcome))

    async def _write_some(self) -> WriteOutcome | None:
        """Write the oldest copies on disk; return the outcome, None if there are none."""
        try:
            entries = await self._spool.entries(limit=AT_ONCE)
            if not entries:
                return None
            outcome = await self._write(list(self._copies(entries)))
            if not outcome.kept:
                self._note_written(len(entries), outcome)
                await self._spool.release(through=entries[-1].seq)
        except (NotRead, NotStored) as error:
            log.error("disk failed; copies of signals wait, make room on the disk", reason=str(error))
            return WriteOutcome(kept=frozenset({0}), reason=str(error))
        return outcome

    async def _write(self, copies: list[SignalCopy]) -> WriteOutcome:
        """Write *copies*; return the outcome: those that the store does not show are kept as well."""
        everything = frozenset(range(len(copies)))
        if (reason := await self._checks.watch.refusal()) is not None:
            return WriteOutcome(kept=everything or frozenset({0}), reason=reason)
        outcome = await self._store.write_signals(copies)
        if not outcome.kept and (reason := await self._checks.read_back.why_not_shown(outcome.marks)):
            return WriteOutcome(kept=everything or frozenset({0}), reason=reason)
        return outcome

    def _copies(self, entries: list[SpoolEntry]) -> Iterator[SignalCopy]:
        for each in entries:
            try:
                yield _decoder.decode(each.body)
            except msgspec.DecodeError as error:
                # Written by another version of this program, or damaged: it must not stop the others.
                self._count.labels("unreadable").inc()
                log.error("copy of a signal unreadable on disk", body=each.body, reason=str(error))

    def _note_stored(self, stored: asyncio.Future[int]) -> None:
        if (error := stored.exception()) is not None:
            self._count.labels("dropped").inc()
            log.error("copy of a signal lost; make room on the disk", reason=str(error))
            return
        self._stored.set()
        self._grown.set()

    async def _trim(self) -> None:
        """Keep to the bound: the oldest go, because the newest show what is happening now."""
        depth = self._spool.depth
        excess = depth.entries - self._writing.signal_messages
        if excess <= 0:
            return
        try:
            await self._spool.release(through=depth.floor + excess - 1)
        except NotStored as error:
            log.error("old copies of signals not released; make room on the disk", reason=str(error))
            return
        self._count.labels("dropped").inc(excess)
        log.error("oldest copies of signals dropped; see why the store is away", dropped=excess)

    def _note_written(self, written: int, outcome: WriteOutcome) -> None:
        self._count.labels("stored").inc(written)
        for each in outcome.refused:
            self._count.labels("refused").inc()
            log_of_senders.error(
                "copy of a signal refused", sender="", lines=each.lines.decode(), reason=each.detail
            )

    def _pause_s(self, failures: int, outcome: WriteOutcome) -> float:
        asked_s = outcome.retry_after_s
        return self._backoff.spread_delay(failures, random.random(), asked=asked_s)
