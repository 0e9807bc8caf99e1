"""Where a service sets aside what it cannot take: on disk, with the reason, for a person to look at.

One JSON object a line: ``at``, ``source`` (a topic or a line), ``reason``, ``detail`` and the
``payload`` in base64. A payload that stands there already is counted, not written again, so that
a message that is sent again and again does not fill the disk.
"""

import base64
import hashlib
import json
import os
from collections import OrderedDict
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter

from runtime.clock import Clock

REMEMBERED = 10_000
"""How many payloads are remembered as written; an older one may be written a second time."""


class Quarantine:
    """An append-only file of refused messages, one a day, below *folder*."""

    def __init__(self, folder: Path, clock: Clock, metrics: CollectorRegistry) -> None:
        self._folder = folder
        self._clock = clock
        self._written: OrderedDict[bytes, None] = OrderedDict()
        self._count = Counter(
            "tocsin_quarantined", "Messages set aside, by reason", ["reason"], registry=metrics
        )
        folder.mkdir(parents=True, exist_ok=True)

    def put(self, source: str, payload: bytes, *, reason: str, detail: str) -> None:
        """Set *payload* aside durably; raises OSError if the disk does not take it."""
        self._count.labels(reason).inc()
        digest = hashlib.sha256(source.encode() + b"\0" + payload).digest()
        if digest in self._written:
            return
        now = self._clock()
        record = {
            "at": now.isoformat(),
            "source": source,
            "reason": reason,
            "detail": detail,
            "payload": base64.b64encode(payload).decode(),
        }
        with (self._folder / f"{now:%Y-%m-%d}.jsonl").open("a") as file:
            file.write(json.dumps(record) + "\n")
            file.flush()
            os.fsync(file.fileno())
        self._remember(digest)

    def _remember(self, digest: bytes) -> None:
        self._written[digest] = None
        if len(self._written) > REMEMBERED:
            self._written.popitem(last=False)
