"""Telling gateways what is durably stored, so that they may forget it."""

import asyncio
from collections.abc import Iterable
from itertools import islice

from contract.messages import encode
from contract.topics import Leaf, Topic
from ingest.adapters.lanes import Lanes
from ingest.adapters.metrics import Metrics
from ingest.domain.batches import Lane
from runtime.brokers import Sessions
from runtime.mqtt import Away

AT_ONCE = 100
"""Receipts that are handed to the broker together; each waits one round trip for its PUBACK."""


class Receipts:
    """The receipts that are due: one for each lane, which tells all that is stored when it is sent.

    A receipt that cannot be sent is dropped and counted: the gateway sends its batch again, and
    that makes the receipt due again.
    """

    def __init__(self, lanes: Lanes, root: str, metrics: Metrics) -> None:
        self._lanes = lanes
        self._root = root
        self._metrics = metrics
        self._due: set[Lane] = set()
        self._any = asyncio.Event()

    def due(self, lanes: Iterable[Lane]) -> None:
        """Let *lanes* be told as soon as possible. Only for what is durable."""
        self._due.update(lanes)
        if self._due:
            self._any.set()

    async def send_forever(self, session: Sessions) -> None:
        """Send what becomes due, until cancelled."""
        while True:
            await self._any.wait()
            some = list(islice(self._due, AT_ONCE))
            self._due.difference_update(some)
            if not self._due:
                self._any.clear()
            async with asyncio.TaskGroup() as tasks:
                for lane in some:
                    tasks.create_task(self._send(session, lane))

    async def _send(self, session: Sessions, lane: Lane) -> None:
        topic = Topic(lane.premises, lane.gateway, Leaf.RECEIPT_TELEMETRY).under(self._root)
        try:
            await session.publish(topic, encode(self._lanes.receipt(lane)))
        except Away:
            self._metrics.receipts.labels("lost").inc()
        else:
            self._metrics.receipts.labels("sent").inc()
