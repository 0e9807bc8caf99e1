"""The quarantine: payloads that a service cannot accept, on disk with the reason, for a person to see.

One JSON object a line: ``at``, ``source`` (a topic or a line), ``reason``, ``detail``, ``size`` in bytes
and the ``payload`` in base64. A payload that stands there already is counted, not written again, so
that a message that is sent again and again does not fill the disk; nor does a flood of different
ones, because a day has a bound.
"""

import base64
import hashlib
import json
import os
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

import structlog
from prometheus_client import CollectorRegistry, Counter

from contract.messages import MAX_PAYLOAD
from runtime.clock import Clock
from runtime.own_files import open_own
from runtime.own_thread import PurposeThreads

log = structlog.get_logger(__name__)

REMEMBERED = 10_000
"""Payloads that are remembered as written; an older one may be written a second time."""

MOST_BYTES_A_DAY = 256 * 1_048_576
"""Size of one day's file in bytes: far more than any fault but a flood writes, far less than a disk."""


@dataclass(frozen=True, slots=True)
class RefusedPayload:
    """A payload from *source*, with the reason why it was refused."""

    source: str
    payload: bytes
    reason: str = field(kw_only=True)
    detail: str = field(kw_only=True)

    @property
    def digest(self) -> bytes:
        """The digest by which the same payload from the same source is known again."""
        return hashlib.sha256(self.source.encode() + b"\0" + self.payload).digest()

    def line_at(self, at: datetime) -> bytes:
        """Return the line of the file."""
        record = {
            "at": at.isoformat(),
            "source": self.source,
            "reason": self.reason,
            "detail": self.detail,
            "size": len(self.payload),
            "payload": base64.b64encode(self.payload[:MAX_PAYLOAD]).decode(),
        }
        return json.dumps(record).encode() + b"\n"


class QuarantineFull(OSError):
    """Today's file has reached its bound; nothing of this payload is stored."""


class Quarantine:
    """An append-only file of refused messages, one a day, below *folder*; any thread may use it.

    A payload larger than a message may be is cut to that size; ``size`` is the original one. Nothing is
    stored while *closed* names a reason, such as a disk that is nearly full.
    """

    def __init__(
        self,
        folder: Path,
        clock: Clock,
        metrics: CollectorRegistry,
        *,
        most_bytes_a_day: int = MOST_BYTES_A_DAY,
    ) -> None:
        self._folder = folder
        self._clock = clock
        self._most_bytes = most_bytes_a_day
        self._written: OrderedDict[bytes, None] = OrderedDict()
        self._lock = threading.Lock()
        self._count = Counter(
            "tocsin_quarantined", "Messages quarantined, by reason", ["reason"], registry=metrics
        )
        self._failed = Counter(
            "tocsin_quarantine_failed", "Quarantine writes that the disk refused", registry=metrics
        )
        self._thread = PurposeThreads("quarantine")
        self.closed: str | None = None
        self._make_folder()

    async def store(self, source: str, payload: bytes, *, reason: str, detail: str) -> None:
        """Store *payload* durably, in the thread of the quarantine; raises as ``store_payload``."""
        await self._thread.run(lambda: self.store_payload(source, payload, reason=reason, detail=detail))

    async def tidy(self, before: date) -> int:
        """Delete the files of the days before *before*, in that thread; return how many."""
        return await self._thread.run(lambda: self.delete_before(before))

    async def store_all(self, batch: Sequence[RefusedPayload]) -> None:
        """Store *batch* durably, in that thread; raises as ``store_batch``."""
        await self._thread.run(lambda: self.store_batch(batch))

    def count(self, reason: str, count: int = 1) -> None:
        """Count what was refused for *reason*, be it stored or not."""
        self._count.labels(reason).inc(count)

    def store_payload(self, source: str, payload: bytes, *, reason: str, detail: str) -> None:
        """Count and store *payload* durably; raises OSError if the disk does not take it.

        QuarantineFull is such an OSError: the sender must then keep the payload and send it again.
        """
        self.count(reason)
        self.store_batch([RefusedPayload(source, payload, reason=reason, detail=detail)])

    def store_batch(self, batch: Sequence[RefusedPayload]) -> None:
        """Store all of *batch* durably, with one sync of the disk, or nothing; raises OSError then.

        They were counted when they were refused.
        """
        with self._lock:
            new = {each.digest: each for each in batch if each.digest not in self._written}
            if not new:
                return
            if self.closed is not None:
                self._failed.inc(len(new))
                raise QuarantineFull(self.closed)
            try:
                self._append(list(new.values()))
            except OSError:
                self._failed.inc(len(new))
                raise
            for digest in new:
                self._remember(digest)

    def delete_before(self, before: date) -> int:
        """Delete the files of the days before *before*; return how many."""
        old = [file for file in self._folder.glob("????-??-??.jsonl") if file.stem < before.isoformat()]
        for file in old:
            file.unlink(missing_ok=True)
        return len(old)

    def _make_folder(self) -> None:
        """Make the folder; without it each write fails, and an alarm must get through all the same."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            log.error("no quarantine; what cannot be read is counted alone", reason=str(error))

    def _append(self, payloads: Sequence[RefusedPayload]) -> None:
        now = self._clock()
        lines = b"".join(each.line_at(now) for each in payloads)
        with open_own(self._folder / f"{now:%Y-%m-%d}.jsonl", "ab") as file:
            begin = file.tell()
            if begin + len(lines) > self._most_bytes:
                raise QuarantineFull(
                    f"{file.name} has reached {self._most_bytes} bytes; see why so much is refused"
                )
            try:
                file.write(lines)
                file.flush()
                os.fsync(file.fileno())
            except OSError:
                file.truncate(begin)  # half a line would spoil the next one
                raise

    def _remember(self, digest: bytes) -> None:
        self._written[digest] = None
        if len(self._written) > REMEMBERED:
            self._written.popitem(last=False)
