"""Drops what is too old to keep, once a day. Nothing that must not be late runs here."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import structlog

from alerting.engine.upkeep import Upkeep
from runtime.clock import Clock
from runtime.schedule import scheduled

log = structlog.get_logger(__name__)

# The hour of the night, UTC, at which there is least to do in Viet Nam (03:30 there).
HOUR, MINUTE = 20, 30


@asynccontextmanager
async def run_housekeeping(upkeep: Upkeep, clock: Clock, *, keep_days: int) -> AsyncIterator[None]:
    """Forget, each night within the block, timelines older than *keep_days*."""

    async def forget() -> None:
        now = clock()
        lines = await upkeep.forget_before(now - timedelta(days=keep_days), now)
        log.info("old timelines deleted", lines=lines)

    async with scheduled(forget, "cron", hour=HOUR, minute=MINUTE, misfire_grace_time=3_600):
        yield
