"""Records how attempts ended: in one transaction all that ended while the one before ran."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass

from alerting.engine.destination_health import EndedAttempt
from alerting.engine.outbox import DeliveryOutbox
from alerting.store.errors import DatabaseError
from alerting.store.retry import DatabaseRetry
from runtime.clock import Clock

AT_ONCE = 32
"""Ends that one transaction records: signals wait for it."""


@dataclass(frozen=True, slots=True)
class _Unrecorded:
    ended: EndedAttempt
    recorded: asyncio.Future[None]


class EndRecorder:
    """Records ends of attempts in *outbox*, in the order in which they are added."""

    def __init__(self, outbox: DeliveryOutbox, clock: Clock, database_retry: DatabaseRetry) -> None:
        self._outbox = outbox
        self._clock = clock
        self._database_retry = database_retry
        self._waiting: list[_Unrecorded] = []
        self._news = asyncio.Event()

    def add(self, ended: EndedAttempt) -> asyncio.Future[None]:
        """Have *ended* recorded; the answer is done once it is."""
        one = _Unrecorded(ended, asyncio.get_running_loop().create_future())
        self._waiting.append(one)
        self._news.set()
        return one.recorded

    async def run(self) -> None:
        """Record until cancelled; what has ended by then is recorded too, if the database takes it."""
        try:
            while True:
                await self._news.wait()
                self._news.clear()
                while self._waiting:
                    await self._database_retry.until_stored(self._record)
        finally:
            with suppress(DatabaseError):
                while self._waiting:
                    await self._record()

    async def _record(self) -> None:
        batch, self._waiting = self._waiting[:AT_ONCE], self._waiting[AT_ONCE:]
        try:
            await self._outbox.record_ends([each.ended for each in batch], self._clock())
        except DatabaseError:
            self._waiting[:0] = batch
            raise
        for each in batch:
            if not each.recorded.done():
                each.recorded.set_result(None)
