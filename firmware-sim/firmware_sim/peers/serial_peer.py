"""Serves a simulated peer of a serial line on a TCP port, as a serial device server does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Protocol

from firmware_sim.adapters.tcp_server import tcp_server
from firmware_sim.domain.parity import with_even_parity

_CHUNK = 4_096

_TICK_S = 0.02


class SerialPeer(Protocol):
    """A peer: bytes and times go in, bytes come out."""

    def tick(self, now: float) -> bytes:
        """Return what the peer sends by time alone."""
        ...

    def receive(self, data: bytes, now: float) -> bytes:
        """Return what the peer answers to *data*."""
        ...


class ServedPeer:
    """A peer at *url*; ``unplug`` cuts its cable until ``plug_in``.

    While its *parity_shows*, it speaks with seven bits and an even parity, and the other end reads eight
    bits.
    """

    def __init__(self, peer: SerialPeer) -> None:
        self.peer = peer
        self.url = ""
        self.connections = 0  # that were ever made
        self.parity_shows = False
        self._is_plugged_in = True
        self._clients: set[asyncio.StreamWriter] = set()

    @property
    def is_read(self) -> bool:
        """Whether somebody reads the line."""
        return bool(self._clients)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one client until it disconnects."""
        self._clients.add(writer)
        self.connections += 1
        try:
            while data := await reader.read(_CHUNK):
                if self._is_plugged_in:
                    writer.write(self._sent(self.peer.receive(data, self._now())))
        except ConnectionError:
            pass  # the client closed the connection
        finally:
            self._clients.discard(writer)
            writer.close()

    async def run(self) -> None:
        """Let the peer speak by time, until cancelled."""
        while True:
            if self._clients and self._is_plugged_in:
                data = self._sent(self.peer.tick(self._now()))
                for each in self._clients:
                    each.write(data)
            await asyncio.sleep(_TICK_S)

    def unplug(self) -> None:
        """Cut the cable behind the device server: the connection stays, and nothing comes."""
        self._is_plugged_in = False

    def plug_in(self) -> None:
        """Mend the cable."""
        self._is_plugged_in = True

    def hang_up(self) -> None:
        """End all connections, as a device server does that is switched off and on."""
        for each in list(self._clients):
            each.transport.abort()

    def _sent(self, data: bytes) -> bytes:
        return with_even_parity(data) if self.parity_shows else data

    def _now(self) -> float:
        return asyncio.get_running_loop().time()


@asynccontextmanager
async def serve_peer(
    peer: SerialPeer, *, host: str = "127.0.0.1", port: int = 0
) -> AsyncIterator[ServedPeer]:
    """Serve *peer* within the block; raises CannotOpen."""
    served = ServedPeer(peer)
    async with tcp_server(served.serve, host, port) as served.url:
        running = asyncio.create_task(served.run())
        try:
            yield served
        finally:
            running.cancel()
            served.hang_up()
