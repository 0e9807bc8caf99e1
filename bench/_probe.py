"""Measures one alarm at a time: sent here, and waited for at a webhook here, in one thread."""

import select
import selectors
import socket
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread

from contract.messages import Edge, Kind, Scope, Signal, encode, encode_alarm
from contract.times import to_micros
from runtime.clock import utc_now

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"

PACKET_IDS = 65_535

LONGEST_S = 60.0
"""Seconds after which an alarm that was not told ends the measurement."""


class NotTold(RuntimeError):
    """An alarm was not told for so long that its measurement is given up."""


@dataclass
class Received:
    """The bytes of one connection that are not yet a whole request."""

    data: bytes = b""

    def requests(self) -> Iterator[bytes]:
        """Yield the whole requests, and keep the rest."""
        while (end := self.data.find(b"\r\n\r\n")) >= 0:
            length = _length(self.data[:end])
            if len(self.data) < end + 4 + length:
                return
            yield self.data[: end + 4 + length]
            self.data = self.data[end + 4 + length :]


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


@dataclass
class Desk:
    """The receiver of webhooks at *url*: it answers each at once."""

    listener: socket.socket
    selector: selectors.BaseSelector = field(default_factory=selectors.DefaultSelector)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.listener.getsockname()[1]}/relay"

    def wait_for(self, wanted: bytes) -> float:
        """Return when a webhook with *wanted* in it came, by ``time.perf_counter``."""
        until = time.perf_counter() + LONGEST_S
        while time.perf_counter() < until:
            for request, at in self.receive(until - time.perf_counter()):
                if wanted in request:
                    return at
        raise NotTold(f"no webhook with {wanted!r} came within {LONGEST_S:.0f} s")

    def receive(self, within: float) -> list[tuple[bytes, float]]:
        """Return the webhooks that came *within* so many seconds at most, and when; answer them."""
        came = []
        for key, _ in self.selector.select(max(0.0, within)):
            if key.data is None:
                self._accept()
            else:
                came += self._read(key)
        return came

    def _accept(self) -> None:
        connection, _ = self.listener.accept()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.selector.register(connection, selectors.EVENT_READ, Received())

    def _read(self, key: selectors.SelectorKey) -> list[tuple[bytes, float]]:
        connection = key.fileobj
        assert isinstance(connection, socket.socket)
        data = _receive(connection)
        if not data:
            self.selector.unregister(connection)
            connection.close()
            return []
        at = time.perf_counter()
        key.data.data += data
        found = [(each, at) for each in key.data.requests()]
        if found:
            connection.sendall(OK * len(found))
        return found


def _receive(connection: socket.socket) -> bytes:
    try:
        return connection.recv(262_144)
    except ConnectionResetError:
        return b""


@contextmanager
def desk() -> Iterator[Desk]:
    """A receiver on a free port of the loopback within the block."""
    with socket.create_server(("127.0.0.1", 0), backlog=1_024) as listener:
        one = Desk(listener)
        one.selector.register(listener, selectors.EVENT_READ, None)
        yield one
        for key in list(one.selector.get_map().values()):
            assert isinstance(key.fileobj, socket.socket)
            key.fileobj.close()


