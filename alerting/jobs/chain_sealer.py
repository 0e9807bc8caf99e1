"""Takes what was stored into the audit chain, a moment after its commit and beside all alarms.

The transaction of an alarm has nothing to do with the chain. Whatever is wrong with the chain is logged,
counted and reported, and the next block is tried: nothing waits for it.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import structlog

from alerting.engine.commit_result import CommitResult
from alerting.metrics import Metrics
from alerting.store.errors import DatabaseError
from audit.chain import ROWS_OF_A_BLOCK, Sealed, TakenByAnother, Unsealed, seal, unsealed
from audit.domain.block import ChainHead
from audit.joining import join_tables
from contract.times import to_micros
from runtime.clock import Clock
from runtime.database import Database

log = structlog.get_logger(__name__)

SEAL_AFTER_S = 1.0
"""Seconds from a commit to its block: one block takes in what was stored meanwhile."""

LOOK_S = 15.0
"""Seconds between two looks for what other processes stored."""

ALARMS_PASS_S, LOOKS_AT_ALARMS = 0.1, 300
"""Seconds that a block waits while alarms wait, and how often: 30 s at the most."""

BETWEEN_BLOCKS_S = 0.02
"""Seconds between two blocks of a backlog: alarms go between."""

AGAIN_S = 5.0
"""Seconds after a block that failed."""


class ChainSealer:
    """Adds blocks to the chain in *database*, which leads on from *known*.

    Blocks wait while *alarms_wait*, for a time. *report_damage* is told why a chain began anew.
    """

    def __init__(
        self,
        database: Database,
        known: ChainHead,
        *,
        clock: Clock,
        metrics: Metrics,
        alarms_wait: Callable[[], bool],
        report_damage: Callable[[str], Awaitable[None]],
    ) -> None:
        self.known = known
        self._database = database
        self._clock = clock
        self._metrics = metrics
        self._alarms_wait = alarms_wait
        self._report_damage = report_damage
        self._stored = asyncio.Event()
        self._stored.set()  # whatever a process before this one left

    def on_commit(self, _result: CommitResult) -> None:
        """Note that something may wait for the chain."""
        self._stored.set()

    async def run(self) -> None:
        """Seal what is stored until cancelled."""
        while True:
            await self._something_stored()
            await asyncio.sleep(SEAL_AFTER_S)
            try:
                await self.seal_waiting()
            except DatabaseError as error:
                self._metrics.audit_failures.labels("seal").inc()
                log.error("audit chain not written; retrying", reason=str(error.orig))
                self._stored.set()
                await self._restore_tables()
                await asyncio.sleep(AGAIN_S)

    async def _restore_tables(self) -> None:
        """Make tables of the chain that are missing: what is stored is noted in one of them."""
        with suppress(DatabaseError):  # away, locked or full: tried again with the next block
            await self._database.write(join_tables)

    async def _something_stored(self) -> None:
        try:
            async with asyncio.timeout(LOOK_S):
                await self._stored.wait()
        except TimeoutError:
            pass
        self._stored.clear()

    async def seal_waiting(self) -> None:
        """Seal all that waits; raises DatabaseError."""
        while True:
            await self._let_alarms_pass()
            taken = await self._database.read(unsealed)
            if taken.rows and (sealed := await self._seal(taken)) is not None:
                await self._follow(sealed)
            if len(taken.rows) < ROWS_OF_A_BLOCK:
                return
            await asyncio.sleep(BETWEEN_BLOCKS_S)

    async def _let_alarms_pass(self) -> None:
        for _ in range(LOOKS_AT_ALARMS):
            if not self._alarms_wait():
                return
            await asyncio.sleep(ALARMS_PASS_S)

    async def _seal(self, taken: Unsealed) -> Sealed | None:
        at, known = to_micros(self._clock()), self.known
        try:
            return await self._database.write(lambda each: seal(each, taken, at=at, known=known))
        except TakenByAnother:
            return None

    async def _follow(self, sealed: Sealed) -> None:
        self.known = sealed.block.head
        self._metrics.sealed_rows.inc(sealed.rows)
        self._metrics.audit_head.set(sealed.block.number)
        if sealed.damage is not None:
            log.error(
                "audit chain damaged; it began anew",
                reason=sealed.damage.reason,
                block=sealed.block.number,
            )
            await self._report_damage(sealed.damage.reason)
