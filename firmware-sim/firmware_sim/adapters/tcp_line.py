"""A line that is a TCP port: what a serial device server offers on a network."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog

from firmware_sim.adapters.line import LINGER_S, ends_within, wait_until
from firmware_sim.adapters.tcp_server import tcp_server

log = structlog.get_logger(__name__)

MAX_WAITING_BYTES = 65_536
"""Bytes that may wait for one client, here and again in the kernel; beyond it the client misses
sentences.
"""

CLOSING_S = 1.0


class TcpLine:
    """A line that sends to all clients alike; a client that does not read misses sentences and delays
    no other.
    """

    def __init__(self) -> None:
        self.url = ""
        self.missed = 0
        self._clients: set[asyncio.StreamWriter] = set()
        self._somebody = asyncio.Event()

    @property
    def clients(self) -> int:
        """Number of connected clients."""
        return len(self._clients)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one client until it disconnects."""
        writer.transport.set_write_buffer_limits(high=MAX_WAITING_BYTES)
        writer.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_SNDBUF, MAX_WAITING_BYTES
        )
        self._clients.add(writer)
        self._somebody.set()
        try:
            while await reader.read(4096):
                pass  # detectors do not listen
        except ConnectionError:
            pass  # the client closed the connection
        finally:
            self._forget(writer)

    def offer(self, data: bytes) -> bool:
        """Send *data* to every client with room; return True if there was one. *missed* counts the
        others.
        """
        open_clients = [each for each in self._clients if _waiting(each) <= MAX_WAITING_BYTES]
        self.missed += len(self._clients) - len(open_clients)
        for each in open_clients:
            each.write(data)
        return bool(open_clients)

    async def ready(self) -> None:
        """Wait for a client, and until every client has room."""
        await self._somebody.wait()
        for each in list(self._clients):
            await _drained(each)

    async def finish(self, patience_s: float) -> None:
        """Wait until everything is sent to every client, and has had time to be read."""
        sent = wait_until(lambda: not any(_waiting(each) for each in self._clients))
        if await ends_within(patience_s, sent) and self._clients:
            await asyncio.sleep(LINGER_S)

    async def close(self) -> None:
        """Close all connections; those whose clients do not read are aborted."""
        clients = list(self._clients)
        for each in clients:
            each.close()
        try:
            async with asyncio.timeout(CLOSING_S):
                await asyncio.gather(*(each.wait_closed() for each in clients), return_exceptions=True)
        except TimeoutError:
            for each in clients:
                each.transport.abort()

    def _forget(self, writer: asyncio.StreamWriter) -> None:
        writer.close()
        self._clients.discard(writer)
        if not self._clients:
            self._somebody.clear()


@asynccontextmanager
async def open_tcp(host: str, port: int) -> AsyncIterator[TcpLine]:
    """A line at *port*, or at any free port for 0; raises CannotOpen."""
    line = TcpLine()
    async with tcp_server(line.serve, host, port) as line.url:
        try:
            yield line
        finally:
            await line.close()
            if line.missed:
                log.warning(
                    "clients did not read and missed sentences", line=line.url, missed=line.missed
                )


def _waiting(client: asyncio.StreamWriter) -> int:
    return client.transport.get_write_buffer_size()


async def _drained(client: asyncio.StreamWriter) -> None:
    try:
        await client.drain()
    except ConnectionError:
        return  # disconnected; serve() removes it