class Publisher:
    """A connection to a broker over which packets of MQTT 3.1.1 are written as they are."""

    def __init__(self, port: int, name: str = "bench") -> None:
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        rest = b"\x00\x04MQTT\x04\x02\x00\x00" + len(name).to_bytes(2, "big") + name.encode()
        self._socket.sendall(b"\x10" + length_of(len(rest)) + rest)
        if self._socket.recv(4)[:1] != b"\x20":
            raise RuntimeError("the broker refused the connection")
        self._number = 0

    def publish(self, topic: str, payload: bytes) -> None:
        """Publish with QoS 1, as gateways do; the acknowledgements of earlier messages are dropped."""
        while _is_readable(self._socket):
            self._socket.recv(65_536)
        self._socket.sendall(self._packet(topic, payload))

    def _packet(self, topic: str, payload: bytes) -> bytes:
        self._number = self._number % PACKET_IDS + 1
        name = topic.encode()
        rest = len(name).to_bytes(2, "big") + name + self._number.to_bytes(2, "big") + payload
        return b"\x32" + length_of(len(rest)) + rest

    def publish_at_once(self, messages: Sequence[tuple[str, bytes]]) -> None:
        """Publish *messages* with QoS 1, as fast as the broker takes them, and wait until it has all."""
        while _is_readable(self._socket):
            self._socket.recv(65_536)
        reading = Thread(target=self._read, args=(4 * len(messages),))
        reading.start()
        for topic, payload in messages:
            self._socket.sendall(self._packet(topic, payload))
        reading.join()

    def _read(self, count: int) -> None:
        """Read so many bytes of acknowledgements."""
        while count > 0 and (got := self._socket.recv(65_536)):
            count -= len(got)

    def subscribe(self, topic: str) -> None:
        """Subscribe to *topic* with QoS 0, so that no message waits for an answer."""
        rest = b"\x00\x01" + len(topic).to_bytes(2, "big") + topic.encode() + b"\x00"
        self._socket.sendall(b"\x82" + length_of(len(rest)) + rest)
        if self._socket.recv(5)[:1] != b"\x90":
            raise RuntimeError("the broker refused the subscription")

    def wait_for(self, wanted: bytes) -> None:
        """Read until a message with *wanted* in it came."""
        came = b""
        while wanted not in came:
            came += self._socket.recv(65_536)

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()


def echoed_by_broker(port: int, alarms: int, *, pause: Callable[[], float]) -> list[float]:
    """Return the milliseconds that each of so many alarms takes through the broker, to a bare socket."""
    publisher, subscriber = Publisher(port, "bench-from"), Publisher(port, "bench-to")
    subscriber.subscribe("echo/#")
    taken = []
    for number in range(alarms):
        time.sleep(pause())
        _, payload = fire_of(f"echo-{number}", "button", number + 1)
        began = time.perf_counter()
        publisher.publish(f"echo/{number}", payload)
        subscriber.wait_for(b'"seq":%d,' % (number + 1))
        taken.append((time.perf_counter() - began) * 1_000)
    publisher.close()
    subscriber.close()
    return taken


def _is_readable(connection: socket.socket) -> bool:
    return bool(select.select([connection], [], [], 0)[0])


def length_of(length: int) -> bytes:
    """Return the remaining length in its variable form (MQTT 3.1.1, 2.2.3)."""
    parts = []
    while True:
        length, low = divmod(length, 128)
        parts.append(low | (128 if length else 0))
        if not length:
            return bytes(parts)


def fire_of(premises: str, point: str, seq: int) -> tuple[str, bytes]:
    """Return the topic and message of a *point* of *premises*, in fire now."""
    at, manual = to_micros(utc_now()), point == "button"
    signal = Signal(
        seq=seq,
        kind=Kind.FIRE,
        edge=Edge.RAISED,
        scope=Scope.POINT,
        name=point,
        reason="manual_call" if manual else "smoke_above_alarm",
        changed_at=at,
        committed_at=at,
        quantity="manual" if manual else "smoke",
        value=1.0,
    )
    return f"tocsin/v1/{premises}/gw/alarm", encode_alarm("e1", 1, [encode(signal)])


Sign = Callable[[str, bytes], bytes]
"""Returns a message for a topic as its gateway signs it."""


def unsigned(_: str, payload: bytes) -> bytes:
    """Return *payload* as it is."""
    return payload


def tell(desk: Desk, publisher: Publisher, premises: str, *, sign: Sign = unsigned) -> float:
    """Press the call point of *premises*; return the milliseconds until its webhook came."""
    topic, payload = fire_of(premises, "button", 1)
    payload = sign(topic, payload)
    return measure(desk, lambda: publisher.publish(topic, payload), b'"%b"' % premises.encode())


def measure(desk: Desk, send: Callable[[], None], wanted: bytes) -> float:
    """Call *send*; return the milliseconds until a webhook with *wanted* came."""
    began = time.perf_counter()
    send()
    return (desk.wait_for(wanted) - began) * 1_000


def figures(taken: list[float]) -> dict[str, float]:
    """Return the percentiles of milliseconds *taken*."""
    cuts = statistics.quantiles(taken, n=100, method="inclusive")
    return {
        "alarms": len(taken),
        "p50_ms": round(cuts[49], 2),
        "p99_ms": round(cuts[98], 2),
        "max_ms": round(max(taken), 2),
    }
