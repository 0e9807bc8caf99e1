"""Notices new versions of the registry and changed keys of gateways, also while nothing else happens."""

import asyncio
from functools import partial

from alerting.engine.engine import Engine
from alerting.store.retry import DatabaseRetry

LOOK_S = 1.0
"""Seconds between two looks at the number of the latest version: one short read of an indexed table."""


async def follow_registry(engine: Engine, database_retry: DatabaseRetry) -> None:
    """Use each new version within about a second, until cancelled."""
    while True:
        await database_retry.until_stored(engine.transactions.refresh_registry)
        await asyncio.sleep(LOOK_S)


async def prove_registry(engine: Engine, database_retry: DatabaseRetry) -> None:
    """Prove what the start left to be proved once alarms are taken, until cancelled."""
    while True:
        await database_retry.until_stored(engine.transactions.prove_registry)
        await asyncio.sleep(LOOK_S)


async def follow_keys(engine: Engine, database_retry: DatabaseRetry) -> None:
    """Use each change of a key within about a second, whatever becomes of the registry."""
    while True:
        await database_retry.until_stored(partial(engine.keys.refresh, engine.database))
        await asyncio.sleep(LOOK_S)
