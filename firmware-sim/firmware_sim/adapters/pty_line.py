"""A line on a pseudo-terminal: for its reader, an ordinary serial port."""

import asyncio
import fcntl
import os
import select
import struct
import termios
import tty
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from firmware_sim.adapters.line import LINGER_S, ends_within, wait_until
from firmware_sim.adapters.links import linked

# A reader opens the port, then sets it up, then throws away what came meanwhile (pyserial does all of
# that within milliseconds). What is sent before would be lost, so a new reader is given this long.
SETTLING_S = 0.3


class PtyLine:
    """The writing end of an open pseudo-terminal.

    Linux reports to the writing end that no reader has the other end open (POLLHUP); then data is
    rejected.
    """

    def __init__(self, master: int, port: str, url: str) -> None:
        self.url = url
        self._master = master
        self._port = port
        self._rest = b""
        self._full = False
        self._reader_since: float | None = None
        self._poll = select.poll()
        self._poll.register(master, 0)

    def offer(self, data: bytes) -> bool:
        """Write *data* if there is a reader and the kernel's buffer (some 18 kB) has room."""
        if not self._is_read():
            self._rest = b""
            return False
        written = 0 if self._flush() else self._write(data)
        if not written:
            self._full = True
            return False
        self._rest = data[written:]
        return True

    async def ready(self) -> None:
        """Wait until there is a reader, and room."""
        await wait_until(self._is_read)
        if self._full:
            await self._writable()
            self._full = False

    async def finish(self, patience_s: float) -> None:
        """Wait until the reader has read everything: closing the line discards the rest."""
        if not self._is_read():
            return
        port = os.open(self._port, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        try:
            sent = wait_until(lambda: not self._flush() and not _unread(port))
            if await ends_within(patience_s, sent):
                await asyncio.sleep(LINGER_S)
        finally:
            os.close(port)

    def _is_read(self) -> bool:
        if any(events & select.POLLHUP for _, events in self._poll.poll(0)):
            self._reader_since = None
            return False
        now = asyncio.get_running_loop().time()
        if self._reader_since is None:
            self._reader_since = now
        return now - self._reader_since >= SETTLING_S

    def _flush(self) -> bytes:
        """Write the bytes for which the kernel had no room; return those still left."""
        self._rest = self._rest[self._write(self._rest) :]
        return self._rest

    def _write(self, data: bytes) -> int:
        """Write *data*; return the number of bytes that the kernel accepted."""
        try:
            return os.write(self._master, data) if data else 0
        except BlockingIOError:
            return 0

    async def _writable(self) -> None:
        loop = asyncio.get_running_loop()
        room = asyncio.Event()
        loop.add_writer(self._master, room.set)
        try:
            await room.wait()
        finally:
            loop.remove_writer(self._master)


@asynccontextmanager
async def open_pty(link: Path | None) -> AsyncIterator[PtyLine]:
    """A new pseudo-terminal, with a symbolic link to it at *link*; raises CannotOpen."""
    master, port = os.openpty()
    try:
        path = os.ttyname(port)
        tty.setraw(port)
        os.close(port)  # only readers keep it open, so that the master sees whether there is one
        os.set_blocking(master, False)
        with linked(link, path):
            yield PtyLine(master, path, str(link or path))
    finally:
        os.close(master)


def _unread(port: int) -> int:
    """Return the number of bytes that wait in the terminal *port* for its reader."""
    return int(struct.unpack("i", fcntl.ioctl(port, termios.FIONREAD, b"\0" * 4))[0])
