"""The batches that arrived and are not decoded yet: bounded in bytes, and taken gateway by gateway."""

import asyncio
from dataclasses import dataclass

from contract.ids import GatewayKey
from contract.topics import Topic
from ingest.domain.turn_queue import TurnQueue
from runtime.mqtt_message import MqttMessage

MOST_BYTES = 64 * 1_048_576
"""Bytes that wait in all. Beyond, the latest messages of the gateway of which most waits are dropped:
it sends them again. A gateway of Tocsin's own has at most eight batches on the way."""

SHARE = 65_536
"""Bytes that a gateway passes in its turn: a few milliseconds of decoding."""


@dataclass(frozen=True, slots=True)
class ArrivedBatch:
    """A message under the topic of a gateway."""

    topic: Topic
    message: MqttMessage

    @property
    def gateway(self) -> GatewayKey:
        """The gateway in whose name it was sent."""
        return GatewayKey(self.topic.premises, self.topic.gateway)


class ArrivalQueue:
    """The messages that arrived, in turns of their gateways."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._queue: TurnQueue[GatewayKey, ArrivedBatch] = TurnQueue(SHARE)
        self._any = asyncio.Event()

    def add(self, arrival: ArrivedBatch) -> list[ArrivedBatch]:
        """Add *arrival*; return what had to be dropped for lack of room."""
        dropped: list[ArrivedBatch] = []
        self._queue.add(arrival.gateway, arrival, size=len(arrival.message.payload) + 1)
        while self._queue.size > self._most_bytes:
            displaced = self._queue.displace(at_least=0)
            if displaced is None:
                break
            dropped.append(displaced)
        if self._queue:
            self._any.set()
        return dropped

    async def take(self) -> ArrivedBatch:
        """Take the message whose turn it is, as soon as there is one."""
        while True:
            await self._any.wait()
            arrival = self._queue.take()
            if arrival is not None:
                return arrival
            self._any.clear()
