"""Wakes incidents at their deadlines: sleeps until the next one, however far it is."""

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta

from alerting.engine.commit_result import CommitResult
from alerting.engine.deadlines import Deadlines
from alerting.store.retry import DatabaseRetry
from contract.times import from_micros
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
        self._must_look = True
        self._next: datetime | None = None  # the next deadline, as far as it is known

    def on_commit(self, committed: CommitResult) -> None:
        """Sleep less long where an earlier deadline was set; a commit says which, so nothing is read."""
        if committed.deadlines_changed:
            self.look_now()
        elif committed.next_deadline is not None:
            self._hear(from_micros(committed.next_deadline))

    def _hear(self, due: datetime) -> None:
        if self._next is None or due < self._next:
            self._next = due
            self._changed.set()

    def look_now(self) -> None:
        """Look at the deadlines at once: the clock has jumped."""
        self._must_look = True
        self._changed.set()

    async def run(self) -> None:
        """Run deadlines until cancelled; those that are due already run at once."""
        while True:
            self._must_look, self._next = False, None
            due = await self._database_retry.until_stored(lambda: self._deadlines.run_due(self._clock()))
            if due is not None:
                self._hear(due)  # unless an earlier one was set meanwhile
            await self._rest()

    async def _rest(self) -> None:
        """Sleep until the next deadline, and for LONGEST_SLEEP_S at the most."""
        until = self._clock() + timedelta(seconds=LONGEST_SLEEP_S)
        while not self._must_look and (wait := self._wait(until)) > 0:
            self._changed.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._changed.wait()

    def _wait(self, until: datetime) -> float:
        """The seconds up to the next deadline, or *until* if that is earlier."""
        due = until if self._next is None else min(until, self._next)
        return (due - self._clock()).total_seconds()
