"""Asks gateways to send again what has no receipt, by an empty one."""

import asyncio
from datetime import timedelta

from alerting.engine.intake import Intake
from alerting.mqtt.budgets import Budgets
from alerting.store.retry import DatabaseRetry
from contract.ids import StreamKey
from runtime.clock import Clock

HEARD_LATELY = timedelta(days=1)
"""Gateways with a signal since then are asked at each connection."""

MOST_WAITING = 1_000
"""Streams that wait to be asked for; a further one is served at the next heartbeat of its gateway."""

LOOK_S = 0.5
"""Seconds between two looks for gateways that have budget again."""


class ResendRequests:
    """Asks by *intake* for what gateways keep: after a connection, at heartbeats, with budget again."""

    def __init__(
        self, intake: Intake, budgets: Budgets, *, clock: Clock, database_retry: DatabaseRetry
    ) -> None:
        self._intake = intake
        self._budgets = budgets
        self._clock = clock
        self._database_retry = database_retry
        self._waiting: dict[StreamKey, None] = {}
        self._someone_waits = asyncio.Event()

    def request(self, stream: StreamKey) -> None:
        """Have *stream* asked for soon, once however often that is requested meanwhile."""
        if len(self._waiting) < MOST_WAITING:
            self._waiting[stream] = None
            self._someone_waits.set()

    async def request_all(self) -> None:
        """Ask all gateways that were heard lately, now that the broker is connected."""
        since = self._clock() - HEARD_LATELY
        await self._database_retry.until_stored(lambda: self._intake.request_resend_of_all(since))

    async def run(self) -> None:
        """Ask until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._run_waiting(), name="at heartbeats")
            tasks.create_task(self._run_limited(), name="with budget again")

    async def _run_waiting(self) -> None:
        while True:
            await self._someone_waits.wait()
            self._someone_waits.clear()
            while self._waiting:
                stream = next(iter(self._waiting))
                del self._waiting[stream]
                self._intake.request_resend([stream])
                await asyncio.sleep(0)

    async def _run_limited(self) -> None:
        while True:
            await asyncio.sleep(LOOK_S)
            for stream in self._budgets.take_due():
                self.request(stream)
