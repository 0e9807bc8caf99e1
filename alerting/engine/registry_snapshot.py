"""The registry in use: one frozen value for each version, which replaces the one before as a whole."""

import asyncio
from dataclasses import dataclass
from functools import partial

import structlog

from alerting.domain.decisions.premises_rules import PremisesRules, RegistryRules
from alerting.domain.decisions.signal_router import SignalRouter
from alerting.domain.notification.recipients import Directory
from alerting.engine.loaded_registry import LoadedRegistry
from alerting.engine.recovery import RegistryCopy
from alerting.engine.registry_loading import (
    RowsProved,
    load_registry,
    prove_rows,
    read_registry_version,
)
from alerting.engine.registry_trust import RegistryTrust
from alerting.metrics import Metrics
from alerting.settings import Confirmation
from alerting.store.database import StoreDatabase
from alerting.store.store import CenterStore
from contract.times import SECOND
from registry.domain.index import Index
from registry.domain.signed import RegistryRefused
from registry.model.contacts import Contact
from registry.model.registry import Registry

log = structlog.get_logger(__name__)

EARLIER = 5
"""Earlier versions that are tried at the start where the latest one cannot be used."""

COPY_PAUSE_S = 60.0
"""Seconds between two copies: a registry that is changed all the time is not written all the time."""


@dataclass(frozen=True, slots=True)
class RegistrySnapshot:
    """One version of the registry: its *index*, and what is decided by it.

    Read it once for each transaction or delivery: the next version may come at any moment.
    """

    index: Index
    directory: Directory
    router: SignalRouter

    @property
    def version(self) -> int:
        """The number of the version."""
        return self.index.version

    @property
    def rules(self) -> PremisesRules:
        """The meaning of signals by this version."""
        return self.router.rules


@dataclass(frozen=True, slots=True)
class CenterDetails:
    """Settings that complete a registry: the center's own contact, and how fires are confirmed.

    *emergency_number* is the number that messages tell to call.
    """

    command_center: Contact
    emergency_number: str
    confirmation: Confirmation

    def snapshot(self, index: Index) -> RegistrySnapshot:
        """Return the snapshot of the registry in *index*."""
        window = round(self.confirmation.confirm_window_s * SECOND)
        grace = round(self.confirmation.late_grace_s * SECOND)
        return RegistrySnapshot(
            index,
            Directory(index, self.command_center, call=self.emergency_number),
            SignalRouter(RegistryRules(index, window), grace),
        )


@dataclass(frozen=True, slots=True)
class MissingVersion:
    """The version *number*, which was used and is gone; *left* was the latest one when that was seen."""

    number: int
    left: int


