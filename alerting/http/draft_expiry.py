"""Ends drafts that nobody touched for long, and forgets those that ended long ago."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial

import structlog
from aiohttp import web

from alerting.store.errors import DatabaseError
from contract.times import Micros, to_micros
from registry.drafts.expiry import expire_some
from runtime.clock import Clock
from runtime.database import Database

log = structlog.get_logger(__name__)

LOOK_S = 3_600.0
"""Seconds between two looks at drafts: a day more or less does not matter."""

FORGET_AFTER = timedelta(days=365)
"""The time after its end when a draft is deleted: what it changed is in the history of the registry."""


class DraftExpiry:
    """Looks at the drafts in *database*, while the application is served."""

    def __init__(self, database: Database, clock: Clock, *, days: float) -> None:
        self._database = database
        self._clock = clock
        self._kept = timedelta(days=days)

    async def running(self, _: web.Application) -> AsyncIterator[None]:
        """Look at drafts in the background."""
        task = asyncio.create_task(self._run(), name="draft expiry")
        yield
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    async def _run(self) -> None:
        while True:
            try:
                await self.look()
            except DatabaseError as error:
                log.warning("drafts not looked at; retrying", reason=str(error.orig))
            await asyncio.sleep(LOOK_S)

    async def look(self) -> None:
        """Expire what is due, a few in each transaction: alarms go between."""
        now = self._clock()
        while True:
            ask = partial(
                expire_some,
                now=to_micros(now),
                before=_ago(now, self._kept),
                ended=_ago(now, FORGET_AFTER),
            )
            if not (found := await self._database.write(ask)):
                return
            log.info("drafts of the registry expired or deleted", drafts=found)


def _ago(now: datetime, span: timedelta) -> Micros:
    return to_micros(now - span)
