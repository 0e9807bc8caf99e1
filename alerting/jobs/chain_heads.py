"""Signs the head of the audit chain every hour, and shows it outside the center's database.

On the feed, in a file that only grows, and to each witness that is set up. A witness that does not
answer is tried again; nothing else waits for it.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from pathlib import Path

import aiohttp
import structlog

from alerting.domain.model.effects import TimelineEntry, TimelineEvent
from alerting.domain.notification.center import CENTER
from alerting.engine.transactions import Transactions
from alerting.engine.unit_of_work import UnitOfWork
from alerting.metrics import Metrics
from alerting.settings import AuditSettings
from alerting.store.errors import DatabaseError
from audit.center_key import CenterKey
from audit.heads import SignedHead, append_to_file, last_signed_at, store_head
from contract.times import SECOND, Micros, to_micros
from runtime.backoff import Backoff
from runtime.clock import Clock
from runtime.database import Database

log = structlog.get_logger(__name__)

HEAD_SIGNED = "head_signed"
"""Reason of the entry by which the feed shows a signed head."""

SOONEST_S = 60.0
"""Seconds from the start to the first head, where it is overdue: a start has other things to do."""

ANSWER_S = 10.0
"""Seconds in which a witness must answer."""

MOST_WAITING = 1_000
"""Heads that wait for one witness: six weeks; a later head vouches for all before it."""

WITNESS_AGAIN = Backoff(10.0, 600.0)
"""Seconds between two tries of a witness."""


def first_head_in(every_s: float, last: Micros | None, now: Micros) -> float:
    """Return the seconds from a start *now* to the first head, where one was signed *last*."""
    due_in = 0.0 if last is None else every_s - (now - last) / SECOND
    return min(every_s, max(SOONEST_S, due_in))


class ChainHeads:
    """Signs heads of the chain in *database* with *key*, and publishes them."""

    def __init__(
        self,
        database: Database,
        transactions: Transactions,
        key: CenterKey,
        *,
        file: Path,
        settings: AuditSettings,
        clock: Clock,
        metrics: Metrics,
    ) -> None:
        self._database = database
        self._transactions = transactions
        self._key = key
        self._file = file
        self._settings = settings
        self._clock = clock
        self._metrics = metrics
        self._witnesses = [Witness(url, key, metrics) for url in settings.witness]

    async def run(self) -> None:
        """Sign and publish until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for each in self._witnesses:
                tasks.create_task(each.run(), name="witness")
            pause = await self._until_first()
            while True:
                await asyncio.sleep(pause)
                await self.sign_next()
                pause = self._settings.head_every_s

    async def _until_first(self) -> float:
        """Return the seconds until a head is due: restarts put it off no further."""
        every = self._settings.head_every_s
        try:
            last = await self._database.read(last_signed_at)
        except DatabaseError:
            return every
        return first_head_in(every, last, to_micros(self._clock()))

    async def sign_next(self) -> SignedHead | None:
        """Sign the last block, unless it is signed already, and publish it."""
        now = self._clock()
        try:
            signed = await self._database.write(
                lambda each: store_head(each, self._key, at=to_micros(now))
            )
            if signed is not None:
                await self._transactions.run(lambda unit: _add_entry(unit, signed, self._key), now)
        except DatabaseError as error:
            self._failed("sign", str(error.orig))
            return None
        if signed is not None:
            self._publish(signed)
        return signed

    def _publish(self, signed: SignedHead) -> None:
        try:
            append_to_file(self._file, signed)
        except OSError as error:
            self._failed("file", str(error))
        for each in self._witnesses:
            each.add(signed)
        log.info("audit head signed", block=signed.head.number, hash=signed.head.hash)

    def _failed(self, step: str, reason: str) -> None:
        self._metrics.audit_failures.labels(step).inc()
        log.error("audit head not published; the next one will be", step=step, reason=reason)


def _add_entry(unit: UnitOfWork, signed: SignedHead, key: CenterKey) -> None:
    data = {
        "block": signed.head.number,
        "signed_at": signed.at,
        "hash": signed.head.hash,
        "public_key": key.public.hex(),
        "signature": signed.signature,
    }
    unit.add_entry(CENTER, None, TimelineEntry(TimelineEvent.AUDIT, HEAD_SIGNED, data))


class Witness:
    """Sends signed heads to the witness at *url*, oldest first."""

    def __init__(self, url: str, key: CenterKey, metrics: Metrics) -> None:
        self._url = url
        self._key = key
        self._metrics = metrics
        self._waiting = deque[SignedHead](maxlen=MOST_WAITING)
        self._added = asyncio.Event()

    def add(self, signed: SignedHead) -> None:
        """Have *signed* sent; where too many wait, the oldest is dropped."""
        self._waiting.append(signed)
        self._added.set()

    @property
    def waiting(self) -> Sequence[SignedHead]:
        """The heads that the witness has not taken."""
        return self._waiting

    async def run(self) -> None:
        """Send what is added until cancelled."""
        timeout = aiohttp.ClientTimeout(total=ANSWER_S)
        async with aiohttp.ClientSession(timeout=timeout, cookie_jar=aiohttp.DummyCookieJar()) as http:
            while True:
                await self._added.wait()
                self._added.clear()
                await self._send_all(http)

    async def _send_all(self, http: aiohttp.ClientSession) -> None:
        failures = 0
        while self._waiting:
            signed = self._waiting[0]
            if (fault := await self._send(http, signed)) is None:
                failures = 0
                if self._waiting and self._waiting[0] is signed:
                    self._waiting.popleft()
                continue
            failures += 1
            self._metrics.audit_failures.labels("witness").inc()
            log.warning("witness has not taken a head; retrying", witness=self._url, reason=fault)
            await asyncio.sleep(WITNESS_AGAIN.delay(failures))

    async def _send(self, http: aiohttp.ClientSession, signed: SignedHead) -> str | None:
        """Send *signed*; return why it was not taken, or None."""
        headers = {"Content-Type": "application/json", "Tocsin-Public-Key": self._key.public.hex()}
        try:
            async with http.post(
                self._url, data=signed.line.encode(), headers=headers, allow_redirects=False
            ) as answer:
                return None if 200 <= answer.status < 300 else f"answered {answer.status}"
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return str(error) or type(error).__name__
