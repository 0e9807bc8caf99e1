"""Connections and datagrams of transmitters: bounded in number, rate, size and time.

Each connection reads a little at a time, so that one full of frames does not hold up the others; one
that sends more than its budget is read later, and its frames wait in its own socket.
"""

import asyncio
import socket
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Generic, Protocol, TypeVar, cast

import structlog

from receiver.adapters.metrics import Metrics
from receiver.adapters.peer import Peer
from receiver.domain.address_budget import AddressBudget
from receiver.domain.connection_bounds import ConnectionBounds
from receiver.domain.faults import FrameFault
from receiver.domain.frame_splitter import UnsoundBytes
from runtime.process import CannotStart
from runtime.sender_log import SenderLog

log = structlog.get_logger(__name__)

_FLOODED = "more than dc09.frames_s or gbt.frames_s of one address; read later, see who sends so much"
_UNREAD = "datagrams of one address beyond its budget are not read; see who sends so much"

T = TypeVar("T")
Frame = TypeVar("Frame")
Taken_contra = TypeVar("Taken_contra", contravariant=True)
Given_co = TypeVar("Given_co", covariant=True)

_READ_AT_ONCE = 4_096
"""Bytes: some fifty frames, which take a few milliseconds."""

_MOST_UNSENT = 65_536
"""Bytes of answers that a transmitter may leave unread."""

_UNSENT_MS = 30_000
_RECEIVE_BUFFER = 4 * 1_048_576
"""Bytes of datagrams that the kernel holds for us in a burst."""

_CHECKED_EVERY_S = 1.0


class FrameReception(Protocol[Taken_contra]):
    """Takes the frames of one language."""

    def accept(self, peer: Peer, item: Taken_contra | UnsoundBytes) -> None:
        """Accept a frame, or what is none."""
        ...


class Splitter(Protocol[Given_co]):
    """Finds the frames of one language in bytes as they come."""

    @property
    def is_within_frame(self) -> bool:
        """Whether bytes wait for the rest of their frame."""
        ...

    def split(self, data: bytes) -> Iterator[Given_co | UnsoundBytes]:
        """Yield the frames that *data* completes, and what is damaged."""
        ...

    def end(self) -> Iterator[UnsoundBytes]:
        """Yield what is left when the connection ends."""
        ...


class Listeners(Generic[Frame]):
    """Listens for transmitters of one language, and hands their frames to *reception*."""

    def __init__(
        self,
        reception: FrameReception[Frame],
        new_splitter: Callable[[], Splitter[Frame]],
        budget: AddressBudget,
        bounds: ConnectionBounds,
        *,
        metrics: Metrics,
    ) -> None:
        self.reception = reception
        self.new_splitter = new_splitter
        self.budget = budget
        self.bounds = bounds
        self.metrics = metrics
        self.open: set[TransmitterConnection[Frame]] = set()
        self.by_address: Counter[str] = Counter()
        self.sender_log = SenderLog(log)

    @asynccontextmanager
    async def listening(
        self, host: str, *, tcp: int | None, udp: int | None
    ) -> AsyncIterator[list[int]]:
        """Listen within the block; yield the ports, TCP before UDP. Raises CannotStart."""
        loop = asyncio.get_running_loop()
        ports: list[int] = []
        server: asyncio.Server | None = None
        datagrams: asyncio.DatagramTransport | None = None
        try:
            if tcp is not None:
                server = await _opened(
                    loop.create_server(lambda: TransmitterConnection(self), host, tcp),
                    host,
                    tcp,
                    transport="tcp",
                )
                ports.append(server.sockets[0].getsockname()[1])
            if udp is not None:
                making = loop.create_datagram_endpoint(lambda: Datagrams(self), (host, udp))
                transport, _ = await _opened(making, host, udp, transport="udp")
                datagrams = transport
                sock = transport.get_extra_info("socket")
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)
                ports.append(sock.getsockname()[1])
            yield ports
        finally:
            if server is not None:
                server.close()
            if datagrams is not None:
                datagrams.close()
            for each in list(self.open):
                each.close()

    async def watch(self) -> None:
        """End connections that are too slow or silent, until cancelled."""
        while True:
            await asyncio.sleep(_CHECKED_EVERY_S)
            now = asyncio.get_running_loop().time()
            for each in list(self.open):
                each.check_time(now)

    def may_open(self, address: str) -> bool:
        """Return whether one more connection of *address* has a place."""
        return (
            len(self.open) < self.bounds.connections
            and self.by_address[address] < self.bounds.connections_by_address
        )


