"""A command center as a process of its own that notes when it was told of which premises, and no more.

``python -m bench._receiver PORT`` answers each POST with 200. GET /told returns, as JSON, for each
premises the time of its first notice in microseconds since 1970, and the number of all messages.
"""

import asyncio
import json
import re
import sys
import time

PREMISES = re.compile(rb'"premises":\{"id":"([^"~]+)"')
LENGTH = re.compile(rb"(?i)content-length: *([0-9]+)")
END = b"\r\n\r\n"


class Told:
    """The first notice of each premises but the center itself, and the number of all messages."""

    def __init__(self) -> None:
        self.first: dict[str, int] = {}
        self.messages = 0

    def note(self, body: bytes) -> None:
        """Note the message in *body*."""
        self.messages += 1
        if (found := PREMISES.search(body)) is not None:
            self.first.setdefault(found[1].decode(), time.time_ns() // 1_000)

    def as_json(self) -> bytes:
        """Return all that is known."""
        return json.dumps({"first": self.first, "messages": self.messages}).encode()


class Connection(asyncio.Protocol):
    """One connection, over which requests follow one another."""

    def __init__(self, told: Told) -> None:
        self._told = told
        self._came = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep *transport* to answer on."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer each request that is complete."""
        self._came += data
        while END in self._came:
            head, rest = self._came.split(END, 1)
            found = LENGTH.search(head)
            length = int(found[1]) if found else 0
            if len(rest) < length:
                return
            self._came = rest[length:]
            self._answer(head, rest[:length])

    def _answer(self, head: bytes, body: bytes) -> None:
        answer = b"{}"
        if head.startswith(b"POST"):
            self._told.note(body)
        else:
            answer = self._told.as_json()
        start = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
        self._transport.write(start + b"Content-Length: %d" % len(answer) + END + answer)


async def serve(port: int) -> None:
    """Serve on *port* of the loopback until cancelled."""
    told = Told()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(told), "127.0.0.1", port, backlog=1_024)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
