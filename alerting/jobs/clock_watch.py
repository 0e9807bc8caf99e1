"""Reports jumps of the center's clock, and keeps its lateness over a restart."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import structlog

from alerting.domain.notification.center import center_clock_jumped
from alerting.engine.findings import Findings
from alerting.metrics import Metrics
from alerting.store.retry import DatabaseRetry
from contract.messages import Edge
from contract.times import to_micros
from runtime.own_files import open_fresh, read_own
from runtime.steady_clock import JUMP, ClockJump, SteadyClock

log = structlog.get_logger(__name__)

LOOK_S = 1.0
"""Seconds between two looks at the machine's clock."""

KEPT_EVERY_S = 60.0
"""Seconds between two notes of the lateness: so much may pass unseen while nothing runs."""

SHOWN_S = 60.0
"""Seconds for which the fault stands after the last jump, once both clocks agree again."""


class ClockWatch:
    """Watches *clock* for jumps of the machine's; *woken* is called once one forward is followed."""

    def __init__(
        self,
        findings: Findings,
        clock: SteadyClock,
        *,
        metrics: Metrics,
        database_retry: DatabaseRetry,
        read_lateness: Path,
        woken: Callable[[], None],
    ) -> None:
        self._findings = findings
        self._clock = clock
        self._metrics = metrics
        self._database_retry = database_retry
        self._kept = read_lateness
        self._woken = woken
        self._since: datetime | None = None
        self._until = 0.0
        self._held = False

    @property
    def trouble(self) -> str | None:
        """The reason why the machine's clock is not believed, or None while it is."""
        ahead = self._clock.ahead
        if ahead <= JUMP:
            return None
        return (
            f"the machine's clock is {ahead.total_seconds():.0f} s behind the time that has passed; "
            "deadlines run by the latter. Set the clock right; if it is, start alerting again while no "
            "incident is open"
        )

    async def run(self) -> None:
        """Watch until cancelled."""
        loop = asyncio.get_running_loop()
        await self._report_jump(Edge.RESTORED)  # one that stood when the process before ended
        keep_at = loop.time()
        while True:
            await self.check(loop.time())
            if loop.time() >= keep_at:
                keep_at = loop.time() + KEPT_EVERY_S
                keep(self._kept, self._clock())
            await asyncio.sleep(LOOK_S)

    async def check(self, at: float) -> None:
        """Report a jump, or the end of the last one; *at* is a time that nobody sets."""
        jump, trouble, ahead = self._clock.take_jump(), self.trouble, self._clock.ahead
        self._metrics.clock_ahead.set(max(0.0, ahead.total_seconds()))
        if self._held and not ahead < -JUMP:
            self._woken()  # the time that was set is believed from now on
        self._held = ahead < -JUMP
        if jump is not None:
            await self._note_jump(jump)
        if jump is not None or trouble is not None:
            self._until = at + SHOWN_S
        elif self._since is not None and at >= self._until:
            await self._report_jump(Edge.RESTORED)
            self._since = None

    async def _note_jump(self, jump: ClockJump) -> None:
        log.error("clock jumped", by_s=round(jump.by.total_seconds(), 3))
        self._metrics.clock_jumps.inc()
        self._since = self._clock()
        await self._report_jump(Edge.RAISED)

    async def _report_jump(self, edge: Edge) -> None:
        now = self._clock()
        found = [center_clock_jumped(to_micros(now))]
        await self._database_retry.until_stored(
            lambda: self._findings.report_conditions(found, now, edge=edge)
        )


def keep(file: Path, now: datetime) -> None:
    """Note the lateness in *file*; a disk that refuses it costs only that."""
    try:
        draft = file.with_suffix(".new")
        with open_fresh(draft) as written:
            written.write(now.isoformat().encode())
        draft.replace(file)
    except OSError as error:
        log.warning("clock lateness not saved", reason=str(error))


def read_lateness(file: Path) -> datetime | None:
    """Return the lateness noted in *file* last."""
    try:
        moment = datetime.fromisoformat(read_own(file).decode())
    except (OSError, ValueError):
        return None
    return moment if moment.tzinfo is not None else None
