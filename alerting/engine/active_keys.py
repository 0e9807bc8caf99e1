"""The keys of gateways in use: one frozen ring, which the next one replaces as a whole."""

import asyncio

import structlog

import pki.store
from alerting.store.errors import DatabaseError
from pki.domain.keyring import KeyRing
from runtime.database import Database

log = structlog.get_logger(__name__)


class ActiveKeys:
    """The keys of all gateways, as the database had them at the last look."""

    def __init__(self) -> None:
        self._current = KeyRing()
        self._loading = asyncio.Lock()

    @property
    def current(self) -> KeyRing:
        """The ring in use; read it once for each decision."""
        return self._current

    async def load(self, database: Database) -> None:
        """Use the keys that *database* has at the start; where they cannot be read, none for now.

        Without them all gateways speak as if none was enrolled: no fire waits for keys.
        """
        try:
            await self.refresh(database)
        except DatabaseError as error:
            log.error("keys of gateways not read; no signature is verified", reason=str(error.orig))

    async def refresh(self, database: Database) -> None:
        """Use the keys that *database* has from now on, if any was changed."""
        async with self._loading:
            if await database.read(pki.store.change_number) != self._current.number:
                before, self._current = self._current, await database.read(pki.store.read_key_ring)
                if before.gateways == self._current.gateways:
                    return
                log.info("keys of gateways loaded", gateways=len(self._current.gateways))
