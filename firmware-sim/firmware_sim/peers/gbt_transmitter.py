"""A transmitter of GB/T 26875.3 over TCP or UDP: it tells, and again until it is confirmed."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from firmware_sim.domain.gbt26875 import (
    ANSWER,
    CONFIRM,
    REQUEST,
    CenterFrame,
    GbtTransmitter,
    read_center,
)

_CHUNK = 4_096
_SERIALS = 1 << 16


@dataclass(frozen=True, slots=True)
class GbtFaults:
    """Faults of a simulated transmitter.

    *damage* changes each frame that it tells; *noise* stands before each; *split_s* is the pause in
    the middle of one; *repeats* is how often it is sent again though it was confirmed. *deaf* is how
    many answers it does not hear: it sends the same again.
    """

    damage: Callable[[bytes], bytes] = bytes
    noise: bytes = b""
    split_s: float = 0.0
    repeats: int = 0
    deaf: int = 0


class SimulatedGbtTransmitter:
    """A *transmitter* that reports to *host* and *port* over one connection, or by *udp*."""

    def __init__(
        self,
        transmitter: GbtTransmitter,
        host: str,
        port: int,
        *,
        address: str = "127.0.0.1",
        answer_s: float = 5.0,
        faults: GbtFaults | None = None,
        udp: bool = False,
    ) -> None:
        self._transmitter = transmitter
        self._where = host, port
        self._address = address
        self._answer_s = answer_s
        self._faults = faults or GbtFaults()
        self._serial = 0
        self._udp = udp
        self._deaf = self._faults.deaf
        self._line: _Line | None = None
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
        while True:
            try:
                async with asyncio.timeout(self._answer_s):
                    return await self._exchange(self._serial, unit)
            except (OSError, TimeoutError, asyncio.IncompleteReadError):
                self.hang_up()
                await asyncio.sleep(0.2)

    async def answer_questions(self, state: int) -> None:
        """Answer each question for its state with *state*, until the connection ends."""
        line = await self._connected()
        while data := await line.read():
            for each in self._note(data):
                if each.command == REQUEST:
                    unit = self._transmitter.device(state, at=time.time())
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
        frame = self._faults.damage(self._transmitter.frame(serial, unit, at=time.time()))
        for _ in range(1 + self._faults.repeats):
            half = len(frame) // 2 if self._faults.split_s else len(frame)
            await line.write(self._faults.noise + frame[:half])
            if half < len(frame):
                await asyncio.sleep(self._faults.split_s)
                await line.write(frame[half:])
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
    async def opened(cls, host: str, port: int, address: str) -> _Line:
        return cls(*await asyncio.open_connection(host, port, local_addr=(address, 0)))

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
    async def opened(cls, host: str, port: int, address: str) -> "DatagramLine":
        """Return one from *address* to *host* and *port*."""
        own = cls()
        transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
            lambda: own, local_addr=(address, 0), remote_addr=(host, port)
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
