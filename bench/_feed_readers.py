"""Readers of the feed as a process of their own, raw sockets: ``PORT COUNT [TOKEN_FILE]``.

They read and forget. It prints ``ready`` when all are connected, and ends when its input does. Of one
reader in a hundred the bytes are kept; at the end it prints how many events the one of them that got the
fewest has read.
"""

import select
import socket
import sys
from pathlib import Path

REQUEST = "GET /api/v1/feed HTTP/1.1\r\nHost: localhost\r\n"

ONE_IN = 100
"""Readers of which one is looked at."""


def main() -> int:
    """Read until the input ends."""
    port, count = int(sys.argv[1]), int(sys.argv[2])
    request = _request(*map(Path, sys.argv[3:4]))
    connected = [_connected(port, request) for _ in range(count)]
    kept = {each.fileno(): bytearray() for each in connected[::ONE_IN]}
    print("ready", flush=True)
    _read_until_the_end({each.fileno(): each for each in connected}, kept)
    print(min((_events(data) for data in kept.values()), default=0), flush=True)
    return 0


def _request(token: Path | None = None) -> bytes:
    """Return the request, with the *token* that alerting made; one that is open makes none."""
    if token is None or not token.exists():
        return f"{REQUEST}\r\n".encode()
    return f"{REQUEST}Authorization: Bearer {token.read_text().strip()}\r\n\r\n".encode()


def _connected(port: int, request: bytes) -> socket.socket:
    reader = socket.create_connection(("127.0.0.1", port))
    reader.sendall(request)
    head = reader.recv(1_024)
    if b" 200 " not in head.split(b"\r\n")[0]:
        raise SystemExit(f"the feed refused a reader: {head[:200]!r}")
    return reader


def _read_until_the_end(readers: dict[int, socket.socket], kept: dict[int, bytearray]) -> None:
    poll, buffer = select.epoll(), bytearray(1_048_576)
    for each in (sys.stdin.fileno(), *readers):
        poll.register(each, select.EPOLLIN)
    while True:
        for number, _ in poll.poll():
            if number not in readers:
                return
            size = readers[number].recv_into(buffer)
            if not size:
                poll.unregister(number)
            elif number in kept:
                kept[number] += buffer[:size]


def _events(data: bytearray) -> int:
    return data.count(b"\ndata:")


if __name__ == "__main__":
    sys.exit(main())
