"""The serial port of a modem: one thread reads it, another writes, and a port that went comes back."""

import asyncio
import os
import threading
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, closing
from typing import Any

import serial
import structlog

from runtime.backoff import Backoff
from runtime.serial_ports import ERRORS, open_port, read_rest
from runtime.serial_ports import Port as SerialPort

log = structlog.get_logger(__name__)

_OPENING_AGAIN = Backoff(0.2, 5.0)
"""Seconds: a port that vanished is tried again quickly, because an alarm may come."""

_LEAVING_S = 1.0
"""For the reader to end: a read, and the 0.3 s for which pyserial sits on a socket that it closed."""

_WRITE_TIMEOUT_S = 5.0


class PortAway(Exception):
    """The port cannot be used now; the text says why."""


class Port:
    """Keeps the port *url* open; on the loop, *on_data* gets what comes, *on_gone* is told its end."""

    def __init__(
        self, url: str, baud: int, *, on_data: Callable[[bytes], None], on_gone: Callable[[], None]
    ) -> None:
        self._url = url
        self._baud = baud
        self._on_data = on_data
        self._on_gone = on_gone
        self._port: SerialPort | None = None
        self._why_away = f"{url}: not open yet"
        self._tried = asyncio.Event()
        self._stop = threading.Event()
        self._again = threading.Event()
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="modem writer")

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Keep it open within the block."""
        loop = asyncio.get_running_loop()
        reader = threading.Thread(
            target=self._read, args=(loop,), name=f"modem {self._url}", daemon=True
        )
        reader.start()
        try:
            yield
        finally:
            self._stop.set()
            self._writer.shutdown(wait=False, cancel_futures=True)
            await asyncio.to_thread(reader.join, _LEAVING_S)

    async def write(self, data: bytes) -> None:
        """Hand *data* over; raises PortAway."""
        await self._tried.wait()
        if self._port is None:
            raise PortAway(self._why_away)
        try:
            await asyncio.get_running_loop().run_in_executor(self._writer, self._port.write, data)
        except ERRORS as error:
            raise PortAway(reason_of(error, self._url)) from error

    def reopen(self) -> None:
        """Close the port and open it anew: what is at its other end may be another modem by now.

        A serial server that lost its power leaves a connection on which nothing will ever come.
        """
        self._again.set()

    def _opened(self, port: SerialPort) -> None:
        log.info("the modem's port is open", port=self._url)
        self._port, self._why_away = port, ""
        self._tried.set()

    def _gone(self, reason: str) -> None:
        if reason != self._why_away:
            log.warning("the modem's port is away; is it plugged in?", port=self._url, reason=reason)
        self._port, self._why_away = None, reason
        self._tried.set()
        self._on_gone()

    def _read(self, loop: asyncio.AbstractEventLoop) -> None:
        """Open, read until the port is gone, and open again. Runs in the thread."""
        failures = 0
        while not self._stop.is_set():
            try:
                with closing(open_port(self._url, self._baud)) as port:
                    port.write_timeout = _WRITE_TIMEOUT_S
                    self._tell(loop, self._opened, port)
                    failures = 0
                    self._read_port(loop, port)
            except ERRORS as error:
                self._tell(loop, self._gone, reason_of(error, self._url))
            failures += 1
            self._stop.wait(_OPENING_AGAIN.delay(failures))

    def _read_port(self, loop: asyncio.AbstractEventLoop, port: SerialPort) -> None:
        self._again.clear()
        while not self._stop.is_set():
            if self._again.is_set():
                raise serial.SerialException(f"{self._url}: opened anew, nothing answers")
            data = bytes(port.read(1))
            if data:
                self._tell(loop, self._on_data, data + read_rest(port))

    def _tell(self, loop: asyncio.AbstractEventLoop, what: Callable[[Any], None], value: object) -> None:
        try:
            loop.call_soon_threadsafe(what, value)
        except RuntimeError:  # the loop is closed: the process ends
            self._stop.set()


def reason_of(error: Exception, url: str) -> str:
    """Why the port *url* is away, naming the port and its trouble once: pyserial's texts do so twice."""
    if isinstance(error, OSError) and error.errno is not None:
        return f"{url}: {os.strerror(error.errno)}"
    text = str(error) or type(error).__name__
    return text if url in text else f"{url}: {text}"
