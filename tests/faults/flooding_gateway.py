"""A gateway that floods the center, and keeps what has no receipt, as every gateway does."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiomqtt

from contract.messages import Kind, decode_receipt, encode_alarm
from contract.times import to_micros
from runtime.clock import utc_now
from tests.support.waiting import ended

PREMISES = "noisy"
BASE = f"tocsin/v1/{PREMISES}/gw"
EPOCH = "e1"
POINTS = 20

IN_A_MESSAGE = 50
"""Signals that are sent again in one message, as a gateway does it."""


@dataclass
class FloodingGateway:
    """Its *outbox* has the signals without a receipt; *fire_at* is when its first fire was sent."""

    client: aiomqtt.Client
    outbox: dict[int, bytes] = field(default_factory=dict)
    sent: int = 0
    fire_at: int = 0

    async def flood(self, size: int) -> None:
        """Send faults, fires, big messages of points that nobody registered, and bad messages."""
        await self._send_singly(self._faults(10 * size))
        self.fire_at = to_micros(utc_now())
        await self._send_singly(self._fires(5 * size))
        for _ in range(3):
            await self._send(list(self._strangers(2 * size)))
        await self._send_singly(self._unreadable(size))
        for number in range(10 * size):
            await self.client.publish(f"{BASE}/alarm", b"{%d" % number, qos=1)

    async def listen(self) -> None:
        """Forget what is receipted; send the rest again when the center asks for it."""
        async for message in self.client.messages:
            stored = decode_receipt(bytes(message.payload)).stored
            for proof in stored:
                self.outbox.pop(proof.seq, None)
            if not stored:
                await self._send_again()

    async def _send_again(self) -> None:
        waiting = sorted(self.outbox.items())
        for at in range(0, len(waiting), IN_A_MESSAGE):
            await self._send([signal for _, signal in waiting[at : at + IN_A_MESSAGE]])

    def _faults(self, number: int) -> Iterator[bytes]:
        for at in range(number):
            yield self._signal(Kind.FAULT.value, f"smoke-{at % POINTS}")

    def _fires(self, number: int) -> Iterator[bytes]:
        for at in range(number):
            yield self._signal(Kind.FIRE.value, f"smoke-{at % POINTS}")

    def _strangers(self, number: int) -> Iterator[bytes]:
        for _ in range(number):
            yield self._signal(Kind.FIRE.value, f"stranger-{self.sent}")

    def _unreadable(self, number: int) -> Iterator[bytes]:
        for _ in range(number):
            yield self._signal("nokind", "smoke-0")

    def _signal(self, kind: str, name: str) -> bytes:
        """Return the next signal, and keep it."""
        self.sent += 1
        at = to_micros(utc_now())
        body = {"seq": self.sent, "kind": kind, "edge": "raised", "scope": "point", "name": name}
        body |= {"reason": "smoke_above_alarm", "changed_at": at, "committed_at": at}
        self.outbox[self.sent] = encoded = json.dumps(body).encode()
        return encoded

    async def _send_singly(self, signals: Iterator[bytes]) -> None:
        for each in signals:
            await self._send([each])

    async def _send(self, signals: Sequence[bytes]) -> None:
        payload = encode_alarm(EPOCH, min(self.outbox, default=1), list(signals))
        await self.client.publish(f"{BASE}/alarm", payload, qos=1)


@asynccontextmanager
async def flooding_gateway(broker: int) -> AsyncIterator[FloodingGateway]:
    """A gateway of the noisy premises at the *broker* within the block."""
    async with aiomqtt.Client(
        "127.0.0.1", broker, identifier="noisy", max_inflight_messages=1_000
    ) as client:
        one = FloodingGateway(client)
        await client.subscribe(f"{BASE}/receipt/alarm", qos=1)
        listening = asyncio.create_task(one.listen())
        try:
            yield one
        finally:
            await ended(listening)
