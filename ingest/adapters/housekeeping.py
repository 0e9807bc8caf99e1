"""Deletes readings and quarantined messages that are older than the settings keep them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import structlog

from contract.times import to_micros
from ingest.adapters.stores.store import ReadingStore, StoreAway
from ingest.settings import EmbeddedStore, Settings
from runtime.clock import Clock
from runtime.quarantine import Quarantine
from runtime.schedule import scheduled

log = structlog.get_logger(__name__)

EVERY_HOURS = 1


@asynccontextmanager
async def housekeeping(
    settings: Settings, clock: Clock, *, store: ReadingStore, quarantine: Quarantine
) -> AsyncIterator[None]:
    """Delete what is too old at once, and then every hour, within the block."""

    async def tidy() -> None:
        await delete_old(settings, clock(), store=store, quarantine=quarantine)

    at_once = datetime.now(UTC)
    async with scheduled(
        tidy, "interval", hours=EVERY_HOURS, next_run_time=at_once, misfire_grace_time=None
    ):
        yield


async def delete_old(
    settings: Settings, now: datetime, *, store: ReadingStore, quarantine: Quarantine
) -> None:
    """Delete what is older at *now* than *settings* keep."""
    if isinstance(settings.store, EmbeddedStore):
        before = to_micros(now - timedelta(days=settings.store.retention_days))
        try:
            deleted = await store.delete_before(max(0, before))
            log.debug("old readings deleted", readings=deleted)
        except StoreAway as error:
            log.warning("old readings not deleted; retrying in an hour", reason=str(error))
    day = (now - timedelta(days=settings.quarantine_days)).date()
    await quarantine.tidy(day)
