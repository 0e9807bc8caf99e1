"""A panel on a TCP line: call points that repeat what they are, and detectors that count up.

What is put on the line is written down. A call point repeats its state, as detectors do; it is turned
again only after a gateway has been told three times over one connection, so that whatever happens to
the gateway, each turn was really on the line.
"""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from contract.sentences import SEQUENCE_MODULUS, Sentence, Status, encode
from contract.times import to_micros
from runtime.clock import utc_now
from tests.faults.oracle import Said, Spoken, Turn
from tests.support.waiting import eventually

REPEAT_S = 0.3
TIMES = 4
"""Said so often on one connection, over at least 0.9 s, a state counts as told to a gateway that may
be killed: within that time it is stored, and what must be known after a restart is written down."""

IN_HAND_S = 10.0
"""What a killed gateway may at most have had in hand: a batch of 1 s, what its socket held, and what
came while the disk, busy with the same test, took the batch before. It must be the last that was said:
the oracle sees a reading that is missing before one that is there."""

STEP = 0.0001
"""Between two readings of a point, so that each can be told from every other; in degC."""


@dataclass
class Panel:
    """One line; *port* is where the gateway finds it."""

    port: int = 0
    said: Said = field(default_factory=Said)
    connections: int = 0
    quiet: bool = False
    times: int = 2
    _out: asyncio.StreamWriter | None = None
    _numbers: dict[str, Any] = field(default_factory=dict)
    _states: dict[str, int] = field(default_factory=dict)
    _told: dict[str, int] = field(default_factory=dict)
    _noted: dict[str, bool] = field(default_factory=dict)
    _pressed: Any = field(default_factory=count)

    def new_name(self) -> str:
        """A call point that was never touched."""
        return f"nut-{next(self._pressed):05}"

    async def turn(self, point: str, value: int) -> None:
        """Press or release *point*; returns once the gateway was told beyond doubt."""
        self._states[point], self._told[point], self._noted[point] = value, 0, False
        await self._say_state(point)
        await eventually(lambda: self._told[point] >= self.times, within=60, every=0.05)

    async def press_and_release(self, point: str, rng: random.Random, *, times: int = 1) -> None:
        """As a person does it."""
        for _ in range(times):
            await self.turn(point, 1)
            await asyncio.sleep(rng.uniform(0, 0.4))
            await self.turn(point, 0)
        del self._states[point]

    async def release(self, point: str) -> None:
        """Let go of *point*, for good."""
        await self.turn(point, 0)
        del self._states[point]

    @property
    def at_rest(self) -> bool:
        """Whether nothing is pressed."""
        return not self._states

    def read(self, point: str, value: float) -> None:
        """Put one reading on the line, if somebody listens."""
        if self._write(point, "temperature", value):
            at = to_micros(utc_now())
            self.said.readings.setdefault(point, []).append(Spoken(value, at))

    def gateway_dies(self) -> None:
        """Note that the gateway is about to lose its readings in hand, for which nothing was promised.

        Its socket may live on for as long as the system waits for its disk: nobody reads it.
        """
        self._hang_up()
        now = to_micros(utc_now())
        for spoken in self.said.readings.values():
            for index in range(len(spoken) - 1, -1, -1):
                each = spoken[index]
                if each.killed_at is not None or now - each.at > IN_HAND_S * 1e6:
                    break
                spoken[index] = Spoken(each.value, each.at, killed_at=now)

    async def load(self, *, points: int, per_s: float) -> None:
        """Detectors that speak, until cancelled or quiet."""
        values = [count() for _ in range(points)]
        while True:
            for number in range(points):
                if not self.quiet and self._out is not None:
                    self.read(f"nhiet-{number:03}", round(20 + next(values[number]) * STEP, 4))
            await asyncio.sleep(1 / per_s)

    async def repeat(self) -> None:
        """Say what every touched call point is, until cancelled."""
        while True:
            await asyncio.sleep(REPEAT_S)
            for point in list(self._states):
                await self._say_state(point)

    async def connected(self, source: asyncio.StreamReader, out: asyncio.StreamWriter) -> None:
        """A gateway opened the line."""
        self.connections += 1
        self._out = out
        self._told = dict.fromkeys(self._told, 0)
        try:
            while await source.read(1_024):
                pass
        except ConnectionError:
            pass
        if self._out is out:
            self._hang_up()
        out.close()

    def _hang_up(self) -> None:
        self._out = None
        self._told = dict.fromkeys(self._told, 0)

    async def _say_state(self, point: str) -> None:
        value = self._states[point]
        if not self._write(point, "manual", value):
            return
        self._told[point] += 1
        if not self._noted[point]:
            self._noted[point] = True
            self.said.turns.append(Turn(point, value, to_micros(utc_now())))

    def _write(self, address: str, quantity: str, value: float) -> bool:
        out = self._out
        if out is None or out.is_closing():
            return False
        number = next(self._numbers.setdefault(address, count())) % SEQUENCE_MODULUS
        out.write(encode(Sentence(address, number, quantity, value, Status.NORMAL)))
        return True


@asynccontextmanager
async def open_panel() -> AsyncIterator[Panel]:
    """A panel that a gateway can connect to."""
    panel = Panel()
    async with await asyncio.start_server(panel.connected, "127.0.0.1", 0) as server:
        panel.port = server.sockets[0].getsockname()[1]
        repeating = asyncio.create_task(panel.repeat())
        try:
            yield panel
        finally:
            repeating.cancel()
            if panel._out is not None:
                panel._out.close()
