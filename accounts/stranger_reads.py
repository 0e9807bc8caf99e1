"""Reads for whoever is not known yet: one after the other, whoever asks."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection

from runtime.database import Database, ReadFor

T = TypeVar("T")


class StrangerReads:
    """Reads from *database* in which strangers take one thread at most: others serve the known."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._turn = asyncio.Lock()

    async def read(self, ask: Callable[[Connection], T]) -> T:
        """Return what *ask* reads, when its turn comes."""
        async with self._turn:
            return await self._database.read(ask, purpose=ReadFor.WEB)
