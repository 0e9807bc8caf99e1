"""Telling gateways what is durably stored, so that they may forget it."""

import asyncio
from collections import OrderedDict
from collections.abc import Iterable

from contract.messages import MAX_PROOFS, Proof, receipts_of
from contract.topics import Leaf, Topic
from ingest.adapters.metrics import Metrics
from ingest.domain.batches import Lane, Number
from runtime.brokers import Sessions
from runtime.mqtt import Away

AT_ONCE = 100
"""Receipts that are handed to the broker together; each waits one round trip for its PUBACK."""


class Receipts:
    """The receipts that are due: for each lane the batches that were stored since the last one.

    A receipt that cannot be sent is dropped and counted: the gateway sends its batches again, and
    that makes their receipt due again.
    """

    def __init__(self, root: str, metrics: Metrics) -> None:
        self._root = root
        self._metrics = metrics
        self._due: OrderedDict[Lane, list[Proof]] = OrderedDict()
        self._any = asyncio.Event()

    def due(self, numbers: Iterable[Number]) -> None:
        """Let gateways be told of *numbers* as soon as possible. Only for what is durable."""
        for number in numbers:
            proofs = self._due.setdefault(number.lane, [])
            if len(proofs) < MAX_PROOFS:
                proofs.append(number.proof)
        if self._due:
            self._any.set()

    async def send_forever(self, session: Sessions) -> None:
        """Send what becomes due, until cancelled."""
        while True:
            await self._any.wait()
            some = [self._due.popitem(last=False) for _ in range(min(AT_ONCE, len(self._due)))]
            if not self._due:
                self._any.clear()
            async with asyncio.TaskGroup() as tasks:
                for lane, proofs in some:
                    tasks.create_task(self._send(session, lane, proofs))

    async def _send(self, session: Sessions, lane: Lane, proofs: list[Proof]) -> None:
        topic = Topic(lane.premises, lane.gateway, Leaf.RECEIPT_TELEMETRY).under(self._root)
        try:
            for receipt in receipts_of(lane.epoch, proofs):
                await session.publish(topic, receipt)
        except Away:
            self._metrics.receipts.labels("lost").inc()
        else:
            self._metrics.receipts.labels("sent").inc()
