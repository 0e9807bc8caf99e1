"""Send the entries of one lane to the center, and resend them until a receipt proves them stored."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from enum import StrEnum
from typing import Protocol

import structlog
from prometheus_client import Counter

from contract.digests import digest
from contract.messages import LaneState, Proof, Receipt
from contract.times import to_micros
from gateway.domain.uplink.send_window import SendWindow
from runtime.backoff import Backoff
from runtime.clock import Clock
from runtime.mqtt import BrokerAway
from runtime.spool import Depth, NotRead, NotStored, SpoolEntry

log = structlog.get_logger(__name__)

Entries = Sequence[tuple[int, bytes]]
Compose = Callable[[str, int, Entries], bytes]
"""Makes one message of epoch, floor and entries."""


class ReceiptRefusal(StrEnum):
    """The reason why a number in a receipt is not accepted."""

    NOT_SENT = "not_sent"
    OTHER_BYTES = "other_bytes"


class PublishMessage(Protocol):
    """Publishes a message of the lane."""

    async def __call__(self, body: bytes, *, again: bool) -> None:
        """Publish *body*; *again* if part of it was sent before. Raises BrokerAway."""


_DISK_RETRY_S = 1.0


class StoredEntries(Protocol):
    """The queue whose entries a lane sends; see runtime/spool.py, which is one."""

    epoch: str
    last_seq: int
    stored_seq: int
    skipped: int

    @property
    def depth(self) -> Depth:
        """The amount that waits."""
        ...

    async def append(
        self, build: Callable[[int], bytes], *, instead_of: Sequence[SpoolEntry] = ()
    ) -> int:
        """Store the body that *build* makes for the new number; raises NotStored."""
        ...

    async def entries(self, *, after: int = 0, limit: int = 1_000) -> list[SpoolEntry]:
        """Return up to *limit* entries numbered above *after*; raises NotRead."""
        ...

    async def release(self, *, through: int, above: Iterable[int] = ()) -> None:
        """Release all entries up to *through* and those numbered in *above*; raises NotStored."""
        ...

    async def release_proven(self, digests: Mapping[int, str]) -> list[int]:
        """Release entries whose bytes have these digests; return those that differ."""
        ...


class LaneMetrics(Protocol):
    """The counters of a lane, by its name."""

    sent_messages: Counter
    resent_entries: Counter
    receipted_entries: Counter
    refused_receipts: Counter


class LaneSender:
    """Sends the entries of *spool*.

    *urgent* lanes send what is new at once, whatever else waits; the others send in order and let
    the spool hold what the window does not. At most *at_once* messages are handed to the connection
    at a time, each of up to *group* entries: so nothing piles up in front of another lane.

    Where many lanes share a connection, each waits for its *turn*, and then sends all that is due.
    """

    def __init__(
        self,
        name: str,
        spool: StoredEntries,
        *,
        compose: Compose,
        publish: PublishMessage,
        window: int,
        resending: Backoff,
        group: int,
        at_once: int,
        urgent: bool,
        clock: Clock,
        metrics: LaneMetrics,
        turn: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self.name = name
        self.spool = spool
        self._turn = turn
        self.thinned = 0
        self._compose = compose
        self._publish = publish
        self._window = SendWindow(window, resending)
        self._group = group
        self._at_once = at_once
        self._urgent = urgent
        self._clock = clock
        self._metrics = metrics
        self._up = False
        self._being_published = 0
        self._spool_has_more = spool.depth.entries > 0  # the spool may hold what the window does not
        self._entry_displaced = False  # something left the window that was read from the spool before
        self._read_through = 0
        self._page = min(1_000, window)
        self._window_has_gap = asyncio.Event()
        if self._spool_has_more:
            self._window_has_gap.set()
        self._wake = asyncio.Event()
        self._covered = asyncio.Event()
        self._receipt_came = asyncio.Event()  # set for a moment with each receipt
        self._proven: dict[int, str] = {}  # to be let go, with the digests that receipts name
        self._given_up: set[int] = set()
        self._being_deleted: set[int] = set()
        self.refused_at: float | None = None

    async def store_entry(
        self, build: Callable[[int], bytes], *, instead_of: Sequence[SpoolEntry] = ()
    ) -> int:
        """Store the entry that *build* returns for its number, then have it sent; raise NotStored.

        What it stands *instead_of* is forgotten in the same commit, and sent no more.
        """
        body = b""

        def built(seq: int) -> bytes:
            nonlocal body
            body = build(seq)
            return body

        seq = await self.spool.append(built, instead_of=instead_of)
        self._window.remove_entries(each.seq for each in instead_of)
        self.send_stored(seq, body)
        return seq

    def send_stored(self, seq: int, body: bytes) -> None:
        """Have the entry *seq* sent, which the spool has stored."""
        if self._urgent:
            if not self._window.force_entry(seq, body):
                self._spool_has_more = self._entry_displaced = True
        elif self._spool_has_more or not self._window.offer_entry(seq, body):
            self._spool_has_more = True
        if self._spool_has_more:
            self._window_has_gap.set()
        self._wake.set()

    def is_in_window(self, seq: int) -> bool:
        """Return whether *seq* is sent, or about to be."""
        return seq in self._window

    async def wait_until_receipted(self, seq: int) -> None:
        """Wait until a receipt covers *seq*."""
        while seq in self._window:
            await self._receipt_came.wait()

    def set_connected(self, *, up: bool) -> None:
        """Note that the connection is lost, or back: then everything is sent again."""
        self._up = up
        if up:
            self._window.resend_everything()
        self._wake.set()

    def apply_receipt(self, receipt: Receipt) -> bool:
        """Delete the entries that *receipt* proves; return False if it names another epoch."""
        if receipt.epoch != self.spool.epoch:
            return False
        refused = [(proof.seq, why) for proof in receipt.stored if (why := self._apply_proof(proof))]
        self._report_refused(refused)
        if self._urgent:
            self._window.retry_now(asyncio.get_running_loop().time())
        self._covered.set()
        self._receipt_came.set()
        self._receipt_came.clear()
        self._window_has_gap.set()
        self._wake.set()
        return True

    def first_message(self) -> bytes | None:
        """Return the first entries that wait as one message, without counting it; None if none wait."""
        entries = self._window.first_entries(self._group)
        return self._compose(self.spool.epoch, self.spool.depth.floor, entries) if entries else None

    def state(self) -> LaneState:
        """Return the lane's state for the heartbeat."""
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

    def give_up_entries(self, seqs: Sequence[int]) -> None:
        """Stop sending these entries: they were dropped, or are stored elsewhere."""
        self._given_up.update(seqs)
        self._window.remove_entries(seqs)
        self._covered.set()

    def _apply_proof(self, proof: Proof) -> ReceiptRefusal | None:
        body = self._window.body(proof.seq)
        if proof.seq > self.spool.last_seq:
            return ReceiptRefusal.NOT_SENT
        if body is None:
            self._proven.setdefault(proof.seq, proof.digest)  # gone already, or the disk will say
            return None
        if digest(body) != proof.digest:
            return ReceiptRefusal.OTHER_BYTES
        self._proven[proof.seq] = proof.digest
        self._metrics.receipted_entries.labels(self.name).inc(self._window.remove_entries([proof.seq]))
        return None

    def _report_refused(self, refused: Sequence[tuple[int, ReceiptRefusal]]) -> None:
        """Count and log numbers of a receipt that are not accepted; their entries are kept."""
        if not refused:
            return
        self.refused_at = asyncio.get_running_loop().time()
        for _, why in refused:
            self._metrics.refused_receipts.labels(self.name, why.value).inc()
        # Once for each receipt: whoever forges them shall not fill the disk of the site.
        seq, why = refused[0]
        log.error("receipt refused", lane=self.name, kept=len(refused), first=seq, reason=why.value)

    async def run(self) -> None:
        """Send, resend and delete receipted entries until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._delete_receipted(), name=f"{self.name} let go")
            tasks.create_task(self._keep_window_full(), name=f"{self.name} keep up")
            while True:
                self._wake.clear()
                self._send_due(tasks)
                await self._wait_until_due()

    def _send_due(self, tasks: asyncio.TaskGroup) -> None:
        now = asyncio.get_running_loop().time()
        while self._up and self._being_published < self._at_once:
            if self._turn is not None:
                if not self._is_due(now):
                    return
                sending = self._send_in_turn(self._turn)
            elif entries := self._window.due_entries(now, self._group):
                sending = self._send(entries)
            else:
                return
            self._being_published += 1
            tasks.create_task(sending, name=f"{self.name} send")

    def _is_due(self, now: float) -> bool:
        due = self._window.next_due(now)
        return due is not None and due <= now

    async def _send_in_turn(self, turn: Callable[[], Awaitable[None]]) -> None:
        """Send what is due when the turn comes, also what came while it was waited for."""
        try:
            await turn()
            now = asyncio.get_running_loop().time()
            entries = self._window.due_entries(now, self._group) if self._up else []
            if entries:
                await self._publish_entries(entries)
        finally:
            self._make_room()

    async def _send(self, entries: Entries) -> None:
        try:
            await self._publish_entries(entries)
        finally:
            self._make_room()

    def _make_room(self) -> None:
        """Have the next message sent: one of those under way has ended."""
        self._being_published -= 1
        self._wake.set()

    async def _publish_entries(self, entries: Entries) -> None:
        message = self._compose(self.spool.epoch, self.spool.depth.floor, entries)
        again = sum(self._window.was_sent_before(seq) for seq, _ in entries)
        self._metrics.sent_messages.labels(self.name).inc()
        self._metrics.resent_entries.labels(self.name).inc(again)
        try:
            await self._publish(message, again=again > 0)
        except BrokerAway as error:
            log.debug("publish failed; resending later", lane=self.name, reason=str(error))

    async def _wait_until_due(self) -> None:
        now = asyncio.get_running_loop().time()
        due = self._window.next_due(now) if self._up and self._being_published < self._at_once else None
        with suppress(TimeoutError):
            async with asyncio.timeout(None if due is None else max(0.001, due - now)):
                await self._wake.wait()

    async def _keep_window_full(self) -> None:
        """Fill the window from the spool whenever the spool may hold more."""
        while True:
            await self._window_has_gap.wait()
            self._window_has_gap.clear()
            try:
                await self._fill_window()
            except NotRead as error:
                log.error("outbox read failed; retrying", lane=self.name, reason=str(error))
                await asyncio.sleep(_DISK_RETRY_S)
                self._window_has_gap.set()

    async def _fill_window(self) -> None:
        while self._spool_has_more and self._window.room > 0:
            self._spool_has_more = False  # whoever adds meanwhile says so again
            entries = await self.spool.entries(after=self._read_through, limit=self._page)
            more = len(entries) == self._page
            self._spool_has_more = self._spool_has_more or more
            for entry in entries:
                if not self._offer_to_window(entry):
                    self._spool_has_more = True
                    return
                self._read_through = entry.seq
            if not more:
                self._read_through = 0
                self._spool_has_more = self._spool_has_more or self._entry_displaced
                self._entry_displaced = False
            self._wake.set()

    def _offer_to_window(self, entry: SpoolEntry) -> bool:
        if entry.seq in self._given_up or entry.seq in self._being_deleted:
            return True
        if self._proven.get(entry.seq) == digest(entry.body):
            return True
        return self._window.offer_entry(entry.seq, entry.body)

    async def _delete_receipted(self) -> None:
        """Delete receipted entries; several receipts share one commit."""
        while True:
            await self._covered.wait()
            self._covered.clear()
            proven, given_up = self._proven, self._given_up
            self._proven, self._given_up = {}, set()
            self._being_deleted = {*proven, *given_up}
            try:
                await self._delete_from_spool(proven, given_up)
            except NotStored as error:
                log.error("outbox delete failed; retrying", lane=self.name, reason=str(error))
                self._proven = proven | self._proven
                self._given_up |= given_up
                self._covered.set()
                await asyncio.sleep(_DISK_RETRY_S)
            finally:
                self._being_deleted = set()

    async def _delete_from_spool(self, proven: dict[int, str], given_up: set[int]) -> None:
        if proven:
            differ = await self.spool.release_proven(proven)
            self._report_refused([(seq, ReceiptRefusal.OTHER_BYTES) for seq in differ])
        if given_up:
            await self.spool.release(through=0, above=given_up)
