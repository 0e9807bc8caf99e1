"""Tries the database again until it takes what must not be lost."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog
from sqlalchemy.exc import IntegrityError, OperationalError

from alerting.adapters.metrics import Metrics

log = structlog.get_logger(__name__)

# Seconds: soon, because an alarm waits; then slowly enough to let a full or absent database recover.
FIRST_DELAY_S = 0.1
LONGEST_DELAY_S = 5.0

T = TypeVar("T")


async def until_stored(work: Callable[[], Awaitable[T]], metrics: Metrics) -> T:
    """The answer of *work*, tried again while the database is away, locked or full.

    An IntegrityError too: another process stored the same meanwhile, and the next try sees that.
    """
    delay = FIRST_DELAY_S
    while True:
        try:
            return await work()
        except (OperationalError, IntegrityError) as flaw:
            metrics.not_stored.inc()
            log.error("database did not take it; trying again", reason=str(flaw.orig), delay_s=delay)
        await asyncio.sleep(delay)
        delay = min(delay * 2, LONGEST_DELAY_S)
