"""Serves the devices of a bus on a TCP port, as a serial server does, or on a pseudo-terminal."""

import asyncio
import os
import tty
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Protocol

from firmware_sim.adapters.links import linked
from firmware_sim.adapters.tcp_server import tcp_server

_CHUNK = 4_096


class AnsweringBus(Protocol):
    """Devices that answer what a master asks."""

    def answer(self, data: bytes) -> bytes:
        """Return what comes back for *data*."""
        ...


class ServedBus:
    """A bus at *url*; its answers come after *delay_s*. ``cut`` ends its connections."""

    def __init__(self, bus: AnsweringBus) -> None:
        self.bus = bus
        self.url = ""
        self.delay_s = 0.0
        self.connections = 0  # that were ever made
        self._clients: set[asyncio.StreamWriter] = set()

    @property
    def is_read(self) -> bool:
        """Whether a master has the line."""
        return bool(self._clients)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one client until it disconnects."""
        self._clients.add(writer)
        self.connections += 1
        try:
            while data := await reader.read(_CHUNK):
                answer = self.bus.answer(data)
                await asyncio.sleep(self.delay_s)
                writer.write(answer)
                await writer.drain()
        except ConnectionError:
            pass  # the client closed the connection
        finally:
            self._clients.discard(writer)
            writer.close()

    def babble(self, data: bytes) -> None:
        """Write *data* though nobody asked."""
        for each in self._clients:
            each.write(data)

    def cut(self) -> None:
        """Cut its connections."""
        for each in self._clients:
            each.transport.abort()


@asynccontextmanager
async def open_bus(
    bus: AnsweringBus, *, host: str = "127.0.0.1", port: int = 0
) -> AsyncIterator[ServedBus]:
    """Serve *bus* at a TCP port within the block, or at any free one for 0; raises CannotOpen."""
    served = ServedBus(bus)
    async with tcp_server(served.serve, host, port) as served.url:
        try:
            yield served
        finally:
            served.cut()


@asynccontextmanager
async def open_bus_on_pty(bus: AnsweringBus, *, link: Path | None = None) -> AsyncIterator[str]:
    """Serve *bus* on a new pseudo-terminal within the block; yields its path, or *link* to it."""
    loop = asyncio.get_running_loop()
    master, port = os.openpty()  # the port stays open here, so that programs may come and go
    tty.setraw(port)
    path = os.ttyname(port)

    def answer() -> None:
        with suppress(OSError):  # closed meanwhile
            os.write(master, bus.answer(os.read(master, _CHUNK)))

    loop.add_reader(master, answer)
    try:
        with linked(link, path):
            yield str(link or path)
    finally:
        loop.remove_reader(master)
        os.close(master)
        os.close(port)
