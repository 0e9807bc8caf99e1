"""State of the store: whether it does what it should, and why not."""

import asyncio
from dataclasses import dataclass
from typing import Protocol

import structlog

from ingest.adapters.metrics import Metrics
from ingest.adapters.proving import Prover
from ingest.adapters.stores.base import Store, StoreAway

log = structlog.get_logger(__name__)

ASKED_EVERY_S = 60.0
"""Seconds between two times that the store is asked who it is, and that a marker is read back where
nothing else was."""

ASKED_SOON_S = 5.0
"""The same, while it is away."""


class StoreState:
    """Faults of the store: in who it is, in what it answers to writes, in what it shows of them."""

    def __init__(self, metrics: Metrics) -> None:
        self._gauge = metrics.store_away
        self._stranger: str | None = None
        self._writing: str | None = None
        self._reading: str | None = None
        self.name = "not asked yet"

    @property
    def away(self) -> str | None:
        """Reason why readings wait, None if they do not."""
        return self._stranger or self._writing or self._reading

    @property
    def in_doubt(self) -> bool:
        """Whether the store did not show what it had said that it took."""
        return self._reading is not None

    def note_identity(self, reason: str | None) -> None:
        """The store is somebody else, or nobody, for *reason*."""
        self._note(reason, self._writing, self._reading)

    def note_write(self, reason: str | None) -> None:
        """The store kept nothing back, or did, for *reason*."""
        self._note(self._stranger, reason, self._reading)

    def note_read_back(self, reason: str | None) -> None:
        """Note that what was written was read back, or was not, for *reason*."""
        self._note(self._stranger, self._writing, reason)

    def _note(self, stranger: str | None, writing: str | None, reading: str | None) -> None:
        before = self.away
        self._stranger, self._writing, self._reading = stranger, writing, reading
        if self.away is not None and before is None:
            log.warning("store away; readings wait, gateways keep what has no receipt", reason=self.away)
        elif self.away is None and before is not None:
            log.info("store back")
        self._gauge.set(self.away is not None)


class Idle(Protocol):
    """Says how many readings wait."""

    @property
    def waiting(self) -> int:
        """Readings that wait for the store."""
        ...


class StoreWatch:
    """Asks the store who it is, at the start and every minute, and has it show a marker."""

    def __init__(self, store: Store, state: StoreState, prover: Prover) -> None:
        self._store = store
        self._state = state
        self._prover = prover
        self._asked_at = float("-inf")

    async def refusal(self) -> str | None:
        """Return the reason why nothing may be written to the store, if there is one.

        The store is asked anew once a minute, or each time until it is identified.
        """
        now = asyncio.get_running_loop().time()
        if now - self._asked_at < ASKED_EVERY_S:
            return None
        try:
            self._state.name = await self._store.identify()
        except StoreAway as error:
            self._state.note_identity(str(error))
            return str(error)
        self._asked_at = now
        self._state.note_identity(None)
        return None

    async def watch_forever(self, lane: Idle) -> None:
        """Look at the store from time to time, until cancelled, while *lane* does not write to it."""
        while True:
            if await self.refusal() is None and not lane.waiting and self._is_long_ago():
                await self._show_marker()
            await asyncio.sleep(ASKED_EVERY_S if self._state.away is None else ASKED_SOON_S)

    def _is_long_ago(self) -> bool:
        now = asyncio.get_running_loop().time()
        return self._state.away is not None or now - self._prover.shown_at >= ASKED_EVERY_S

    async def _show_marker(self) -> None:
        outcome = await self._store.write([])
        self._state.note_write(outcome.reason)
        if outcome.reason is None:
            self._state.note_read_back(await self._prover.why_not_shown(outcome.marks))


@dataclass(frozen=True, slots=True)
class Trust:
    """Known state of the store, and the watch and the prover that find it out."""

    state: StoreState
    watch: StoreWatch
    prover: Prover