class TransmitterConnection(asyncio.BufferedProtocol, Generic[Frame]):
    """One TCP connection."""

    def __init__(self, listeners: Listeners[Frame]) -> None:
        self._listeners = listeners
        self._buffer = bytearray(_READ_AT_ONCE)
        self._splitter = listeners.new_splitter()
        self._transport: asyncio.Transport
        self._peer: Peer
        self._heard_at = 0.0
        self._frame_since: float | None = None
        self._is_paused = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Give the connection a place, or end it."""
        self._transport = cast("asyncio.Transport", transport)
        name = transport.get_extra_info("peername")
        address = str(name[0]) if isinstance(name, tuple) else "unknown"
        self._peer = Peer(address, "tcp", self._answer)
        self._heard_at = asyncio.get_running_loop().time()
        if not self._listeners.may_open(address):
            self._end("too_many")
            return
        _end_if_unanswered(transport.get_extra_info("socket"))
        self._listeners.open.add(self)
        self._listeners.by_address[address] += 1
        self._listeners.metrics.connections.inc()

    def get_buffer(self, sizehint: int) -> bytearray:
        """Return the room for the next bytes."""
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        """Accept the frames that *nbytes* more complete."""
        now = self._heard_at = asyncio.get_running_loop().time()
        frames = 0
        for item in self._splitter.split(bytes(self._buffer[:nbytes])):
            frames += 1
            self._listeners.reception.accept(self._peer, item)
            self._frame_since = None
        if not self._splitter.is_within_frame:
            self._frame_since = None
        elif self._frame_since is None:
            self._frame_since = now
        self._slow_down(self._listeners.budget.take(self._peer.address, now, frames))

    def eof_received(self) -> bool:
        """Close the connection: who has nothing more to say waits for no answer."""
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """Take the place back, and set an unfinished frame aside."""
        if self not in self._listeners.open:
            return
        for item in self._splitter.end():
            self._listeners.reception.accept(self._peer, item)
        self._listeners.open.discard(self)
        self._listeners.by_address[self._peer.address] -= 1
        if not self._listeners.by_address[self._peer.address]:
            del self._listeners.by_address[self._peer.address]
        self._listeners.metrics.connections.dec()

    def check_time(self, now: float) -> None:
        """End the connection if a frame takes too long, or nothing has come for too long."""
        bounds = self._listeners.bounds
        if self._frame_since is not None and now - self._frame_since > bounds.frame_s:
            self._end("slow_frame")
        elif not self._is_paused and now - self._heard_at > bounds.idle_s:
            self._end("idle")

    def close(self) -> None:
        """End the connection in order."""
        self._transport.close()

    def _answer(self, data: bytes) -> None:
        if self._transport.is_closing():
            return
        if self._transport.get_write_buffer_size() > _MOST_UNSENT:
            self._end("unread_answers")
            return
        self._transport.write(data)

    def _slow_down(self, wait_s: float) -> None:
        """Read no more for *wait_s*: what comes meanwhile stays in the socket of this peer."""
        if wait_s and not self._transport.is_closing():
            self._listeners.metrics.slowed.inc()
            self._listeners.sender_log.warning(_FLOODED, sender=self._peer.address, peer=self._peer.name)
            self._is_paused = True
            self._transport.pause_reading()
            asyncio.get_running_loop().call_later(wait_s, self._go_on)

    def _go_on(self) -> None:
        self._is_paused = False
        if not self._transport.is_closing():
            self._transport.resume_reading()

    def _end(self, reason: str) -> None:
        self._listeners.metrics.ended_connections.labels(reason).inc()
        log.warning("connection ended", peer=self._peer.name, reason=reason)
        self._transport.abort()


class Datagrams(asyncio.DatagramProtocol, Generic[Frame]):
    """All datagrams: each holds whole frames."""

    def __init__(self, listeners: Listeners[Frame]) -> None:
        self._listeners = listeners
        self._transport: asyncio.DatagramTransport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the socket."""
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Accept the frames in *data*."""
        address = str(addr[0])
        now = asyncio.get_running_loop().time()
        if not self._listeners.budget.try_take(address, now):
            # It has no answer, and its transmitter sends it again.
            self._listeners.metrics.refused.labels(FrameFault.TOO_MANY.value).inc()
            self._listeners.sender_log.warning(_UNREAD, sender=address, peer=f"udp/{address}")
            return
        peer = Peer(address, "udp", lambda answer: self._transport.sendto(answer, addr))
        splitter = self._listeners.new_splitter()
        items = (*splitter.split(data), *splitter.end())
        # Each is a frame of the budget: many in one datagram are no way round it.
        self._listeners.budget.take(address, now, max(0, len(items) - 1))
        for item in items:
            self._listeners.reception.accept(peer, item)

    def error_received(self, exc: Exception) -> None:
        """Note an answer that could not be delivered: its frame comes again."""
        log.debug("answer not delivered", reason=str(exc))


def _end_if_unanswered(sock: socket.socket | None) -> None:
    """Have the kernel end a connection whose other end is gone without a word."""
    if sock is None:
        return
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in (("TCP_KEEPIDLE", 60), ("TCP_KEEPINTVL", 20), ("TCP_KEEPCNT", 3)):
        if hasattr(socket, name):
            sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _UNSENT_MS)


async def _opened(making: Awaitable[T], host: str, port: int, *, transport: str) -> T:
    try:
        return await making
    except OSError as error:
        text = (
            f"{host}:{port} ({transport}): {error.strerror}; end what listens there, or set another port"
        )
        raise CannotStart(text) from error
