"""Gateways in a storm: packets of MQTT 3.1.1 written at an even pace, and what came back for them."""

import asyncio
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from alerting.engine.arrivals import ArrivedSignals
from bench._probe import length_of
from contract.messages import decode_receipt, encode, encode_alarm

PACE = 50
"""Messages that are written between two looks at the clock."""

CONNECT = b"\x10\x11\x00\x04MQTT\x04\x02\x00\x3c\x00\x05storm"
QOS_1 = 0x32
IDS = 65_535


def packets(root: str, messages: Iterable[ArrivedSignals]) -> list[bytes]:
    """Return the PUBLISH of each of *messages*, with QoS 1 (MQTT 3.1.1, 3.3)."""
    made = []
    for number, each in enumerate(messages):
        topic = f"{root}/{each.premises}/{each.gateway}/alarm".encode()
        payload = encode_alarm(each.epoch, each.floor, [encode(one) for one in each.signals])
        packet_id = (number % IDS + 1).to_bytes(2, "big")
        rest = len(topic).to_bytes(2, "big") + topic + packet_id + payload
        made.append(bytes((QOS_1,)) + length_of(len(rest)) + rest)
    return made


async def publish(port: int, made: list[bytes], *, per_second: int) -> None:
    """Write *made* to the broker on *port*; its acknowledgements are read and not looked at."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(CONNECT)
    await reader.readexactly(4)
    acknowledged = asyncio.create_task(_read(reader, 4 * len(made)))
    began = time.perf_counter()
    for at in range(0, len(made), PACE):
        await asyncio.sleep(max(0.0, began + at / per_second - time.perf_counter()))
        writer.writelines(made[at : at + PACE])
        await writer.drain()
    await acknowledged
    writer.close()


async def _read(reader: asyncio.StreamReader, length: int) -> None:
    while length > 0 and (came := await reader.read(65_536)):
        length -= len(came)


@dataclass
class Receipts:
    """The receipts that came, undecoded, each with its time in seconds of ``time.time``."""

    came: list[tuple[float, bytes]] = field(default_factory=list)

    def stored(self) -> int:
        """Return the number of signals that they say are stored."""
        return sum(len(decode_receipt(payload).stored) for _, payload in self.came)


@contextmanager
def receipts(port: int, root: str) -> Iterator[Receipts]:
    """Keep the receipts of all gateways within the block."""
    kept, client = Receipts(), mqtt.Client(CallbackAPIVersion.VERSION2)
    client.on_message = lambda _client, _data, message: kept.came.append(
        (time.time(), bytes(message.payload))
    )
    client.on_connect = partial(_subscribe, f"{root}/+/+/receipt/alarm")
    client.connect("127.0.0.1", port)
    client.loop_start()
    try:
        yield kept
    finally:
        client.disconnect()
        client.loop_stop()


def _subscribe(topic: str, client: mqtt.Client, *_of_connection: object) -> None:
    client.subscribe(topic, qos=0)
