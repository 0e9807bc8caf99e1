"""Reports that the latest registry is refused: it is not as it was imported, or not signed."""

import asyncio

from alerting.domain.notification.center import registry_refused
from alerting.engine.engine import Engine
from alerting.store.retry import DatabaseRetry
from contract.messages import Edge
from contract.times import to_micros
from runtime.clock import Clock

LOOK_S = 1.0
"""Seconds between two looks."""


async def report_refusals(engine: Engine, clock: Clock, database_retry: DatabaseRetry) -> None:
    """Report each refusal and its end until cancelled; at first the end of an earlier process's."""
    told: bool | None = None
    while True:
        is_refused = engine.registry.refused is not None
        if is_refused is not told:
            now, edge = clock(), Edge.RAISED if is_refused else Edge.RESTORED
            found = [registry_refused(to_micros(now))]
            await database_retry.until_stored(
                lambda: engine.findings.report_conditions(found, now, edge=edge)  # noqa: B023
            )
            told = is_refused
        await asyncio.sleep(LOOK_S)
