"""Has the chain take in what waits for it: alerting does, and where none runs, whoever exports."""

import asyncio
import time

from audit.chain import TakenByAnother, seal, unsealed, waiting
from audit.domain.block import ChainHead
from contract.times import to_micros
from runtime.clock import utc_now
from runtime.database import Database

PATIENCE_S = 5.0
"""Seconds for which a running alerting is waited for: it seals what is stored within two."""

LOOK_S = 0.25
"""Seconds between two looks."""


async def seal_waiting_rows(database: Database, known: ChainHead) -> None:
    """Wait until all is in the chain, which leads on from *known*; seal it here if nobody does."""
    until = time.monotonic() + PATIENCE_S
    while await database.read(waiting):
        if time.monotonic() < until:
            await asyncio.sleep(LOOK_S)
            continue
        await _seal_some(database, known)


async def _seal_some(database: Database, known: ChainHead) -> None:
    taken, at = await database.read(unsealed), to_micros(utc_now())
    try:
        await database.write(lambda connection: seal(connection, taken, at=at, known=known))
    except TakenByAnother:
        await asyncio.sleep(LOOK_S)
