"""Readers of the feed that note each entry's number, and readers that stop reading."""

import asyncio
import re
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field

from bench._tree import Center


def request(center: Center, after: int) -> bytes:
    """The request for the feed of *center* from an entry on."""
    headers = {"Host": "localhost", **center.headers}
    lines = [
        f"GET /api/v1/feed?after={after} HTTP/1.1",
        *(f"{n}: {each}" for n, each in headers.items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode()


ID = re.compile(rb"^id: ?(\d+)\r?$", re.MULTILINE)

SMALL = 4_096
"""Bytes that a reader that reads nothing has room for: the center notices soon."""


@dataclass
class ReaderOfFeed:
    """The *numbers* of the entries that came, in their order; it *follows* once it is let in."""

    numbers: list[int] = field(default_factory=list)
    follows: bool = False
    _rest: bytes = b""

    async def follow(self, center: Center, after: int) -> None:
        """Read until cancelled or let go."""
        source, out = await asyncio.open_connection("127.0.0.1", center.port)
        try:
            out.write(request(center, after))
            self.follows = b" 200 " in await source.readline()
            while data := await source.read(65_536):
                self._note(data)
        finally:
            out.close()

    def _note(self, data: bytes) -> None:
        lines, end, rest = (self._rest + data).rpartition(b"\n")
        self.numbers += [int(number) for number in ID.findall(lines + end)]
        self._rest = rest


@asynccontextmanager
async def readers_of_feed(
    center: Center, *, count: int, after: int
) -> AsyncIterator[list[ReaderOfFeed]]:
    """So many readers within the block."""
    readers = [ReaderOfFeed() for _ in range(count)]
    tasks = [asyncio.create_task(each.follow(center, after)) for each in readers]
    try:
        yield readers
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@contextmanager
def stalled_readers(center: Center, *, count: int) -> Iterator[None]:
    """So many readers within the block that ask for all entries and read none."""
    with ExitStack() as stack:
        for _ in range(count):
            one = stack.enter_context(socket.socket())
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL)
            one.connect(("127.0.0.1", center.port))
            one.sendall(request(center, 0))
        yield
