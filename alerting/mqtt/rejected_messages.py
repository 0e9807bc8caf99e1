"""Quarantines messages that cannot be read, away from the path of alarms and within a quota."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import structlog

from alerting.domain.fairness.token_bucket import Rate, TokenBucket
from alerting.metrics import Metrics
from alerting.mqtt.waiting_message import WaitingMessage
from contract.ids import GatewayKey
from contract.messages import BadSignal
from contract.recovered_fires import RecoveredFire, recover_fires, recover_fires_of_signal
from runtime.own_thread import PurposeThreads
from runtime.quarantine import Quarantine, RefusedPayload
from runtime.sender_log import SenderLog

log = structlog.get_logger(__name__)
log_of_senders = SenderLog(log)

KEPT = Rate(100, 1.0)
"""Messages of one gateway that are kept, at once and a second: enough to see what is wrong with it."""

KEPT_BYTES = Rate(4 * 1_048_576, 16 * 1_024)
"""Bytes of these."""

WAITING = 1_000
"""Messages that wait for the disk; beyond it they are counted, and not kept."""

IN_BATCH = 200
"""Messages that are written with one sync of the disk."""

READ_AT_ONCE = 16 * 1_024
"""Bytes of a message in which fires are looked for at once; in a longer one, on another thread."""

READ_AT_ONCE_BYTES = Rate(1_048_576, 131_072)
"""Bytes of such short texts of one gateway that are read at once, at once and a second; what is beyond
is read on the other thread as well."""

MOST_UNREAD = 100
"""Texts of one gateway that wait for that thread: it serves all."""

READ_TOGETHER = 64 * 1_024
"""Bytes of short texts that the other thread reads for one wake-up."""

READ_BYTES = Rate(16 * 1_048_576, 262_144)
"""Bytes of longer messages of one gateway in which fires are looked for, at once and a second."""

MOST_GATEWAYS = 10_000
"""Gateways whose quota is remembered; one that sent nothing bad for longest begins anew."""

NOBODY = GatewayKey("", "")
"""The sender of a message on a topic that is not a gateway's."""


class _Quota:
    def __init__(self, now: float) -> None:
        self.kept = TokenBucket(KEPT, now)
        self.kept_bytes = TokenBucket(KEPT_BYTES, now)
        self.read_at_once = TokenBucket(READ_AT_ONCE_BYTES, now)
        self.read_bytes = TokenBucket(READ_BYTES, now)
        self.unread = 0

    def takes_at_once(self, size: int, now: float) -> bool:
        """Return whether a text of *size* bytes is read at once, and count it if so."""
        if size > READ_AT_ONCE or not self.read_at_once.has_tokens(size, now):
            return False
        self.read_at_once.take_tokens(size, now)
        return True

    def takes_later(self, size: int, now: float) -> bool:
        """Return whether it is read on the other thread, and count it if so."""
        if self.unread >= MOST_UNREAD or not self.read_bytes.has_tokens(size, now):
            return False
        self.read_bytes.take_tokens(size, now)
        self.unread += 1
        return True


