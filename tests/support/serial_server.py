"""A serial server over TCP whose power can be cut: its connections vanish without a word."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from contract.sentences import Sentence, Status, encode
from tests.support.servers import free_port

_TCP_REPAIR = 19  # linux/tcp.h: a socket in repair mode is closed without FIN or RST


def power_can_be_cut() -> bool:
    """Return whether this process may make connections vanish (CAP_NET_ADMIN)."""
    with socket.socket() as probe:
        try:
            probe.setsockopt(socket.IPPROTO_TCP, _TCP_REPAIR, 1)
        except PermissionError:
            return False
    return True


@dataclass
class SerialServer:
    """Listens at *port* while it has power, and says to each connection what its detectors say."""

    port: int = field(default_factory=free_port)
    connections: int = 0
    _listener: socket.socket | None = None
    _open: list[socket.socket] = field(default_factory=list)
    _sequence: int = 0

    async def power_up(self) -> None:
        """Listen, until the power is cut."""
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self._listener.setblocking(False)

    def cut_power(self) -> None:
        """Let every socket vanish: nothing is sent, and nobody answers."""
        for each in self._open:
            each.setsockopt(socket.IPPROTO_TCP, _TCP_REPAIR, 1)
            each.close()
        self._open.clear()
        self.close()

    def close(self) -> None:
        """End in order."""
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        for each in self._open:
            each.close()
        self._open.clear()

    async def accept(self) -> None:
        """Take connections, until cancelled."""
        while True:
            await asyncio.sleep(0.02)
            with suppress(BlockingIOError):
                if self._listener is not None:
                    connection, _ = self._listener.accept()
                    self._open.append(connection)
                    self.connections += 1

    def say(self, address: str, quantity: str, value: float) -> None:
        """Say one sentence to whoever is connected."""
        self._sequence += 1
        sentence = Sentence(address, self._sequence % 65_536, quantity, value, Status.NORMAL)
        for each in list(self._open):
            try:
                each.sendall(encode(sentence))
            except OSError:
                self._open.remove(each)
                each.close()


@asynccontextmanager
async def serial_server() -> AsyncIterator[SerialServer]:
    """A serial server with power, within the block."""
    server = SerialServer()
    await server.power_up()
    accepting = asyncio.create_task(server.accept())
    try:
        yield server
    finally:
        accepting.cancel()
        server.close()