class ActiveRegistry:
    """The latest version of the registry that could be read, and is signed as *trust* asks for.

    It is read and checked part by part beside the transactions, of the one before only what differs, and
    then replaces that as a whole. At the start alarms wait for it: it is in use once its hash and its
    signature are checked, and the rows of premises are proved then. A copy is kept in the file *copy*,
    where there is one.
    """

    def __init__(
        self,
        details: CenterDetails,
        metrics: Metrics,
        *,
        copy: RegistryCopy | None,
        trust: RegistryTrust | None = None,
    ) -> None:
        self._details = details
        self._metrics = metrics
        self._copy = copy
        self._trust = trust
        self._unreadable: int | None = None
        self._refused: int | None = None
        self._seen: int | None = None
        self._missing: MissingVersion | None = None
        self._current = details.snapshot(Index(Registry()))
        self._loaded: LoadedRegistry | None = None
        self._uncopied: LoadedRegistry | None = None
        self._unproved: LoadedRegistry | None = None
        self._copied_at = float("-inf")
        self._loading = asyncio.Lock()

    @property
    def current(self) -> RegistrySnapshot:
        """The registry in use."""
        return self._current

    @property
    def trouble(self) -> str | None:
        """The reason why the registry is not the latest one; None where it is."""
        if self._missing is not None:
            text = f"version {self._missing.number} is gone from the database"
            return f"{text}; {self._current.version} is used: import the registry again"
        if self._unreadable is None:
            return None
        fault = "cannot be read" if self._refused is None else "is not as it was imported"
        return f"version {self._unreadable} {fault}; {self._current.version} is used"

    @property
    def refused(self) -> int | None:
        """The number of the latest version, if it is gone, not as it was imported, or not signed."""
        return self._refused if self._missing is None else self._missing.number

    async def refresh(self, database: StoreDatabase) -> None:
        """Use the latest version that *database* has from now on, if it is another one."""
        async with self._loading:
            version = await database.read(CenterStore.registry_version)
            if await self._is_news(version):
                await self._load(database, version)
            self._keep_copy(asyncio.get_running_loop().time())

    async def prove(self, database: StoreDatabase) -> None:
        """Decode all premises of the version in use since the start; leave it where that fails.

        A newer program wrote it then: what an earlier version says of the premises still holds for most.
        """
        if (unproved := self._unproved) is None:
            return
        unreadable = await prove_rows(unproved)
        async with self._loading:
            self._unproved = None
            if any(self._has_record(each, unproved) for each in unreadable):
                error = ValueError(
                    f"{len(unreadable)} premises, as {unreadable[0]!r}, cannot be decoded"
                )
                version = self._current.version
                self._note_unreadable(version, error)
                await self._load_another(database, version)

    def _has_record(self, premises: str, loaded: LoadedRegistry) -> bool:
        """Return whether the version in use has the record of *premises* that *loaded* has."""
        if self._loaded is None:
            return False
        return self._loaded.places.records.get(premises) == loaded.places.records[premises]

    async def _is_news(self, version: int) -> bool:
        """Return whether *version*, the latest in the database, is to be used from now on.

        Versions are never deleted: where one that was used is gone, somebody took it out. It stays in
        use, or an earlier one at a start, until another one is imported.
        """
        seen = await self._latest_seen()
        if self._missing is not None and version > self._missing.left:
            self._missing, self._seen = None, version
            return True
        if version < seen:
            self._note_missing(seen, left=version)
            return not self._current.version and version != self._unreadable
        return version not in (self._current.version, self._unreadable)

    async def _latest_seen(self) -> int:
        if self._seen is None:
            self._seen = 0 if self._copy is None else await self._copy.latest_seen()
        return self._seen

    def _note_missing(self, number: int, *, left: int) -> None:
        if self._missing is None:
            self._metrics.bad_registry.inc()
            log.error("version of the registry is gone from the database", version=number, latest=left)
            self._missing = MissingVersion(number, left)

    async def _load(self, database: StoreDatabase, version: int) -> None:
        is_first = not self._current.version
        rows = RowsProved.WHILE_USED if is_first else RowsProved.BEFORE_USE
        try:
            loaded = await load_registry(database, version, self._trust, after=self._loaded, rows=rows)
        except ValueError as error:
            # A newer program wrote it. What an older one says of the premises still holds for most.
            self._note_unreadable(version, error)
            if is_first:
                await self._load_another(database, version)
            return
        self._unreadable, self._refused = None, None
        self._use(loaded)
        if is_first:
            self._unproved = loaded

    def _note_unreadable(self, version: int, error: ValueError) -> None:
        self._unreadable = version
        self._refused = version if isinstance(error, RegistryRefused) else None
        self._metrics.bad_registry.inc()
        log.error("registry not read; the one before stays", version=version, reason=str(error))

    def _use(self, loaded: LoadedRegistry) -> None:
        self._loaded = self._uncopied = loaded
        self._current = self._details.snapshot(loaded.index)
        log.info("registry loaded", version=loaded.version)
        if self._missing is None:
            self._seen = max(self._seen or 0, loaded.version)
            if self._copy is not None:
                self._copy.note_version(self._seen)

    def _keep_copy(self, now: float) -> None:
        """Begin to write a copy of the version in use, unless one was begun just before.

        A copy of before stays until the rows of the version are proved: it may be needed then.
        """
        if self._copy is None or self._uncopied is None or now - self._copied_at < COPY_PAUSE_S:
            return
        if self._unproved is not None and self._copy.is_kept:
            return
        if self._copy.begin_write(self._uncopied.pieces()):
            self._uncopied, self._copied_at = None, now

    async def _load_another(self, database: StoreDatabase, version: int) -> None:
        """Use the best registry there is in place of *version*: a center without one notifies nobody.

        An earlier version, or the copy beside the database, or else *version* as it is.
        """
        for earlier in range(version - 1, max(0, version - 1 - EARLIER), -1):
            try:
                self._use(await load_registry(database, earlier, self._trust))
            except ValueError as error:
                log.error("registry not read", version=earlier, reason=str(error))
            else:
                return
        if self._copy is not None and (found := await self._copy.read()) is not None:
            self._current = self._details.snapshot(Index(found))
            log.error("registry taken from its copy; import it again")
            return
        await self._load_unchecked(database, version)

    async def _load_unchecked(self, database: StoreDatabase, version: int) -> None:
        stored = await database.read(lambda store: store.stored_registry(version))
        try:
            read = partial(read_registry_version, checked=False, rows=RowsProved.WHILE_USED)
            loaded = await read(database, stored) if stored else None
        except ValueError:
            return
        if loaded is not None:
            self._current = self._details.snapshot(loaded.index)
            log.error("registry used though it is refused: there is no other", version=version)
