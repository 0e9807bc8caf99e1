"""Writes bad signals, which were set aside with the others' commit, to the quarantine's file."""

import asyncio
from collections.abc import Sequence

import structlog

from alerting.engine.commit_result import CommitResult
from alerting.engine.upkeep import Upkeep
from alerting.metrics import Metrics
from alerting.store.retry import DatabaseRetry
from alerting.store.set_aside import SetAside
from contract.topics import Leaf
from runtime.clock import Clock
from runtime.quarantine import Quarantine, RefusedPayload
from runtime.sender_log import SenderLog

log = structlog.get_logger(__name__)
log_of_senders = SenderLog(log)

IN_BATCH = 100
"""Rows that are written with one sync of the disk, and dropped in one transaction."""

BETWEEN_S = 1.0
"""Seconds between two batches: alarms come first, and nobody waits for this."""

DISK_RETRY_S = 10.0
"""Seconds until a file that the disk refused, or that is full for the day, is tried again."""


class QuarantinedSignals:
    """Moves what *upkeep* has set aside to *quarantine*, where a person looks for it.

    What a receipt says is true from the commit on. A row is dropped once the file has it; what does not
    fit there stays in the database, within a bound, and what is beyond that has no receipt.
    """

    def __init__(
        self,
        upkeep: Upkeep,
        quarantine: Quarantine,
        *,
        root: str,
        clock: Clock,
        metrics: Metrics,
        database_retry: DatabaseRetry,
    ) -> None:
        self._upkeep = upkeep
        self._quarantine = quarantine
        self._root = root
        self._clock = clock
        self._metrics = metrics
        self._database_retry = database_retry
        self._some_wait = asyncio.Event()
        self._some_wait.set()  # what the process before this one set aside

    def note_set_aside(self, committed: CommitResult) -> None:
        """Count the signals that were set aside, and have them written soon."""
        for reason, count in committed.set_aside.items():
            self._quarantine.count(reason, count)
        self._metrics.quarantine_failures.inc(committed.not_set_aside)
        self._some_wait.set()

    async def run(self) -> None:
        """Write until cancelled."""
        while True:
            await self._some_wait.wait()
            self._some_wait.clear()
            rows = await self._database_retry.until_stored(
                lambda: self._upkeep.first_set_aside(IN_BATCH)
            )
            if not rows:
                continue
            self._some_wait.set()
            await asyncio.sleep(BETWEEN_S if await self._write(rows) else DISK_RETRY_S)

    async def _write(self, rows: Sequence[SetAside]) -> bool:
        """Write *rows* to the file and drop them; False if the disk refused them."""
        try:
            await self._quarantine.store_all([self._payload(row) for row in rows])
        except OSError as error:
            log.error("quarantine write failed; free disk space", reason=str(error))
            return False
        first = rows[0]
        source = self._source(first)
        log_of_senders.warning("signals quarantined", sender=source, source=source, detail=first.detail)
        numbers = [row.number for row in rows]
        await self._database_retry.until_stored(
            lambda: self._upkeep.drop_set_aside(numbers, self._clock())
        )
        return True

    def _payload(self, row: SetAside) -> RefusedPayload:
        return RefusedPayload(self._source(row), row.payload, reason=row.reason, detail=row.detail)

    def _source(self, row: SetAside) -> str:
        return f"{self._root}/{row.key.premises}/{row.key.gateway}/{Leaf.ALARM}"
