"""Compares what is stored with the audit chain once a day, and the registry with its hashes."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from alerting.metrics import Metrics
from alerting.store.errors import DatabaseError
from audit.checking import ChainCheck, ChainFinding
from registry.store.checking import RecordsCheck
from runtime.database import Database

log = structlog.get_logger(__name__)

FIRST_S = 60.0
"""Seconds from the start to the first check."""

EVERY_S = 86_400.0
"""Seconds between two checks."""

BETWEEN_BLOCKS_S = 0.05
"""Seconds between two blocks: a check of a million rows takes a few minutes, of a tenth of a core."""

WHILE_ALARMS_WAIT_S = 1.0
"""The same, while alarms wait."""

MOST_FOUND = 10
"""Wrong rows that are named in the log; the first of them is reported."""

AGAIN_S = 60.0
"""Seconds after a check that the database cut short."""


class ChainChecker:
    """Checks the chain in *database*, of the center with the *public_key*.

    *report* is told the first row of each check that is wrong.
    """

    def __init__(
        self,
        database: Database,
        public_key: bytes | None,
        *,
        metrics: Metrics,
        alarms_wait: Callable[[], bool],
        report: Callable[[str], Awaitable[None]],
    ) -> None:
        self._database = database
        self._public_key = public_key
        self._metrics = metrics
        self._alarms_wait = alarms_wait
        self._report = report
        self._reported: str | None = None

    async def run(self) -> None:
        """Check until cancelled."""
        await asyncio.sleep(FIRST_S)
        while True:
            try:
                await self.check()
            except DatabaseError as error:
                self._metrics.audit_failures.labels("check").inc()
                log.warning("audit chain not checked; retrying", reason=str(error.orig))
                await asyncio.sleep(AGAIN_S)
            else:
                await asyncio.sleep(EVERY_S)

    async def check(self) -> list[ChainFinding]:
        """Check all once; return what is wrong."""
        one, found = ChainCheck(self._public_key), list[ChainFinding]()
        while (some := await self._database.read(one.check_next)) is not None:
            found += some[: MOST_FOUND - len(found)]
            await self._let_alarms_pass()
        found += await self._database.read(one.check_rest)
        found += (await self._unsound_versions())[: MOST_FOUND - len(found)]
        self._metrics.audit_checked_rows.set(one.rows)
        await self._follow(found)
        return found

    async def _unsound_versions(self) -> list[ChainFinding]:
        """Return the versions of the registry whose records, in no block, are not the imported ones."""
        one, found = RecordsCheck(), dict[int, None]()
        while (some := await self._database.read(one.check_next)) is not None:
            found |= dict.fromkeys(some)
            await self._let_alarms_pass()
        return [_changed_version(each) for each in found]

    async def _let_alarms_pass(self) -> None:
        await asyncio.sleep(WHILE_ALARMS_WAIT_S if self._alarms_wait() else BETWEEN_BLOCKS_S)

    async def _follow(self, found: list[ChainFinding]) -> None:
        self._metrics.audit_wrong_rows.set(len(found))
        if not found:
            log.info("audit chain checked; all rows are as they were stored")
            return
        for each in found:
            log.error("audit chain broken", row=each.name, fault=each.fault, reason=each.text)
        if self._reported != found[0].name:
            self._reported = found[0].name
            await self._report(found[0].name)


def _changed_version(number: int) -> ChainFinding:
    name = f"registry {number}"
    return ChainFinding(name, "changed", f"the records of {name} are not those that were imported")
