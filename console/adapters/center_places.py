"""Bounds what browsers ask of the center at once, altogether and by session: desks cannot starve it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from console.domain.passing import Pace
from console.settings import CenterSettings

LONG_AT_ONCE = 4
"""Reports, forms and files at once; alerting itself makes one report at a time."""

WAITING_FOR_EACH = 25
"""Requests that may wait for each place; those beyond are refused at once."""


class Crowded(Exception):
    """Too many requests wait, or one waited too long: to be tried again a little later."""


class CenterPlaces:
    """The places of requests at the center, by their pace, and of each session."""

    def __init__(self, settings: CenterSettings) -> None:
        self._wait_s = settings.wait_s
        counts = {
            Pace.READ: settings.at_once,
            Pace.ACT: max(2, settings.at_once // 2),
            Pace.LONG: LONG_AT_ONCE,
        }
        self._places = {pace: asyncio.Semaphore(count) for pace, count in counts.items()}
        self._most_waiting = {pace: count * WAITING_FOR_EACH for pace, count in counts.items()}
        self._waiting = dict.fromkeys(counts, 0)
        self._by_session: dict[tuple[Pace, str], tuple[asyncio.Semaphore, int]] = {}
        self._of_one = {pace: max(1, count // 4) for pace, count in counts.items()}

    @asynccontextmanager
    async def place(self, pace: Pace, session: str) -> AsyncIterator[None]:
        """Hold a place of *pace* for *session* within the block; raises Crowded."""
        if self._waiting[pace] >= self._most_waiting[pace]:
            raise Crowded
        own = self._own(pace, session)
        held = list[asyncio.Semaphore]()
        try:
            await self._wait(pace, own, held)
            yield
        finally:
            for each in held:
                each.release()
            self._leave(pace, session)

    async def _wait(self, pace: Pace, own: asyncio.Semaphore, held: list[asyncio.Semaphore]) -> None:
        self._waiting[pace] += 1
        try:
            async with asyncio.timeout(self._wait_s):
                for each in (own, self._places[pace]):
                    await each.acquire()
                    held.append(each)
        except TimeoutError:
            raise Crowded from None
        finally:
            self._waiting[pace] -= 1

    def _own(self, pace: Pace, session: str) -> asyncio.Semaphore:
        found, users = self._by_session.get((pace, session), (asyncio.Semaphore(self._of_one[pace]), 0))
        self._by_session[pace, session] = found, users + 1
        return found

    def _leave(self, pace: Pace, session: str) -> None:
        found, users = self._by_session.pop((pace, session))
        if users > 1:
            self._by_session[pace, session] = found, users - 1
