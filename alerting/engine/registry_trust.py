"""Admits versions of the registry that this center signed; the first one it signs itself."""

from pathlib import Path

import structlog

import registry.store
from alerting.store.database import StoreDatabase
from audit.center_key import CenterKey
from registry.domain.signed import RegistryRefused
from registry.store import StoredVersion

log = structlog.get_logger(__name__)

MARKER = "registry-signed"
"""The file in alerting's data folder that says that every version is signed from now on."""


class RegistryTrust:
    """The *key* that versions are signed with, and the *folder* that remembers that they are."""

    def __init__(self, key: CenterKey, folder: Path) -> None:
        self.key = key
        self._marker = folder / MARKER

    async def admit_version(self, database: StoreDatabase, stored: StoredVersion) -> StoredVersion:
        """Return *stored* if it is signed; sign it where nothing ever was. Raises RegistryRefused."""
        if not stored.signature and not self._marker.exists():
            stored = await self._sign_first(database, stored)
        stored.check_signature(self.key.public)
        self._remember()
        return stored

    async def _sign_first(self, database: StoreDatabase, stored: StoredVersion) -> StoredVersion:
        """Sign the version that was imported before this center had a key."""
        await database.write(
            lambda store: registry.store.sign_version(store.connection.connection, stored, self.key)
        )
        log.info("registry signed; from now on each version must be", version=stored.number)
        signed = await database.read(lambda store: store.stored_registry(stored.number))
        if signed is None:
            raise RegistryRefused(f"version {stored.number} is gone; import the registry again")
        return signed

    def _remember(self) -> None:
        try:
            self._marker.touch(mode=0o600)
        except OSError as error:
            log.warning("unsigned registries are not refused yet", reason=str(error))
