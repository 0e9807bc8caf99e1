"""Gateways that are not there: batches encoded beforehand, written to the broker as bytes of MQTT.

In a process of its own, and so cheap for each batch that whoever takes the readings is the bottleneck.
"""

import random
import select
import socket
import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection

from contract.messages import Series, decode_receipt, encode, encode_telemetry

PUBLISH, PUBACK_SIZE, CONNACK_SIZE = 0x30, 4, 4

RESEND_S = 5.0
"""Seconds without a receipt after which what has none is sent again, as gateways do."""

READ = 262_144


@dataclass(frozen=True)
class Load:
    """The batches: of *gateways* in turn, each of *points* points with *times* readings each.

    The first batch of each gateway comes before those that are measured.
    """

    batches: int
    gateways: int
    points: int
    times: int
    begin_us: int
    in_flight: int
    premises: str = "bench"

    @property
    def readings(self) -> int:
        """Readings in all."""
        return (self.gateways + self.batches) * self.points * self.times

    @property
    def measured(self) -> int:
        """Readings without the first batch of each gateway."""
        return self.batches * self.points * self.times


def series_of(load: Load) -> Iterator[tuple[int, int, list[Series]]]:
    """Yield gateway, number and series of each batch."""
    dice = random.Random(7)
    for number in range(load.gateways + load.batches):
        first = load.begin_us + number // load.gateways * load.times * 1_000_000
        series = [
            Series(
                point=f"smoke-{point:04}",
                quantity="smoke",
                t=[first + second * 1_000_000 + point for second in range(load.times)],
                v=[round(dice.uniform(0, 0.2), 4) for _ in range(load.times)],
            )
            for point in range(load.points)
        ]
        yield number % load.gateways, number // load.gateways + 1, series


def run(port: int, load: Load, pipe: Connection) -> None:
    """Send the first batch of each gateway and answer with the seconds until all are receipted.

    Then wait for the word to begin, send the rest, and answer with the seconds that it took.
    """
    publisher = _Publisher(port, load)
    rest = publisher.set_aside(load.batches)
    pipe.send(publisher.send_all())
    pipe.recv()
    publisher.unsent, publisher.sent_again = rest, 0
    pipe.send((publisher.send_all(), publisher.sent_again))


@dataclass
class _Publisher:
    """One connection to the broker on *port*."""

    port: int
    load: Load
    unsent: list[tuple[tuple[str, int], bytes]] = field(default_factory=list)
    waiting: dict[tuple[str, int], bytes] = field(default_factory=dict)
    sent_again: int = 0
    _heard: bytes = b""
    _heard_at: float = 0.0

    def __post_init__(self) -> None:
        self.unsent = [
            ((f"gw-{gateway}", seq), self._packet(f"gw-{gateway}", seq, series, number))
            for number, (gateway, seq, series) in enumerate(series_of(self.load))
        ][::-1]
        self._socket = socket.create_connection(("127.0.0.1", self.port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(_framed(0x10, _text(b"MQTT") + b"\x04\x02\x00\x00" + _text(b"bench")))
        self._socket.recv(CONNACK_SIZE, socket.MSG_WAITALL)
        topic = f"tocsin/v1/{self.load.premises}/+/receipt/telemetry".encode()
        self._socket.sendall(_framed(0x82, b"\x00\x01" + _text(topic) + b"\x00"))
        self._heard_at = time.monotonic()

    def _packet(self, gateway: str, seq: int, series: list[Series], number: int) -> bytes:
        topic = f"tocsin/v1/{self.load.premises}/{gateway}/telemetry".encode()
        body = encode_telemetry("bench", 1, seq, encode(series))
        return _framed(0x32, _text(topic) + struct.pack("!H", number % 60_000 + 1) + body)

    def set_aside(self, count: int) -> list[tuple[tuple[str, int], bytes]]:
        """Take the last *count* batches away, and return them."""
        aside, self.unsent = self.unsent[:count], self.unsent[count:]
        return aside

    def send_all(self) -> float:
        """Send all batches; return the seconds until the last receipt."""
        begin, self._heard_at = time.perf_counter(), time.monotonic()
        while self.waiting or self.unsent:
            self.send_what_has_room()
            self.read_receipts()
        return time.perf_counter() - begin

    def send_what_has_room(self) -> None:
        """Send as many batches as may be on the way without a receipt."""
        if time.monotonic() - self._heard_at > RESEND_S:
            self.sent_again += len(self.waiting)
            self._heard_at = time.monotonic()
            self._socket.sendall(b"".join(self.waiting.values()))
        packets = []
        while self.unsent and len(self.waiting) < self.load.in_flight:
            key, packet = self.unsent.pop()
            self.waiting[key] = packet
            packets.append(packet)
        if packets:
            self._socket.sendall(b"".join(packets))

    def read_receipts(self) -> None:
        """Take what the broker sent, for up to a tenth of a second."""
        readable, _, _ = select.select([self._socket], [], [], 0.1)
        if readable:
            self._heard += self._socket.recv(READ)
        while (frame := self._next_frame()) is not None:
            head, body = frame
            if head & 0xF0 == PUBLISH:
                self._note_receipt(body)

    def _next_frame(self) -> tuple[int, bytes] | None:
        length, at = 0, 1
        while True:
            if at >= len(self._heard):
                return None
            byte = self._heard[at]
            length |= (byte & 0x7F) << 7 * (at - 1)
            at += 1
            if byte < 0x80:
                break
        if len(self._heard) < at + length:
            return None
        head, body = self._heard[0], self._heard[at : at + length]
        self._heard = self._heard[at + length :]
        return head, body

    def _note_receipt(self, body: bytes) -> None:
        (size,) = struct.unpack_from("!H", body)
        gateway = body[2 : 2 + size].decode().split("/")[3]
        self._heard_at = time.monotonic()
        for proof in decode_receipt(body[2 + size :]).stored:
            self.waiting.pop((gateway, proof.seq), None)


def _text(raw: bytes) -> bytes:
    return struct.pack("!H", len(raw)) + raw


def _framed(head: int, body: bytes) -> bytes:
    length, left = b"", len(body)
    while True:
        left, part = left >> 7, left & 0x7F
        length += bytes([part | (0x80 if left else 0)])
        if not left:
            return bytes([head]) + length + body
