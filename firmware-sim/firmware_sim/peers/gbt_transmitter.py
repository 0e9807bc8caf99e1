"""A transmitter of GB/T 26875.3 over TCP or UDP: it tells, and again until it is confirmed."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from typing import Protocol

from firmware_sim.domain.gbt26875 import (
    ANSWER,
    CONFIRM,
    CONTROL,
    NORMAL,
    REQUEST,
    CenterFrame,
    GbtTransmitter,
    read_center,
)
from firmware_sim.peers.transmitter_faults import NoAnswer, TransmitterFaults

_CHUNK = 4_096
_SERIALS = 1 << 16

_CONNECT_AGAIN_S = 1.0


class SimulatedGbtTransmitter:
    """A *transmitter* that reports to *host* and *port* over one connection, or by *udp*.

    Its own *address* is any, unless one is given. It tells again until it is answered, or as often as
    *tries* says; then NoAnswer is raised. *on_order* is called with each question and order of the
    center. *state* is what it answers of itself.
    """

    def __init__(
        self,
        transmitter: GbtTransmitter,
        host: str,
        port: int,
        *,
        address: str | None = None,
        answer_s: float = 5.0,
        tries: int | None = None,
        faults: TransmitterFaults | None = None,
        udp: bool = False,
        on_order: Callable[[CenterFrame], None] | None = None,
    ) -> None:
        self._transmitter = transmitter
        self._where = host, port
        self._address = address
        self._answer_s = answer_s
        self._tries = tries
        self._faults = faults or TransmitterFaults()
        self._serial = 0
        self._udp = udp
        self._on_order = on_order
        self._deaf = 0
        self._line: _Line | None = None
        self.state = NORMAL
        self.heard: list[CenterFrame] = []

    async def heartbeat(self) -> CenterFrame:
        """Send an empty frame; return what answers it."""
        return await self.tell(b"")

    async def component(self, state: int, component: str, *, kind: int = 40) -> CenterFrame:
        """Tell the *state* of a *component* such as ``10.2``; return what answers it."""
        unit = self._transmitter.component(state, component, at=time.time(), kind=kind)
        return await self.tell(unit)

    async def analog(self, kind: int, raw: int, component: str) -> CenterFrame:
        """Tell the value *raw* of the analog type *kind* of a component; return what answers it."""
        unit = self._transmitter.analogs([(component, kind, raw)], at=time.time())
        return await self.tell(unit)

    async def tell(self, unit: bytes) -> CenterFrame:
        """Tell *unit* until it is confirmed or denied; return that."""
        self._serial = (self._serial + 1) % _SERIALS
        self._deaf = self._faults.deaf
        for number in count(1):
            try:
                async with asyncio.timeout(self._answer_s):
                    return await self._exchange(self._serial, unit)
            except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
                self.hang_up()
                if number == self._tries:
                    transport = "udp" if self._udp else "tcp"
                    host, port = self._where
                    raise NoAnswer(
                        host, port, transport=transport, tries=number, sender="address"
                    ) from error
                await asyncio.sleep(0.2)
        raise AssertionError("it counts for ever")

    async def listen(self) -> None:
        """Answer each question for its state until cancelled; connect again where a connection ends."""
        while True:
            with suppress(OSError):
                await self.answer_questions()
            self.hang_up()
            await asyncio.sleep(_CONNECT_AGAIN_S)

    async def answer_questions(self) -> None:
        """Answer each question for its state, until the connection ends."""
        line = await self._connected()
        while data := await line.read():
            for each in self._note(data):
                if each.command == REQUEST:
                    unit = self._transmitter.device(self.state, at=time.time())
                    await line.write(
                        self._transmitter.frame(each.serial, unit, at=time.time(), command=ANSWER)
                    )

    def hang_up(self) -> None:
        """End the connection."""
        if self._line is not None:
            self._line.close()
            self._line = None

    async def _exchange(self, serial: int, unit: bytes) -> CenterFrame:
        line = await self._connected()
        await self._faults.send(self._transmitter.frame(serial, unit, at=time.time()), line.write)
        answers: list[CenterFrame] = []
        while len(answers) <= self._faults.repeats:
            data = await line.read()
            if not data:
                raise asyncio.IncompleteReadError(b"", None)
            if self._deaf:
                self._deaf -= 1
                raise TimeoutError("an answer that it does not hear")
            answers += (
                each
                for each in self._note(data)
                if each.serial == serial and each.command >= CONFIRM and each.command != REQUEST
            )
        return answers[-1]

    def _note(self, data: bytes) -> list[CenterFrame]:
        frames = read_center(data)
        self.heard += frames
        for each in frames:
            if self._on_order is not None and each.command in {CONTROL, REQUEST}:
                self._on_order(each)
        return frames

    async def _connected(self) -> "_Line":
        if self._line is None:
            opening = DatagramLine.opened if self._udp else _Stream.opened
            self._line = await opening(*self._where, self._address)
        return self._line


class _Line(Protocol):
    async def read(self) -> bytes:
        """Return what comes next; empty at the end."""
        ...

    async def write(self, data: bytes) -> None:
        """Send *data*."""
        ...

    def close(self) -> None:
        """End it."""
        ...


class _Stream:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def opened(cls, host: str, port: int, address: str | None) -> _Line:
        own = None if address is None else (address, 0)
        return cls(*await asyncio.open_connection(host, port, local_addr=own))

    async def read(self) -> bytes:
        return await self._reader.read(_CHUNK)

    async def write(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    def close(self) -> None:
        self._writer.close()


class DatagramLine(asyncio.DatagramProtocol):
    """A socket from which datagrams go to one receiver."""

    def __init__(self) -> None:
        self._heard: asyncio.Queue[bytes] = asyncio.Queue()
        self._transport: asyncio.DatagramTransport

    @classmethod
    async def opened(cls, host: str, port: int, address: str | None) -> "DatagramLine":
        """Return one from *address*, or any, to *host* and *port*."""
        own = cls()
        local = None if address is None else (address, 0)
        transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: own, local_addr=local, remote_addr=(host, port)
        )
        own._transport = transport
        return own

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Keep *data* until it is read."""
        self._heard.put_nowait(data)

    async def read(self) -> bytes:
        """Return the next datagram."""
        return await self._heard.get()

    async def write(self, data: bytes) -> None:
        """Send *data* as one datagram."""
        self._transport.sendto(data)

    def close(self) -> None:
        """End it."""
        self._transport.close()
