"""Readers of lines: real serial ports and sockets, as a gateway opens them."""

import asyncio
import contextlib
import os
import threading
from collections.abc import AsyncIterator, Iterator

import serial

from contract.sentences import DamagedBytes, Decoder, Sentence
from tests.support.waiting import eventually


class Reader:
    """Reads one port with pyserial, in a thread of its own, until the port ends."""

    def __init__(self, url: str, *, asleep: bool) -> None:
        self._awake = threading.Event()
        if not asleep:
            self._awake.set()
        self._port = serial.serial_for_url(url, timeout=0.1)
        self._decoder = Decoder()
        self._leave = threading.Event()
        self._thread = threading.Thread(target=self._read, daemon=True)
        self.heard: list[Sentence | DamagedBytes] = []
        self._thread.start()

    def sentences(self, address: str) -> list[Sentence]:
        return [each for each in self.heard if isinstance(each, Sentence) and each.address == address]

    def damage(self) -> list[DamagedBytes]:
        return [each for each in self.heard if isinstance(each, DamagedBytes)]

    def wake(self) -> None:
        self._awake.set()

    def close(self) -> None:
        self._leave.set()
        self._awake.set()
        self._thread.join(5)
        self._port.close()

    def _read(self) -> None:
        self._awake.wait()
        with contextlib.suppress(serial.SerialException, OSError):  # the line was closed
            while not self._leave.is_set():
                self.heard += self._decoder.decode_bytes(self._port.read(4096))


@contextlib.contextmanager
def reading(url: str, *, asleep: bool = False) -> Iterator[Reader]:
    reader = Reader(url, asleep=asleep)
    try:
        yield reader
    finally:
        reader.close()


@contextlib.contextmanager
def sleeping_on(path: str) -> Iterator[None]:
    """Somebody who opens a port and never reads it."""
    port = os.open(path, os.O_RDWR | os.O_NOCTTY)
    try:
        yield
    finally:
        os.close(port)


class Run:
    """A simulator that runs, and where its lines are."""

    def __init__(self) -> None:
        self.urls: dict[str, str] = {}
        self.start = asyncio.Event()

    async def url(self, name: str) -> str:
        await eventually(lambda: name in self.urls)
        return self.urls[name]


@contextlib.asynccontextmanager
async def cancelled_at_end(task: "asyncio.Task[object]") -> AsyncIterator[None]:
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])
