"""Sends notices that no database knows: again and again, until they arrive or the database is back."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence

import structlog

from alerting.domain.notification.attempts import AttemptResult, ChannelAnswer
from alerting.metrics import Metrics
from alerting.store.deliveries import DeliveryAttempt
from runtime.backoff import Backoff

log = structlog.get_logger(__name__)

MOST_UNDER_WAY = 1_000
"""Notices under way; beyond it they wait their turn."""


class UnrecordedSender:
    """Sends notices by *send*, each in a task of its own, with *backoff* between attempts."""

    def __init__(
        self,
        send: Callable[[DeliveryAttempt], Awaitable[ChannelAnswer]],
        *,
        backoff: Backoff,
        metrics: Metrics,
    ) -> None:
        self._send = send
        self._backoff = backoff
        self._metrics = metrics
        self._room = asyncio.Semaphore(MOST_UNDER_WAY)
        self._under_way: set[asyncio.Task[None]] = set()

    def tell(self, notices: Sequence[DeliveryAttempt]) -> None:
        """Begin to send *notices*."""
        for each in notices:
            task = asyncio.create_task(self._until_delivered(each), name=f"unrecorded {each.id}")
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    def stop(self) -> None:
        """Give up what has not arrived: the database is back, and what it records is sent."""
        for task in self._under_way:
            task.cancel()

    async def _until_delivered(self, notice: DeliveryAttempt) -> None:
        failures = 0
        async with self._room:
            while await self._attempt(notice) is not AttemptResult.DELIVERED:
                failures += 1
                await asyncio.sleep(self._backoff.spread_delay(failures, random.random()))

    async def _attempt(self, notice: DeliveryAttempt) -> AttemptResult:
        answer = await self._send(notice)
        self._metrics.unrecorded.labels(answer.result.value).inc()
        where = log.bind(delivery=notice.id, channel=notice.channel, premises=notice.premises)
        if answer.result is AttemptResult.DELIVERED:
            where.warning("fire notified from memory; not recorded")
        else:
            where.error("notice from memory failed; retrying", reason=answer.reason)
        return answer.result
