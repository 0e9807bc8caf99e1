"""Serial lines: one thread a port that reads, and waits when the gateway is busy."""

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import serial
import structlog

from gateway.domain.changes import Moment

log = structlog.get_logger(__name__)

# A port that vanished is tried again quickly, because an alarm may come; never slower than 5 s.
_FIRST_DELAY_S = 0.2
_LONGEST_DELAY_S = 5.0

_READ_TIMEOUT_S = 0.2
"""How soon a reader notices that it should end."""

_MOST_BYTES = 4_096

_CHUNKS_WAITING = 32
"""Chunks that wait for the gateway; beyond it the reader waits, and the port's own buffer fills."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Bytes that came from a port, or *gone*: the reason why it is gone, or "" when it is back."""

    moment: Moment
    data: bytes = b""
    gone: str | None = None


class LineReader:
    """Reads one port in a thread of its own and hands what it reads to *on_chunk*, in order."""

    def __init__(
        self,
        port: str,
        baud: int,
        *,
        on_chunk: Callable[[Chunk], Awaitable[None]],
        now: Callable[[], Moment],
    ) -> None:
        self._port = port
        self._baud = baud
        self._on_chunk = on_chunk
        self._now = now
        self._stop = threading.Event()
        self._room = threading.Semaphore(_CHUNKS_WAITING)
        self._chunks: asyncio.Queue[Chunk] = asyncio.Queue()  # bounded by the semaphore
        self._thread: threading.Thread | None = None
        self._taken_at: float | None = None

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Read within the block."""
        loop = asyncio.get_running_loop()
        self._thread = threading.Thread(
            target=self._read, args=(loop,), name=f"line {self._port}", daemon=True
        )
        self._thread.start()
        async with asyncio.TaskGroup() as tasks:
            task = tasks.create_task(self._take_chunks(), name=f"line {self._port}")
            try:
                yield
            finally:
                self._stop.set()
                self._room.release()
                await asyncio.to_thread(self._thread.join, 2 * _READ_TIMEOUT_S)
                task.cancel()

    def moving(self, t: float) -> bool:
        """Whether the thread lives and no chunk has been waiting for long."""
        alive = self._thread is not None and self._thread.is_alive()
        return alive and (self._taken_at is None or t - self._taken_at < 10.0)

    async def _take_chunks(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            chunk = await self._chunks.get()
            self._taken_at = loop.time()
            await self._on_chunk(chunk)
            self._taken_at = None
            self._room.release()
            # The next chunk may be there already: let the other lines and the uplink have their turn.
            await asyncio.sleep(0)

    def _read(self, loop: asyncio.AbstractEventLoop) -> None:
        """Open, read until the port is gone, and open again. Runs in the thread."""
        delay = _FIRST_DELAY_S
        while not self._stop.is_set():
            try:
                with self._open() as port:
                    self._hand_over(loop, Chunk(self._now(), gone=""))
                    delay = _FIRST_DELAY_S
                    self._read_port(loop, port)
            except (serial.SerialException, OSError, ValueError) as flaw:
                self._hand_over(loop, Chunk(self._now(), gone=str(flaw) or type(flaw).__name__))
            self._stop.wait(delay)
            delay = min(delay * 2, _LONGEST_DELAY_S)

    def _open(self) -> Any:
        return serial.serial_for_url(self._port, baudrate=self._baud, timeout=_READ_TIMEOUT_S)

    def _read_port(self, loop: asyncio.AbstractEventLoop, port: Any) -> None:
        while not self._stop.is_set():
            data = bytearray(port.read(1))
            if not data:
                continue
            moment = self._now()
            try:
                data += self._what_else_came(port)
            finally:  # what came before the port was gone is not lost with it
                self._hand_over(loop, Chunk(moment, bytes(data)))

    def _what_else_came(self, port: Any) -> bytes:
        if not self._port.startswith("socket://"):
            return bytes(port.read(min(port.in_waiting, _MOST_BYTES)))
        # pyserial's socket says at most "1 byte waits", but setting its timeout costs nothing.
        port.timeout = 0
        try:
            return bytes(port.read(_MOST_BYTES))
        finally:
            port.timeout = _READ_TIMEOUT_S

    def _hand_over(self, loop: asyncio.AbstractEventLoop, chunk: Chunk) -> None:
        self._room.acquire()
        if self._stop.is_set():
            return
        try:
            loop.call_soon_threadsafe(self._chunks.put_nowait, chunk)
        except RuntimeError:  # the loop is closed: the process ends
            self._stop.set()
