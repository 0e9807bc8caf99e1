"""Tells destinations, each by a task of its own, again and again until they have been told."""

import asyncio
import random
from collections.abc import Mapping
from datetime import datetime, timedelta

import structlog

from alerting.adapters.channels.port import Answer, Channel, Message, Result
from alerting.adapters.engine import Engine
from alerting.adapters.metrics import Metrics
from alerting.adapters.patience import Patience
from alerting.adapters.store import Waiting
from alerting.adapters.work import Committed
from alerting.settings import CommandCenter, RelaySettings
from runtime.clock import Clock

log = structlog.get_logger(__name__)

_COUNTED_AS = {
    Result.DELIVERED: "delivered",
    Result.REFUSED: "refused",
    Result.TRY_LATER: "refused",
    Result.NO_ANSWER: "away",
}
"""The label of an attempt in the metrics, by how it ended."""


class Relay:
    """Works off the deliveries that wait in the database of *engine*.

    One destination that is slow or broken delays no other. A new delivery is tried at once, even to a
    destination that did not answer a moment ago.
    """

    def __init__(
        self,
        engine: Engine,
        *,
        settings: RelaySettings,
        command_center: CommandCenter,
        clock: Clock,
        metrics: Metrics,
        patience: Patience,
    ) -> None:
        self._engine = engine
        self._settings = settings
        self._command_center = command_center
        self._clock = clock
        self._metrics = metrics
        self._patience = patience
        self._channels: Mapping[str, Channel] = {}
        self._wake: dict[str, asyncio.Event] = {}
        self._new: set[str] = set()
        self._news = asyncio.Event()

    def hear(self, committed: Committed) -> None:
        """Something waits for the destinations named in *committed*."""
        for destination in committed.destinations:
            if destination in self._wake:
                self._wake[destination].set()
            else:
                self._new.add(destination)
                self._news.set()

    async def run(self, channels: Mapping[str, Channel]) -> None:
        """Tell over *channels* until cancelled."""
        self._channels = channels
        async with asyncio.TaskGroup() as tasks:
            while True:
                await self._news.wait()
                self._news.clear()
                for destination in self._new:
                    wake = self._wake[destination] = asyncio.Event()
                    tasks.create_task(self._serve(destination, wake), name=f"relay to {destination}")
                self._new.clear()

    async def _serve(self, destination: str, wake: asyncio.Event) -> None:
        while True:
            wake.clear()
            while (waiting := await self._begin(destination)) is not None:
                await self._attempt(waiting)
            due = await self._patience.until_stored(lambda: self._engine.next_attempt(destination))
            await self._sleep(due, wake)

    async def _begin(self, destination: str) -> Waiting | None:
        return await self._patience.until_stored(
            lambda: self._engine.begin_attempt(destination, self._clock())
        )

    async def _sleep(self, due: datetime | None, wake: asyncio.Event) -> None:
        wait = None if due is None else max(0.0, (due - self._clock()).total_seconds())
        try:
            async with asyncio.timeout(wait):
                await wake.wait()
        except TimeoutError:
            return

    async def _attempt(self, waiting: Waiting) -> None:
        where = log.bind(destination=waiting.destination, delivery=waiting.id, attempt=waiting.attempt)
        answer = await self._channels["webhook"].tell(self._message(waiting))
        self._metrics.attempts.labels(waiting.destination, _COUNTED_AS[answer.result]).inc()
        if answer.result is not Result.DELIVERED:
            where.warning("destination not told", reason=answer.reason)
            await self._failed(waiting, answer)
            return
        where.info("destination told")
        await self._patience.until_stored(lambda: self._engine.delivered(waiting, self._clock()))

    def _message(self, waiting: Waiting) -> Message:
        url = self._engine.webhook(waiting.destination) or self._command_center.webhook
        return Message(
            id=waiting.id,
            address=url,
            name=waiting.destination,
            subject=waiting.event,
            text=waiting.body,
            body=waiting.body,
        )

    async def _failed(self, waiting: Waiting, answer: Answer) -> None:
        now = self._clock()
        until = now + timedelta(seconds=self._backoff(waiting.attempt))
        reached = answer.result is not Result.NO_ANSWER
        await self._patience.until_stored(
            lambda: self._engine.not_delivered(
                waiting, reason=answer.reason, until=until, reached=reached, now=now
            )
        )

    def _backoff(self, attempt: int) -> float:
        """Seconds until the next attempt: doubled each time, and never the same for all."""
        doubled = self._settings.backoff_s * 2.0 ** min(attempt - 1, 30)
        return min(doubled, self._settings.longest_backoff_s) * random.uniform(0.5, 1.0)
