"""Store each condition change as a signal and send it; from memory if the disk refuses or stalls."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection, Iterable
from contextlib import asynccontextmanager, suppress

import structlog

from contract.messages import Edge, Kind, Scope
from gateway.adapters.metrics import Metrics
from gateway.adapters.uplink.encoded_signal import encoder_of
from gateway.adapters.uplink.lane_sender import LaneSender
from gateway.domain.model.conditions import ConditionCause, ConditionChange, ConditionSet
from gateway.domain.model.moment import Moment
from gateway.domain.model.reasons import SignalReason
from gateway.domain.supervision.trips import TripTimes
from runtime.disk_reserve import DiskReserve
from runtime.own_thread import PurposeThreads
from runtime.spool import NotStored

log = structlog.get_logger(__name__)

MOST_UNSTORED = 10_000
"""Signals on their way to the disk; beyond it, whoever reports waits."""

_TRY_AGAIN_S = 5.0

_DRAIN_S = 1.5

_REFUSED = ConditionCause(Kind.FAULT, SignalReason.OUTBOX_WRITE_FAILED)


class SignalReporter:
    """Reports changes in order.

    Signals that come together share a commit. A signal that the disk does not take within its
    patience is sent from memory, and the disk is asked again until it has it or the center does: it
    may then arrive twice, which is harmless, and never not at all. *on_stored* is called after each.
    """

    def __init__(
        self,
        lane: LaneSender,
        memory: LaneSender,
        *,
        reserve: DiskReserve,
        conditions: ConditionSet,
        disk_patience_s: float,
        on_stored: Callable[[], None],
        now: Callable[[], Moment],
        metrics: Metrics,
    ) -> None:
        self._lane = lane
        self._memory = memory
        self._reserve = reserve
        self._conditions = conditions
        self._patience_s = disk_patience_s
        self._on_stored = on_stored
        self._now = now
        self._metrics = metrics
        self.trips = TripTimes()
        self._slots = asyncio.Semaphore(MOST_UNSTORED)
        self._changes: asyncio.Queue[ConditionChange] = asyncio.Queue(MOST_UNSTORED)
        self._refused = 0
        self._underway = 0
        self._unsafe: Counter[ConditionChange] = Counter()
        self._news = asyncio.Event()
        self._thread = PurposeThreads("disk reserve")

    @property
    def unsafe(self) -> set[tuple[Scope, str, Kind, str]]:
        """Raised conditions that are neither on disk nor receipted: scope, name, kind and reason."""
        return {
            (each.scope, each.name, each.kind, str(each.reason))
            for each in self._unsafe
            if each.edge is Edge.RAISED
        }

    async def report_changes(self, changes: Iterable[ConditionChange]) -> None:
        """Queue *changes* for reporting; block only while too many are queued."""
        changes = list(changes)
        self.trips.note_changes(changes)
        for change in changes:
            self._log(change)
            self._underway += 1
            self._unsafe[change] += 1
            await self._changes.put(change)

    async def are_safe(self, changes: Collection[ConditionChange], *, within_s: float) -> bool:
        """Return whether *changes* are on disk, or receipted, within so many seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                while any(self._unsafe[each] > 0 for each in changes):
                    self._news.clear()
                    await self._news.wait()
                return True
        return False

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Store and send within the block; at its end, store the queued changes first."""
        async with asyncio.TaskGroup() as tasks:
            task = tasks.create_task(self._run(), name="reporter")
            try:
                yield
            finally:
                await self._drain()
                task.cancel()

    async def _run(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            while True:
                change = await self._changes.get()
                await self._slots.acquire()
                tasks.create_task(self._report(change), name="report")

    async def _drain(self) -> None:
        """Wait, for a limited time, until all signals are stored that the disk does not refuse."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_DRAIN_S):
                while self._underway > self._refused:
                    self._news.clear()
                    await self._news.wait()
        if self._underway:
            log.error("signals lost at shutdown", signals=self._underway)

    async def _report(self, change: ConditionChange) -> None:
        try:
            await self._store(change)
            self._unsafe -= Counter([change])
        finally:
            self._slots.release()
            self._underway -= 1
            self._news.set()
        self._on_stored()

    async def _store(self, change: ConditionChange) -> None:
        loop = asyncio.get_running_loop()
        begun = loop.time()
        storing = asyncio.ensure_future(self._lane.store_entry(encoder_of(change, self._now)))
        try:
            await asyncio.wait({storing}, timeout=self._patience_s)
            if storing.done() and storing.exception() is None:
                self._metrics.commit_s.observe(loop.time() - begun)
                return
            await self._send_from_memory(change, storing)
        finally:
            storing.cancel()

    async def _send_from_memory(self, change: ConditionChange, storing: asyncio.Future[int]) -> None:
        number = await self._memory.store_entry(encoder_of(change, self._now))
        await self._disk_refused()
        try:
            await self._wait_until_safe(change, storing, number)
        finally:
            self._refused -= 1
        self._memory.give_up_entries([number])
        if self._refused == 0:
            await self._thread.run(self._reserve.allocate)
            await self.report_changes(self._conditions.end(_REFUSED, self._now()))

    async def _disk_refused(self) -> None:
        self._refused += 1
        self._news.set()
        self._reserve.release()
        await self.report_changes(self._conditions.begin(_REFUSED, self._now()))

    async def _wait_until_safe(
        self, change: ConditionChange, storing: asyncio.Future[int], number: int
    ) -> None:
        """Retry until the disk stores the signal, or a receipt proves that the center has it."""
        while True:
            try:
                await storing
                return
            except NotStored as error:
                log.error("signal write failed; sending from memory", reason=str(error))
            if await self._is_receipted(number):
                return
            storing = asyncio.ensure_future(self._lane.store_entry(encoder_of(change, self._now)))

    async def _is_receipted(self, number: int) -> bool:
        """Return whether a receipt covers *number* before the next attempt on disk is due."""
        try:
            async with asyncio.timeout(_TRY_AGAIN_S):
                await self._memory.wait_until_receipted(number)
        except TimeoutError:
            return False
        return True

    def _log(self, change: ConditionChange) -> None:
        self._metrics.signals.labels(change.kind.value, change.edge.value).inc()
        log.info(
            "condition changed",
            kind=change.kind.value,
            edge=change.edge.value,
            scope=change.scope.value,
            name=change.name,
            reason=str(change.reason),
            value=change.value,
        )
