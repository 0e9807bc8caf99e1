"""Notices a new version of the registry, also while nothing else happens."""

import asyncio

from alerting.engine.engine import Engine
from alerting.store.retry import DatabaseRetry

LOOK_S = 1.0
"""Seconds between two looks at the number of the latest version: one short read of an indexed table."""


async def follow_registry(engine: Engine, patience: DatabaseRetry) -> None:
    """Let *engine* use each new version within about a second, until cancelled."""
    while True:
        await patience.until_stored(engine.refresh_registry)
        await asyncio.sleep(LOOK_S)
