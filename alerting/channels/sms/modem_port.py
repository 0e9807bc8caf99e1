"""The serial port of a modem: hands on what comes, and writes in a thread of its own."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import partial
from typing import NamedTuple

import structlog

from runtime.serial_port import ERRORS, open_port
from runtime.serial_reader import Chunk, SerialReader
from runtime.serial_thread import reason_of

log = structlog.get_logger(__name__)

_WRITE_TIMEOUT_S = 5.0


class PortAway(Exception):
    """The port cannot be used now; the text says why."""


class _Tick(NamedTuple):
    t: float


class ModemPort:
    """Keeps the port *url* open; on the loop, *on_data* gets what comes, *on_gone* its end."""

    def __init__(
        self, url: str, baud: int, *, on_data: Callable[[bytes], None], on_gone: Callable[[], None]
    ) -> None:
        self._url = url
        self._on_data = on_data
        self._on_gone = on_gone
        self._reader: SerialReader[_Tick] = SerialReader(
            url,
            partial(open_port, url, baud, write_timeout_s=_WRITE_TIMEOUT_S),
            on_chunk=self._accept_chunk,
            on_reopen=self._note_reopening,
            now=lambda: _Tick(time.monotonic()),
        )
        self._why_away = f"{url}: not open yet"
        self._tried = asyncio.Event()
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="modem writer")

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Keep it open within the block."""
        async with self._reader.running():
            try:
                yield
            finally:
                self._writer.shutdown(wait=False, cancel_futures=True)

    async def write(self, data: bytes) -> None:
        """Hand *data* over; raises PortAway."""
        await self._tried.wait()
        port = self._reader.port
        if port is None or self._why_away:
            raise PortAway(self._why_away)
        try:
            await asyncio.get_running_loop().run_in_executor(self._writer, port.write, data)
        except ERRORS as error:
            raise PortAway(reason_of(error, self._url)) from error

    def reopen(self) -> None:
        """Close the port and open it anew: what is at its other end may be another modem by now.

        A serial server that lost its power leaves a connection on which nothing will ever come.
        """
        self._reader.reopen()

    async def _accept_chunk(self, chunk: Chunk[_Tick]) -> None:
        if chunk.lost is None:
            # Not within the reader's task, which a fault in reading the modem's words would end.
            asyncio.get_running_loop().call_soon(self._on_data, chunk.data)
        elif chunk.lost:
            self._note_loss(chunk.lost)
        else:
            self._note_opened()

    async def _note_reopening(self, _: _Tick) -> None:
        self._note_loss(f"{self._url}: opened anew, nothing answers")

    def _note_opened(self) -> None:
        log.info("modem port open", port=self._url)
        self._why_away = ""
        self._tried.set()

    def _note_loss(self, reason: str) -> None:
        if reason != self._why_away:
            log.warning("modem port unavailable", port=self._url, reason=reason)
        self._why_away = reason
        self._tried.set()
        self._on_gone()
