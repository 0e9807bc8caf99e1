"""Serves a simulated modem on a TCP port or on a pseudo-terminal."""

import asyncio
import os
import select
import tty
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from firmware_sim.adapters.links import linked
from firmware_sim.adapters.tcp_server import tcp_server
from firmware_sim.domain.modem import SimulatedModem

_CHUNK = 4_096


class ServedModem:
    """A modem at *url*; ``unplug`` ends its connections, and ``restart`` switches it off and on."""

    def __init__(self, modem: SimulatedModem, *, part_s: float = 0.0) -> None:
        self.modem = modem
        self.delay_s = 0.0  # of each answer
        self.part_s = part_s  # until the network has taken a part of a message
        self.url = ""
        self.connections = 0  # that were ever made
        self._clients: set[asyncio.StreamWriter] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one client until it disconnects."""
        self._clients.add(writer)
        self.connections += 1
        try:
            while data := await reader.read(_CHUNK):
                answer = self.modem.answer(data)
                await asyncio.sleep(self.delay_s + _network_s(answer, self.part_s))
                writer.write(answer)
                await writer.drain()
        except ConnectionError:
            pass  # the client closed the connection
        finally:
            self._clients.discard(writer)
            writer.close()

    def receive(self, sender: str, text: str, **given: Any) -> None:
        """Receive a message of *sender*, and announce it."""
        self.announce(self.modem.receive(sender, text, **given))

    def announce(self, announcement: bytes) -> None:
        """Write *announcement* to the clients, if there is one."""
        for each in self._clients:
            each.write(announcement)

    def restart(self) -> None:
        """Switch it off and on."""
        greeting = self.modem.restart()
        for each in self._clients:
            each.write(greeting)

    def unplug(self) -> None:
        """Cut its connections."""
        for each in self._clients:
            each.transport.abort()


@asynccontextmanager
async def open_modem(
    modem: SimulatedModem, *, host: str = "127.0.0.1", port: int = 0, part_s: float = 0.0
) -> AsyncIterator[ServedModem]:
    """Serve *modem* at a TCP port within the block, or at any free one for 0; raises CannotOpen.

    Its network takes *part_s* seconds for each part of a message.
    """
    served = ServedModem(modem, part_s=part_s)
    modem.on_announcement = served.announce
    async with tcp_server(served.serve, host, port) as served.url:
        try:
            yield served
        finally:
            served.unplug()


@asynccontextmanager
async def open_modem_on_pty(
    modem: SimulatedModem, *, link: Path | None = None, part_s: float = 0.0
) -> AsyncIterator[str]:
    """Serve *modem* on a new pseudo-terminal within the block; yields its path, or *link* to it.

    Its network takes *part_s* seconds for each part of a message.
    """
    loop = asyncio.get_running_loop()
    master, port = os.openpty()  # the port stays open here, so that programs may come and go
    tty.setraw(port)
    path = os.ttyname(port)

    def answer() -> None:
        answer_bytes = modem.answer(os.read(master, _CHUNK))
        if wait_s := _network_s(answer_bytes, part_s):
            loop.call_later(wait_s, _write_if_open, master, answer_bytes)
        else:
            os.write(master, answer_bytes)

    def announce(announcement: bytes) -> None:
        if select.select([], [master], [], 0)[
            1
        ]:  # full where no program reads: it looks by itself later
            _write_if_open(master, announcement)

    modem.on_announcement = announce
    loop.add_reader(master, answer)
    try:
        with linked(link, path):
            yield str(link or path)
    finally:
        loop.remove_reader(master)
        os.close(master)
        os.close(port)


def _network_s(answer: bytes, part_s: float) -> float:
    """Return the seconds that the network takes before the modem can give *answer*."""
    return part_s if b"+CMGS:" in answer else 0.0


def _write_if_open(master: int, answer_bytes: bytes) -> None:
    with suppress(OSError):  # closed meanwhile
        os.write(master, answer_bytes)
