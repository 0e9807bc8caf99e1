"""One lane to the center: what is stored is sent, and sent again until a receipt proves it."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from enum import StrEnum
from typing import Protocol

import structlog

from contract.messages import LaneState, Proof, Receipt
from contract.proof import digest
from contract.times import to_micros
from gateway.adapters.metrics import Metrics
from gateway.domain.window import Window
from runtime.backoff import Backoff
from runtime.clock import Clock
from runtime.mqtt import Away
from runtime.spool import Entry, NotRead, NotStored, Spool

log = structlog.get_logger(__name__)

Entries = Sequence[tuple[int, bytes]]
Compose = Callable[[str, int, Entries], bytes]
"""Makes one message of epoch, floor and entries."""


class Refusal(StrEnum):
    """Reason why a receipt is not believed."""

    NOT_SENT = "not_sent"
    OTHER_BYTES = "other_bytes"


class Publish(Protocol):
    """How a lane's messages are handed over."""

    async def __call__(self, body: bytes, *, again: bool) -> None:
        """Hand *body* over; *again* if some of it was sent before. Raises Away."""


_DISK_RETRY_S = 1.0


class Lane:
    """Sends what *spool* holds.

    *urgent* lanes send what is new at once, whatever else waits; the others send in order and let
    the spool hold what the window does not. At most *at_once* messages are handed to the connection
    at a time, each of up to *group* entries: so nothing piles up in front of another lane.
    """

    def __init__(
        self,
        name: str,
        spool: Spool,
        *,
        compose: Compose,
        publish: Publish,
        window: int,
        resending: Backoff,
        group: int,
        at_once: int,
        urgent: bool,
        clock: Clock,
        metrics: Metrics,
    ) -> None:
        self.name = name
        self.spool = spool
        self.thinned = 0
        self._compose = compose
        self._publish = publish
        self._window = Window(window, resending)
        self._group = group
        self._at_once = at_once
        self._urgent = urgent
        self._clock = clock
        self._metrics = metrics
        self._up = False
        self._in_hand = 0
        self._behind = spool.depth.entries > 0  # the spool may hold what the window does not
        self._driven_out = False  # something left the window that was read from the spool before
        self._read_through = 0
        self._page = min(1_000, window)
        self._lag = asyncio.Event()
        if self._behind:
            self._lag.set()
        self._wake = asyncio.Event()
        self._covered = asyncio.Event()
        self._news = asyncio.Event()  # set for a moment with each receipt
        self._proven: dict[int, str] = {}  # to be let go, with the digests that receipts name
        self._given_up: set[int] = set()
        self._letting_go: set[int] = set()
        self.refused_at: float | None = None

    async def add(self, build: Callable[[int], bytes], *, instead_of: Sequence[Entry] = ()) -> int:
        """Store what *build* makes of its number, then have it sent; raises NotStored.

        What it stands *instead_of* is forgotten in the same commit, and sent no more.
        """
        body = b""

        def built(seq: int) -> bytes:
            nonlocal body
            body = build(seq)
            return body

        seq = await self.spool.append(built, instead_of=instead_of)
        self._window.cover(each.seq for each in instead_of)
        if self._urgent:
            if not self._window.push(seq, body):
                self._behind = self._driven_out = True
        elif self._behind or not self._window.offer(seq, body):
            self._behind = True
        if self._behind:
            self._lag.set()
        self._wake.set()
        return seq

    def is_on_its_way(self, seq: int) -> bool:
        """Whether *seq* is sent, or about to be."""
        return seq in self._window

    async def receipted(self, seq: int) -> None:
        """Wait until a receipt covers *seq*."""
        while seq in self._window:
            await self._news.wait()

    def connection_is(self, *, up: bool) -> None:
        """The connection came back, so that all is sent again, or went."""
        self._up = up
        if up:
            self._window.everything_is_due()
        self._wake.set()

    def take_receipt(self, receipt: Receipt) -> bool:
        """Let go what *receipt* proves; False if it is not about this lane's epoch."""
        if receipt.epoch != self.spool.epoch:
            return False
        refused = [(proof.seq, why) for proof in receipt.stored if (why := self._take_proof(proof))]
        self._refuse(refused)
        if self._urgent:
            self._window.hurry(asyncio.get_running_loop().time())
        self._covered.set()
        self._news.set()
        self._news.clear()
        self._lag.set()
        self._wake.set()
        return True

    def state(self) -> LaneState:
        """For the heartbeat."""
        depth = self.spool.depth
        age = 0.0
        if depth.oldest_at is not None:
            age = max(0.0, (to_micros(self._clock()) - depth.oldest_at) / 1e6)
        return LaneState(
            epoch=self.spool.epoch,
            depth=depth.entries,
            oldest_age_s=round(age, 3),
            last_seq=self.spool.stored_seq,
            thinned=self.thinned,
            skipped=self.spool.skipped,
        )

    def forget(self, seqs: Sequence[int]) -> None:
        """Send these no more: they have been given up, or travel elsewhere."""
        self._given_up.update(seqs)
        self._window.cover(seqs)
        self._covered.set()

    def _take_proof(self, proof: Proof) -> Refusal | None:
        body = self._window.body(proof.seq)
        if proof.seq > self.spool.last_seq:
            return Refusal.NOT_SENT
        if body is None:
            self._proven.setdefault(proof.seq, proof.digest)  # gone already, or the disk will say
            return None
        if digest(body) != proof.digest:
            return Refusal.OTHER_BYTES
        self._proven[proof.seq] = proof.digest
        self._metrics.released.labels(self.name).inc(self._window.cover([proof.seq]))
        return None

    def _refuse(self, refused: Sequence[tuple[int, Refusal]]) -> None:
        """Keep these, which somebody says are stored and the center cannot hold as they are here."""
        if not refused:
            return
        self.refused_at = asyncio.get_running_loop().time()
        for _, why in refused:
            self._metrics.refused_receipts.labels(self.name, why.value).inc()
        # Once for each receipt: whoever forges them shall not fill the disk of the site.
        seq, why = refused[0]
        log.error("receipt refused", lane=self.name, kept=len(refused), first=seq, reason=why.value)

    async def run(self) -> None:
        """Send, send again and let go, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._let_go(), name=f"{self.name} let go")
            tasks.create_task(self._keep_up(), name=f"{self.name} keep up")
            while True:
                self._wake.clear()
                self._send_due(tasks)
                await self._until_something_is_due()

    def _send_due(self, tasks: asyncio.TaskGroup) -> None:
        now = asyncio.get_running_loop().time()
        while self._up and self._in_hand < self._at_once:
            entries = self._window.take_due(now, self._group)
            if not entries:
                return
            self._in_hand += 1
            tasks.create_task(self._send(entries), name=f"{self.name} send")

    async def _send(self, entries: Entries) -> None:
        message = self._compose(self.spool.epoch, self.spool.depth.floor, entries)
        again = sum(self._window.was_sent_before(seq) for seq, _ in entries)
        self._metrics.sent.labels(self.name).inc()
        self._metrics.resent.labels(self.name).inc(again)
        try:
            await self._publish(message, again=again > 0)
        except Away as error:
            log.debug("not handed over; it will be sent again", lane=self.name, reason=str(error))
        finally:
            self._in_hand -= 1
            self._wake.set()

    async def _until_something_is_due(self) -> None:
        now = asyncio.get_running_loop().time()
        due = self._window.next_due(now) if self._up and self._in_hand < self._at_once else None
        with suppress(TimeoutError):
            async with asyncio.timeout(None if due is None else max(0.001, due - now)):
                await self._wake.wait()

    async def _keep_up(self) -> None:
        """Fill the window from the spool whenever that may hold more, apart from the sending."""
        while True:
            await self._lag.wait()
            self._lag.clear()
            try:
                await self._catch_up()
            except NotRead as error:
                log.error("the outbox cannot be read; trying again", lane=self.name, reason=str(error))
                await asyncio.sleep(_DISK_RETRY_S)
                self._lag.set()

    async def _catch_up(self) -> None:
        while self._behind and self._window.room > 0:
            self._behind = False  # whoever adds meanwhile says so again
            entries = await self.spool.entries(after=self._read_through, limit=self._page)
            more = len(entries) == self._page
            self._behind = self._behind or more
            for entry in entries:
                if not self._hold(entry):
                    self._behind = True
                    return
                self._read_through = entry.seq
            if not more:
                self._read_through = 0
                self._behind = self._behind or self._driven_out
                self._driven_out = False
            self._wake.set()

    def _hold(self, entry: Entry) -> bool:
        if entry.seq in self._given_up or entry.seq in self._letting_go:
            return True
        if self._proven.get(entry.seq) == digest(entry.body):
            return True
        return self._window.offer(entry.seq, entry.body)

    async def _let_go(self) -> None:
        """Delete what receipts covered; several receipts share one commit."""
        while True:
            await self._covered.wait()
            self._covered.clear()
            proven, given_up = self._proven, self._given_up
            self._proven, self._given_up = {}, set()
            self._letting_go = {*proven, *given_up}
            try:
                await self._release(proven, given_up)
            except NotStored as error:
                log.error("the outbox cannot let go; trying again", lane=self.name, reason=str(error))
                self._proven = proven | self._proven
                self._given_up |= given_up
                self._covered.set()
                await asyncio.sleep(_DISK_RETRY_S)
            finally:
                self._letting_go = set()

    async def _release(self, proven: dict[int, str], given_up: set[int]) -> None:
        if proven:
            differ = await self.spool.release_proven(proven)
            self._refuse([(seq, Refusal.OTHER_BYTES) for seq in differ])
        if given_up:
            await self.spool.release(through=0, above=given_up)
