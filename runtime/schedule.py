"""Runs periodic jobs, and lets a running one finish before the process ends."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC
from typing import Any

from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_EXECUTED, EVENT_JOB_MISSED, EVENT_JOB_SUBMITTED
from apscheduler.schedulers.asyncio import AsyncIOScheduler


@asynccontextmanager
async def scheduled(
    job: Callable[[], Awaitable[None]], trigger: str, **when: Any
) -> AsyncIterator[None]:
    """Run *job* within the block, at the times of APScheduler's *trigger* with its arguments *when*.

    A run at the end of the block is waited for: APScheduler logs a cancelled job as one that failed,
    with its traceback.
    """
    idle = asyncio.Event()
    idle.set()
    scheduler = AsyncIOScheduler(timezone=UTC)
    scheduler.add_listener(lambda _: idle.clear(), EVENT_JOB_SUBMITTED)
    scheduler.add_listener(lambda _: idle.set(), EVENT_JOB_EXECUTED | EVENT_JOB_ERROR | EVENT_JOB_MISSED)
    scheduler.add_job(job, trigger, coalesce=True, **when)
    scheduler.start()
    try:
        yield
    finally:
        scheduler.pause()
        try:
            await idle.wait()
        finally:
            scheduler.shutdown(wait=False)
