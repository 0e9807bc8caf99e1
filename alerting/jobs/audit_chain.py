"""The audit chain of a running center: blocks, signed heads, and a daily check of what is stored."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from pathlib import Path

import structlog

from alerting.domain.notification.center import audit_fault
from alerting.engine.commit_result import CommitResult
from alerting.engine.engine import Engine
from alerting.jobs.beside_alarms import run_beside_alarms
from alerting.jobs.chain_checker import ChainChecker
from alerting.jobs.chain_heads import ChainHeads
from alerting.jobs.chain_sealer import ChainSealer
from alerting.metrics import Metrics
from alerting.settings import AuditSettings
from alerting.store.errors import DatabaseError
from alerting.store.retry import DatabaseRetry
from audit import heads
from audit.center_key import CenterKey
from contract.times import to_micros
from runtime.clock import Clock

log = structlog.get_logger(__name__)


class AuditChain:
    """The chain in the database of *engine*, whose heads *key* signs; their file is in *folder*.

    A fault of any of it is reported to the command center, and stops nothing else.
    """

    def __init__(
        self,
        engine: Engine,
        key: CenterKey | None,
        folder: Path,
        settings: AuditSettings,
        *,
        clock: Clock,
        metrics: Metrics,
        database_retry: DatabaseRetry,
        alarms_wait: Callable[[], bool],
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._retry = database_retry
        self._metrics = metrics
        file = folder / heads.NAME
        self._sealer = ChainSealer(
            engine.database,
            heads.last_in_file(file),
            clock=clock,
            metrics=metrics,
            alarms_wait=alarms_wait,
            report_damage=self._report,
        )
        self._checker = ChainChecker(
            engine.database,
            None if key is None else key.public,
            metrics=metrics,
            alarms_wait=alarms_wait,
            report=self._report,
        )
        self._heads: ChainHeads | None = None
        if key is not None:
            self._heads = ChainHeads(
                engine.database,
                engine.transactions,
                key,
                file=file,
                settings=settings,
                clock=clock,
                metrics=metrics,
            )

    def on_commit(self, result: CommitResult) -> None:
        """Note that something may wait for the chain."""
        self._sealer.on_commit(result)

    async def run(self) -> None:
        """Seal, sign and check until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for step, job in self._jobs().items():
                failed = partial(self._failed, step)
                work = run_beside_alarms(job, f"audit chain: {step}", on_failure=failed)
                tasks.create_task(work, name=f"audit chain: {step}")

    def _jobs(self) -> Mapping[str, Callable[[], Awaitable[None]]]:
        """Return the parts by the step that each fails in."""
        sign = self._report_no_key if self._heads is None else self._heads.run
        return {"seal": self._sealer.run, "check": self._checker.run, "sign": sign}

    def _failed(self, step: str) -> None:
        self._metrics.audit_failures.labels(step).inc()

    async def _report_no_key(self) -> None:
        await self._report_fault("audit_key_unusable")

    async def _report(self, where: str) -> None:
        await self._report_fault(f"audit_chain_broken:{where}")

    async def _report_fault(self, reason: str) -> None:
        now = self._clock()
        found = [audit_fault(reason, to_micros(now))]
        try:
            await self._engine.findings.report_conditions(found, now)
        except DatabaseError as error:
            self._retry.record_failure(self, error)
            self._retry.clear(self)
