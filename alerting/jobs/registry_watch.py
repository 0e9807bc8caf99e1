"""Notices a new version of the registry, also while nothing else happens."""

import asyncio

from alerting.engine.transactions import Transactions
from alerting.store.retry import DatabaseRetry

LOOK_S = 1.0
"""Seconds between two looks at the number of the latest version: one short read of an indexed table."""


async def follow_registry(transactions: Transactions, database_retry: DatabaseRetry) -> None:
    """Use each new version within about a second, until cancelled."""
    while True:
        await database_retry.until_stored(transactions.refresh_registry)
        await asyncio.sleep(LOOK_S)
