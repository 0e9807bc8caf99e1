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
from datetime import date
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter

from contract.messages import MAX_PAYLOAD
from runtime.clock import Clock
from runtime.own_thread import PurposeThreads

REMEMBERED = 10_000
"""Payloads that are remembered as written; an older one may be written a second time."""

MOST_BYTES_A_DAY = 256 * 1_048_576
"""Size of one day's file in bytes: far more than any fault but a flood writes, far less than a disk."""


class QuarantineFull(OSError):
    """Today's file has reached its bound; nothing of this payload is stored."""


class Quarantine:
    """An append-only file of refused messages, one a day, below *folder*; any thread may use it.

    A payload larger than a message may be is cut to that size; ``size`` is the original one.
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
        folder.mkdir(parents=True, exist_ok=True)

    async def store(self, source: str, payload: bytes, *, reason: str, detail: str) -> None:
        """Store *payload* durably, in the thread of the quarantine; raises as ``store_payload``."""
        await self._thread.run(lambda: self.store_payload(source, payload, reason=reason, detail=detail))

    async def tidy(self, before: date) -> int:
        """Delete the files of the days before *before*, in that thread; return how many."""
        return await self._thread.run(lambda: self.delete_before(before))

    def store_payload(self, source: str, payload: bytes, *, reason: str, detail: str) -> None:
        """Store *payload* durably; raises OSError if the disk does not take it.

        QuarantineFull is such an OSError: the sender must then keep the payload and send it again.
        """
        self._count.labels(reason).inc()
        digest = hashlib.sha256(source.encode() + b"\0" + payload).digest()
        with self._lock:
            if digest in self._written:
                return
            try:
                self._append(source, payload, reason=reason, detail=detail)
            except OSError:
                self._failed.inc()
                raise
            self._remember(digest)

    def delete_before(self, before: date) -> int:
        """Delete the files of the days before *before*; return how many."""
        old = [file for file in self._folder.glob("????-??-??.jsonl") if file.stem < before.isoformat()]
        for file in old:
            file.unlink(missing_ok=True)
        return len(old)

    def _append(self, source: str, payload: bytes, *, reason: str, detail: str) -> None:
        now = self._clock()
        record = {
            "at": now.isoformat(),
            "source": source,
            "reason": reason,
            "detail": detail,
            "size": len(payload),
            "payload": base64.b64encode(payload[:MAX_PAYLOAD]).decode(),
        }
        line = json.dumps(record).encode() + b"\n"
        with (self._folder / f"{now:%Y-%m-%d}.jsonl").open("ab") as file:
            begin = file.tell()
            if begin + len(line) > self._most_bytes:
                raise QuarantineFull(
                    f"{file.name} has reached {self._most_bytes} bytes; see why so much is refused"
                )
            try:
                file.write(line)
                file.flush()
                os.fsync(file.fileno())
            except OSError:
                file.truncate(begin)  # half a line would spoil the next one
                raise

    def _remember(self, digest: bytes) -> None:
        self._written[digest] = None
        if len(self._written) > REMEMBERED:
            self._written.popitem(last=False)
