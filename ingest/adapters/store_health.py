"""Watches the health of the readings store: which server it is, whether it takes and shows readings."""

import asyncio
from dataclasses import dataclass
from typing import Protocol

import structlog

from ingest.adapters.free_space import FreeSpace
from ingest.adapters.metrics import Metrics
from ingest.adapters.read_back import ReadBack
from ingest.adapters.stores.store import ReadingStore, StoreAway

log = structlog.get_logger(__name__)

CHECK_EVERY_S = 60.0
"""Seconds between two times that the store is asked to identify itself, and that a marker is read back
where nothing else was."""

CHECK_SOON_S = 2.0
"""The same, while the store is away."""


class StoreHealth:
    """Faults of the store: in its identity, in its answers to writes, in what it shows of them."""

    def __init__(self, metrics: Metrics) -> None:
        self._gauge = metrics.store_away
        self._identity: str | None = None
        self._writing: str | None = None
        self._reading: str | None = None
        self._space: str | None = None
        self._shown: str | None = None
        self.server = "not asked yet"

    @property
    def away(self) -> str | None:
        """Reason why readings wait, None if they do not."""
        return self._space or self._identity or self._writing or self._reading

    @property
    def in_doubt(self) -> bool:
        """Whether the store did not show what it had answered to have stored."""
        return self._reading is not None

    def note_identity(self, reason: str | None) -> None:
        """Note that the server is not the store, for *reason*, or that it is."""
        self._note_health(reason, self._writing, self._reading)

    def note_write(self, reason: str | None) -> None:
        """Note that a write kept something back, for *reason*, or that it did not."""
        self._note_health(self._identity, reason, self._reading)

    def note_read_back(self, reason: str | None) -> None:
        """Note that what was written was not read back, for *reason*, or that it was."""
        self._note_health(self._identity, self._writing, reason)

    def note_space(self, shortage: str | None) -> None:
        """Note that the disk reserve is reached, for the reason *shortage*, or that there is room."""
        self._space = shortage
        self._note_health(self._identity, self._writing, self._reading)

    def _note_health(self, identity: str | None, writing: str | None, reading: str | None) -> None:
        before = self._shown
        self._identity, self._writing, self._reading = identity, writing, reading
        if self.away is not None and before is None:
            log.warning(
                "readings store away; readings wait, gateways keep what has no receipt",
                reason=self.away,
            )
        elif self.away is None and before is not None:
            log.info("readings store back")
        self._shown = self.away
        self._gauge.set(self.away is not None)


class Backlogged(Protocol):
    """Reports how many readings wait for the store."""

    @property
    def waiting_readings(self) -> int:
        """Readings that wait for the store."""
        ...


class StoreWatch:
    """Asks the store to identify itself, at the start and every minute, and to show a marker."""

    def __init__(
        self, store: ReadingStore, health: StoreHealth, read_back: ReadBack, *, reserve: FreeSpace
    ) -> None:
        self._reserve = reserve
        self._store = store
        self._health = health
        self._read_back = read_back
        self._identified_at = float("-inf")

    async def refusal(self) -> str | None:
        """Return the reason why nothing may be written to the store, if there is one.

        The store is asked again once a minute, or each time until it is identified.
        """
        if self._reserve.shortage is not None:
            return self._reserve.shortage
        now = asyncio.get_running_loop().time()
        if now - self._identified_at < CHECK_EVERY_S:
            return None
        try:
            self._health.server = await self._store.identify()
        except StoreAway as error:
            self._health.note_identity(str(error))
            return str(error)
        self._identified_at = now
        self._health.note_identity(None)
        return None

    async def watch_forever(self, lane: Backlogged) -> None:
        """Check the store from time to time, until cancelled, while *lane* does not write to it."""
        while True:
            if await self.refusal() is None and not lane.waiting_readings and self._is_check_due():
                await self._check_marker()
            await asyncio.sleep(CHECK_EVERY_S if self._health.away is None else CHECK_SOON_S)

    def _is_check_due(self) -> bool:
        now = asyncio.get_running_loop().time()
        return self._health.away is not None or now - self._read_back.shown_at >= CHECK_EVERY_S

    async def _check_marker(self) -> None:
        outcome = await self._store.write_batches([])
        self._health.note_write(outcome.reason)
        if outcome.reason is None:
            self._health.note_read_back(await self._read_back.why_not_shown(outcome.marks))


@dataclass(frozen=True, slots=True)
class StoreChecks:
    """The known health of the store and of the disk, with those who find it out."""

    health: StoreHealth
    watch: StoreWatch
    read_back: ReadBack
    reserve: FreeSpace
