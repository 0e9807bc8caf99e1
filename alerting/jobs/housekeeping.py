"""Drops what is too old to keep, once a day. Nothing that must not be late runs here."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import structlog

from alerting.engine.upkeep import Upkeep
from audit.center_key import CenterKey
from runtime.clock import Clock
from runtime.schedule import scheduled

log = structlog.get_logger(__name__)

# The hour of the night, UTC, at which there is least to do in Viet Nam (03:30 there).
HOUR, MINUTE = 20, 30


@asynccontextmanager
async def run_housekeeping(
    upkeep: Upkeep, clock: Clock, *, keep_days: int, key: CenterKey | None
) -> AsyncIterator[None]:
    """Forget, each night within the block, timelines older than *keep_days*, which *key* signs.

    Without a key nothing is deleted: nobody could tell it from what somebody else deleted.
    """

    async def forget() -> None:
        if key is None:
            log.error("old timelines not deleted; the center's key is unusable")
            return
        now = clock()
        lines = await upkeep.forget_before(now - timedelta(days=keep_days), now, key=key)
        log.info("old timelines deleted", lines=lines)

    async with scheduled(forget, "cron", hour=HOUR, minute=MINUTE, misfire_grace_time=3_600):
        yield
