"""Publishes receipts: which batches are durably stored, so that gateways may forget them."""

import asyncio
from collections import OrderedDict
from collections.abc import Iterable

from contract.ids import StreamKey
from contract.messages import MAX_PROOFS, Proof, receipts_of
from contract.topics import Leaf, Topic
from ingest.adapters.metrics import Metrics
from ingest.domain.batches import BatchId
from runtime.mqtt import BrokerAway
from runtime.mqtt_sessions import MqttSessions

AT_ONCE = 100
"""Receipts that are handed to the broker together; each waits one round trip for its PUBACK."""


class ReceiptSender:
    """The receipts that are due: of each stream, the batches that were stored since the last one.

    A receipt that cannot be sent is dropped and counted: the gateway sends its batches again, and
    that makes their receipt due again.
    """

    def __init__(self, root: str, metrics: Metrics) -> None:
        self._root = root
        self._metrics = metrics
        self._due: OrderedDict[StreamKey, list[Proof]] = OrderedDict()
        self._any = asyncio.Event()

    def add_due(self, batch_ids: Iterable[BatchId]) -> None:
        """Have receipts of *batch_ids*, which must be durable, sent as soon as possible."""
        for batch_id in batch_ids:
            proofs = self._due.setdefault(batch_id.stream, [])
            if len(proofs) < MAX_PROOFS:
                proofs.append(batch_id.proof)
        if self._due:
            self._any.set()

    async def send_forever(self, session: MqttSessions) -> None:
        """Send what becomes due, until cancelled."""
        while True:
            await self._any.wait()
            some = [self._due.popitem(last=False) for _ in range(min(AT_ONCE, len(self._due)))]
            if not self._due:
                self._any.clear()
            async with asyncio.TaskGroup() as tasks:
                for stream, proofs in some:
                    tasks.create_task(self._send(session, stream, proofs))

    async def _send(self, session: MqttSessions, stream: StreamKey, proofs: list[Proof]) -> None:
        topic = Topic(stream.premises, stream.gateway, Leaf.RECEIPT_TELEMETRY).under(self._root)
        try:
            for receipt in receipts_of(stream.epoch, proofs):
                await session.publish(topic, receipt)
        except BrokerAway:
            self._metrics.receipts.labels("lost").inc()
        else:
            self._metrics.receipts.labels("sent").inc()
