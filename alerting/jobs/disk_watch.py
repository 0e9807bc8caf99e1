"""Watches the center's disk: reports that it gets full, and gives the reserve to alarms when it is."""

import asyncio
import shutil
from pathlib import Path

import structlog

from alerting.domain.notification.center import disk_fault
from alerting.domain.watch.disk import DiskSpace, DiskState, judge_disk, reserve_of
from alerting.engine.findings import Findings
from alerting.metrics import Metrics
from alerting.store.retry import DatabaseRetry
from contract.messages import Edge
from contract.times import to_micros
from runtime.clock import Clock
from runtime.disk_reserve import DiskReserve
from runtime.own_thread import PurposeThreads
from runtime.quarantine import Quarantine

log = structlog.get_logger(__name__)

LOOK_S = 1.0
"""Seconds between two looks; a write that the database refused asks for one at once."""

MIB = 1_048_576

FAULTS = frozenset({DiskState.LOW, DiskState.FULL})
"""The states that are faults; one stands at most."""


class DiskWatch:
    """Watches the disk of *folder*, with a reserve of *reserve_mib* on it, none where that is 0.

    It looks at once when the database refuses a write.
    """

    def __init__(
        self,
        findings: Findings,
        folder: Path,
        reserve_mib: int,
        *,
        clock: Clock,
        metrics: Metrics,
        database_retry: DatabaseRetry,
        quarantine: Quarantine,
    ) -> None:
        self._findings = findings
        self._folder = folder
        self._wanted = reserve_mib * MIB
        self._clock = clock
        self._metrics = metrics
        self._database_retry = database_retry
        self._quarantine = quarantine
        self._thread = PurposeThreads("disk watch")
        self._state = DiskState.ROOM
        self._free = 0
        self._look_now = asyncio.Event()
        self._changed = asyncio.Event()
        database_retry.on_failure.append(self._look_now.set)

    @property
    def trouble(self) -> str | None:
        """The state of the disk in words; None while there is room."""
        if self._state is DiskState.ROOM:
            return None
        return f"{self._state}: {self._free // MIB} MiB are free where {self._folder} is; make room"

    async def run(self) -> None:
        """Watch and report until cancelled; the reserve is held only meanwhile."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._report_changes(), name="disk reported")
                while True:
                    await self._thread.run(self._look)
                    self._follow()
                    await self._rest()
        finally:
            await self._thread.run(self._reserve(0).release)

    async def _rest(self) -> None:
        try:
            async with asyncio.timeout(LOOK_S):
                await self._look_now.wait()
        except TimeoutError:
            pass
        self._look_now.clear()

    def _look(self) -> None:
        """Judge the disk, and hold or give back the reserve; in a thread, since a disk may hang."""
        try:
            found = shutil.disk_usage(self._folder)
        except OSError as error:
            log.warning("free disk space unknown", folder=str(self._folder), reason=str(error))
            return
        space = DiskSpace(found.free, found.total)
        size = reserve_of(space, self._wanted)
        reserve = self._reserve(size)
        self._free, self._state = space.free, judge_disk(space, size, self._state)
        if self._state is DiskState.FULL:
            reserve.release()
        else:
            reserve.allocate()

    def _reserve(self, size: int) -> DiskReserve:
        return DiskReserve(self._folder / "reserve", size)

    def _follow(self) -> None:
        self._metrics.disk_free.set(self._free)
        closed = f"{self._folder}: {self.trouble}" if self.trouble else None
        if closed is not None and self._quarantine.closed is None:
            log.error("disk nearly full; nothing is quarantined", reason=closed)
        elif closed is None and self._quarantine.closed is not None:
            log.info("disk has room again; refused messages are quarantined")
        self._quarantine.closed = closed
        self._changed.set()

    async def _report_changes(self) -> None:
        """Report faults and their ends; at first that of those which a process before this one left."""
        await self._changed.wait()
        await self._report(FAULTS - {self._state}, Edge.RESTORED)
        reported = frozenset[DiskState]()
        while True:
            standing = FAULTS & {self._state}
            await self._report(standing - reported, Edge.RAISED)
            await self._report(reported - standing, Edge.RESTORED)
            reported = standing
            self._changed.clear()
            await self._changed.wait()

    async def _report(self, faults: frozenset[DiskState], edge: Edge) -> None:
        if not faults:
            return
        now = self._clock()
        found = [disk_fault(each, to_micros(now)) for each in sorted(faults)]
        await self._database_retry.until_stored(
            lambda: self._findings.report_conditions(found, now, edge=edge)
        )
