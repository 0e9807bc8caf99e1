"""Tells destinations over HTTP, each by a task of its own, again and again until they answer 2xx."""

import asyncio
import random
from datetime import datetime, timedelta

import aiohttp
import structlog

from alerting.adapters.engine import Engine
from alerting.adapters.metrics import Metrics
from alerting.adapters.patience import Patience
from alerting.adapters.store import Waiting
from alerting.adapters.work import Committed
from alerting.settings import CommandCenter, RelaySettings
from contract.signing import HEADER, sign
from runtime.clock import Clock

log = structlog.get_logger(__name__)

LONGEST_REASON = 500
"""Characters of an error that are kept."""


class NotTold(Exception):
    """A destination did not take a relay; *reached* if it answered at all."""

    def __init__(self, reason: str, *, reached: bool) -> None:
        super().__init__(reason)
        self.reached = reached


class Relay:
    """Works off the deliveries that wait in the database of *engine*.

    One destination that is slow or broken delays no other. A new delivery is tried at once, even to a
    destination that did not answer a moment ago.
    """

    def __init__(
        self,
        engine: Engine,
        http: aiohttp.ClientSession,
        *,
        settings: RelaySettings,
        command_center: CommandCenter,
        clock: Clock,
        metrics: Metrics,
        patience: Patience,
    ) -> None:
        self._engine = engine
        self._http = http
        self._settings = settings
        self._key = settings.key()
        self._command_center = command_center
        self._clock = clock
        self._metrics = metrics
        self._patience = patience
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

    async def run(self) -> None:
        """Tell until cancelled."""
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
        try:
            await self._post(waiting)
        except NotTold as flaw:
            where.warning("destination not told", reason=str(flaw))
            await self._failed(waiting, flaw)
            return
        where.info("destination told")
        self._metrics.attempts.labels(waiting.destination, "delivered").inc()
        await self._patience.until_stored(lambda: self._engine.delivered(waiting, self._clock()))

    async def _failed(self, waiting: Waiting, flaw: NotTold) -> None:
        self._metrics.attempts.labels(waiting.destination, "refused" if flaw.reached else "away").inc()
        now = self._clock()
        until = now + timedelta(seconds=self._backoff(waiting.attempt))
        await self._patience.until_stored(
            lambda: self._engine.not_delivered(
                waiting, reason=str(flaw), until=until, reached=flaw.reached, now=now
            )
        )

    def _backoff(self, attempt: int) -> float:
        """Seconds until the next attempt: doubled each time, and never the same for all."""
        doubled = self._settings.backoff_s * 2.0 ** min(attempt - 1, 30)
        return min(doubled, self._settings.longest_backoff_s) * random.uniform(0.5, 1.0)

    async def _post(self, waiting: Waiting) -> None:
        body = waiting.body.encode()
        timeout = aiohttp.ClientTimeout(total=self._settings.timeout_s)
        url = self._engine.webhook(waiting.destination) or self._command_center.webhook
        try:
            async with self._http.post(
                url,
                data=body,
                headers=self._headers(waiting, body),
                timeout=timeout,
                allow_redirects=False,
            ) as answer:
                status = answer.status
        except TimeoutError as flaw:
            raise NotTold(f"no answer within {self._settings.timeout_s:g} s", reached=False) from flaw
        except Exception as flaw:  # whatever is wrong with one destination ends with its attempt
            if not isinstance(flaw, aiohttp.ClientError | OSError):
                log.exception("destination cannot be told; look at its webhook", url=url)
            raise NotTold(_storable(flaw), reached=False) from flaw
        if not 200 <= status < 300:
            raise NotTold(f"answered {status}", reached=True)

    def _headers(self, waiting: Waiting, body: bytes) -> dict[str, str]:
        headers = {"Content-Type": "application/json", "Idempotency-Key": waiting.id}
        if self._key is not None:
            at, key_id = int(self._clock().timestamp()), self._settings.signing_key_id
            headers[HEADER] = sign(body, key_id=key_id, key=self._key, at=at)
        return headers


def _storable(flaw: Exception) -> str:
    """What *flaw* says, as any database takes it."""
    text = str(flaw).encode(errors="replace").decode().replace("\0", "?")
    return text[:LONGEST_REASON] or type(flaw).__name__