class RejectedMessages:
    """Writes rejected messages to *quarantine*, a batch at a time, and has fires in them told.

    *on_fires* takes a message again with the fires that were read in it on another thread; *now* is
    the time in seconds. Nobody waits for this: such a message has no receipt.
    """

    def __init__(
        self,
        quarantine: Quarantine,
        *,
        metrics: Metrics,
        now: Callable[[], float],
        on_fires: Callable[[WaitingMessage], None],
    ) -> None:
        self._quarantine = quarantine
        self._metrics = metrics
        self._now = now
        self._on_fires = on_fires
        self._quotas: OrderedDict[GatewayKey, _Quota] = OrderedDict()
        self._waiting: asyncio.Queue[RefusedPayload] = asyncio.Queue(WAITING)
        self._reader = PurposeThreads("unreadable")
        self._unread: asyncio.Queue[WaitingMessage] = asyncio.Queue(WAITING)

    def reject_message(
        self, key: GatewayKey, source: str, payload: bytes, *, reason: str, detail: str
    ) -> None:
        """Count a message, and keep it if the quota of its gateway allows."""
        self._quarantine.count(reason)
        quota, now = self._quota(key), self._now()
        within = quota.kept.has_tokens(1, now) and quota.kept_bytes.has_tokens(len(payload), now)
        if not within or self._waiting.full():
            self._metrics.quarantine_failures.inc()
            return
        quota.kept.take_tokens(1, now)
        quota.kept_bytes.take_tokens(len(payload), now)
        self._waiting.put_nowait(RefusedPayload(source, payload, reason=reason, detail=detail))

    def reject_alarm(
        self, message: WaitingMessage, *, reason: str, detail: str
    ) -> Sequence[RecoveredFire]:
        """Reject *message*; return the fires in a short one, and have them found in a long one."""
        self.reject_message(message.key, message.source, message.payload, reason=reason, detail=detail)
        if self._quota(message.key).takes_at_once(message.size, self._now()):
            return recover_fires(message.payload)
        self._read_later(message)
        return ()

    def recover_in_signal(
        self, message: WaitingMessage, bad: BadSignal
    ) -> Sequence[RecoveredFire] | None:
        """Return the fires in a short *bad* signal of *message*; reject a long one, have them found on
        the other thread, and return None.
        """
        if self._quota(message.key).takes_at_once(len(bad.raw), self._now()):
            return recover_fires_of_signal(bad.raw)
        self.reject_message(message.key, message.source, bad.raw, reason="bad_signal", detail=bad.reason)
        self._read_later(WaitingMessage(message.key, message.source, bad.raw, message.received_at))
        return None

    def _read_later(self, text: WaitingMessage) -> None:
        """Have the fires in *text* found on the other thread, if the quota of its gateway allows."""
        if not self._unread.full() and self._quota(text.key).takes_later(text.size, self._now()):
            self._unread.put_nowait(text)

    async def run(self) -> None:
        """Write and read until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._run_writing(), name="set aside")
            tasks.create_task(self._run_reading(), name="fires in what cannot be read")

    async def _run_writing(self) -> None:
        while True:
            batch = [await self._waiting.get()]
            while len(batch) < IN_BATCH and not self._waiting.empty():
                batch.append(self._waiting.get_nowait())
            first = batch[0]
            log_of_senders.warning(
                "messages quarantined",
                sender=first.source,
                count=len(batch),
                source=first.source,
                reason=first.reason,
                detail=first.detail,
            )
            await self._write(batch)

    async def _write(self, batch: Sequence[RefusedPayload]) -> None:
        try:
            await self._quarantine.store_all(batch)
        except OSError as error:
            log_of_senders.error(
                "quarantine write failed; free disk space", sender="", reason=str(error)
            )

    async def _run_reading(self) -> None:
        while True:
            texts = [await self._unread.get()]
            size = texts[0].size
            while size < READ_TOGETHER and not self._unread.empty():
                texts.append(self._unread.get_nowait())
                size += texts[-1].size
            for text in texts:
                self._quota(text.key).unread -= 1
            for found in await self._reader.run(partial(_with_fires, texts)):
                self._on_fires(found)

    def _quota(self, key: GatewayKey) -> _Quota:
        quota = self._quotas.setdefault(key, _Quota(self._now()))
        self._quotas.move_to_end(key)
        if len(self._quotas) > MOST_GATEWAYS:
            self._quotas.popitem(last=False)
        return quota


def _with_fires(texts: Sequence[WaitingMessage]) -> list[WaitingMessage]:
    """Return those of *texts* in which there are fires, with these."""
    read = ((text, recover_fires(text.payload)) for text in texts)
    return [replace(text, fires=tuple(fires)) for text, fires in read if fires]
