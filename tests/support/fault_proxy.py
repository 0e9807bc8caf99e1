"""A TCP proxy that fails as networks fail: it refuses, resets, swallows, delays and throttles."""

import asyncio
import socket
import struct
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum

from contract.times import to_micros
from runtime.clock import utc_now

CHUNK = 16_384


class Mode(StrEnum):
    """The state of the network."""

    THROUGH = "through"
    REFUSE = "refuse"  # nobody listens
    RESET = "reset"  # connections are taken and torn down at once
    SWALLOW = "swallow"  # half-open: sockets stay, what is sent vanishes
    MUTE = "mute"  # what is sent arrives, and what is answered vanishes


@dataclass
class FaultProxy:
    """Passes connections to *target* through *port*, for as long as *mode* lets it.

    *delay_s* is added to each direction; *bytes_per_s* bounds each direction of each connection.
    """

    target: int
    port: int = 0
    mode: Mode = Mode.THROUGH
    delay_s: float = 0.0
    bytes_per_s: float | None = None
    passed: int = 0
    #: What the latest connections sent, as it came.
    heard: deque[bytes] = field(default_factory=lambda: deque(maxlen=200))
    #: When the latest connection was passed on, in microseconds since 1970.
    connected_at: int = 0
    _generation: int = 0
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)
    _server: asyncio.Server | None = None

    async def set(self, mode: Mode) -> None:
        """Change what the network does; connections that cannot live under it end."""
        self.mode = mode
        if mode is Mode.REFUSE:
            await self._close()
        elif self._server is None:
            await self._listen()
        if mode in {Mode.REFUSE, Mode.RESET}:
            self.cut()

    def cut(self) -> None:
        """Reset every connection there is."""
        for writer in self._writers:
            _reset(writer)
        self._writers.clear()

    def freeze(self) -> None:
        """Leave every connection there is half-open for good; new ones pass."""
        self._generation += 1

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None

    async def _connected(self, near: asyncio.StreamReader, near_out: asyncio.StreamWriter) -> None:
        if self.mode is Mode.RESET:
            _reset(near_out)
            return
        try:
            far, far_out = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            _reset(near_out)
            return
        self.connected_at = to_micros(utc_now())
        self._writers |= {near_out, far_out}
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._pump(near, far_out, upward=True))
            tasks.create_task(self._pump(far, near_out, upward=False))

    async def _pump(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, *, upward: bool
    ) -> None:
        generation = self._generation
        lost_in = {Mode.SWALLOW} if upward else {Mode.SWALLOW, Mode.MUTE}
        with suppress(OSError):
            while data := await source.read(CHUNK):
                if upward:
                    self.heard.append(data)
                if self.mode in lost_in or generation != self._generation:
                    continue
                if self.delay_s:
                    await asyncio.sleep(self.delay_s)
                if self.bytes_per_s:
                    await asyncio.sleep(len(data) / self.bytes_per_s)
                sink.write(data)
                await sink.drain()
                self.passed += len(data)
        self._writers.discard(sink)
        sink.close()


def _reset(writer: asyncio.StreamWriter) -> None:
    """End a connection with RST, as a router that forgot it does."""
    sock = writer.get_extra_info("socket")
    with suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


@asynccontextmanager
async def fault_proxy(target: int) -> AsyncIterator[FaultProxy]:
    """A proxy in front of the loopback port *target*, within the block."""
    proxy = FaultProxy(target)
    await proxy._listen()
    try:
        yield proxy
    finally:
        await proxy._close()
        proxy.cut()
