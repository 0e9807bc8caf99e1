"""Stores which gateways came and went, a few at a time, while no alarm waits."""

import asyncio
from collections import OrderedDict

from alerting.engine.intake import Intake
from alerting.store.retry import DatabaseRetry
from contract.ids import GatewayKey
from contract.messages import Presence
from runtime.clock import Clock

PRESENCES_REMEMBERED = 100_000
"""Gateways whose presence waits to be stored; beyond it the oldest one is dropped."""

PRESENCES_AT_ONCE = 100
"""Presences in one transaction: few, because an alarm waits for it."""

LONGEST_PRESENCE_WAIT_S = 5.0
"""Seconds for which presences give way to alarms, before the next few of them are stored."""


class PresenceWriter:
    """Stores the latest presence of each gateway by *intake*; *idle* is set while no alarm waits."""

    def __init__(
        self, intake: Intake, idle: asyncio.Event, *, clock: Clock, database_retry: DatabaseRetry
    ) -> None:
        self._intake = intake
        self._idle = idle
        self._clock = clock
        self._database_retry = database_retry
        self._presences: OrderedDict[GatewayKey, Presence] = OrderedDict()
        self._someone_came = asyncio.Event()

    def note_presence(self, key: GatewayKey, said: Presence) -> None:
        """Keep the latest presence of a gateway, to be stored soon."""
        self._presences[key] = said
        if len(self._presences) > PRESENCES_REMEMBERED:
            self._presences.popitem(last=False)
        self._someone_came.set()

    async def run(self) -> None:
        """Store presences until cancelled."""
        while True:
            await self._someone_came.wait()
            self._someone_came.clear()
            while self._presences:
                await self._alarms_first()
                count = min(PRESENCES_AT_ONCE, len(self._presences))
                await self._store(dict(self._presences.popitem(last=False) for _ in range(count)))

    async def _alarms_first(self) -> None:
        try:
            async with asyncio.timeout(LONGEST_PRESENCE_WAIT_S):
                await self._idle.wait()
        except TimeoutError:
            return

    async def _store(self, said: dict[GatewayKey, Presence]) -> None:
        await self._database_retry.until_stored(lambda: self._intake.note_presences(said, self._clock()))
