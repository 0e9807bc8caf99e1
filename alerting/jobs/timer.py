"""Wakes incidents at their deadlines: sleeps until the next one, however far it is."""

import asyncio
from datetime import datetime

from alerting.engine.commit_result import CommitResult
from alerting.engine.deadlines import Deadlines
from alerting.store.retry import DatabaseRetry
from runtime.clock import Clock

# Seconds. The sleep is measured by a clock that nobody sets, the deadline by one that may be set ahead;
# ``look`` is called then, and looking again this often bounds what is not seen.
LONGEST_SLEEP_S = 60.0


class DeadlineTimer:
    """Runs *deadlines* when they are due; the database holds them, so a restart forgets none."""

    def __init__(self, deadlines: Deadlines, clock: Clock, database_retry: DatabaseRetry) -> None:
        self._deadlines = deadlines
        self._clock = clock
        self._database_retry = database_retry
        self._changed = asyncio.Event()

    def on_commit(self, committed: CommitResult) -> None:
        """Look at the next deadline again."""
        if committed.deadlines_changed:
            self._changed.set()

    def look_now(self) -> None:
        """Look at the deadlines at once: the clock has jumped."""
        self._changed.set()

    async def run(self) -> None:
        """Run deadlines until cancelled; those that are due already run at once."""
        while True:
            self._changed.clear()
            due = await self._database_retry.until_stored(lambda: self._deadlines.run_due(self._clock()))
            await self._sleep(due)

    async def _sleep(self, due: datetime | None) -> None:
        wait = LONGEST_SLEEP_S if due is None else (due - self._clock()).total_seconds()
        try:
            async with asyncio.timeout(min(max(wait, 0.0), LONGEST_SLEEP_S)):
                await self._changed.wait()
        except TimeoutError:
            return
