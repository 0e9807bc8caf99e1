"""A transmitter of GB/T 26875.3 over TCP: it tells, and again until it is confirmed."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass

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
    the middle of one; *repeats* is how often it is sent again though it was confirmed.
    """

    damage: Callable[[bytes], bytes] = bytes
    noise: bytes = b""
    split_s: float = 0.0
    repeats: int = 0


class SimulatedGbtTransmitter:
    """A *transmitter* that reports to *host* and *port* over one connection, with *faults*."""

    def __init__(
        self,
        transmitter: GbtTransmitter,
        host: str,
        port: int,
        *,
        address: str = "127.0.0.1",
        answer_s: float = 5.0,
        faults: GbtFaults | None = None,
    ) -> None:
        self._transmitter = transmitter
        self._where = host, port
        self._address = address
        self._answer_s = answer_s
        self._faults = faults or GbtFaults()
        self._serial = 0
        self._line: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self.heard: list[CenterFrame] = []

    async def heartbeat(self) -> CenterFrame:
        """Send an empty frame; return what answers it."""
        return await self.tell(b"")

    async def component(self, state: int, component: str, *, kind: int = 40) -> CenterFrame:
        """Tell the *state* of a *component* such as ``10.2``; return what answers it."""
        unit = self._transmitter.component(state, component, at=time.time(), kind=kind)
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
        reader, writer = await self._connected()
        while data := await reader.read(_CHUNK):
            for each in self._note(data):
                if each.command == REQUEST:
                    unit = self._transmitter.device(state, at=time.time())
                    writer.write(
                        self._transmitter.frame(each.serial, unit, at=time.time(), command=ANSWER)
                    )

    def hang_up(self) -> None:
        """End the connection."""
        if self._line is not None:
            self._line[1].close()
            self._line = None

    async def _exchange(self, serial: int, unit: bytes) -> CenterFrame:
        reader, writer = await self._connected()
        frame = self._faults.damage(self._transmitter.frame(serial, unit, at=time.time()))
        for _ in range(1 + self._faults.repeats):
            half = len(frame) // 2 if self._faults.split_s else len(frame)
            writer.write(self._faults.noise + frame[:half])
            await writer.drain()
            await asyncio.sleep(self._faults.split_s)
            writer.write(frame[half:])
        answers: list[CenterFrame] = []
        while len(answers) <= self._faults.repeats:
            data = await reader.read(_CHUNK)
            if not data:
                raise asyncio.IncompleteReadError(b"", None)
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

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._line is None:
            self._line = await asyncio.open_connection(*self._where, local_addr=(self._address, 0))
        return self._line
