"""Readers of the feed as a process of their own that reads and forgets: ``PORT COUNT``.

Prints ``ready`` when all are connected, and ends when its input does.
"""

import select
import socket
import sys

REQUEST = b"GET /api/v1/feed HTTP/1.1\r\nHost: bench\r\n\r\n"


def main() -> int:
    """Read until the input ends."""
    port, count = int(sys.argv[1]), int(sys.argv[2])
    readers = {each.fileno(): each for each in (_connected(port) for _ in range(count))}
    print("ready", flush=True)
    _read_until_the_end(readers)
    return 0


def _connected(port: int) -> socket.socket:
    reader = socket.create_connection(("127.0.0.1", port))
    reader.sendall(REQUEST)
    head = reader.recv(1_024)
    if b" 200 " not in head.split(b"\r\n")[0]:
        raise SystemExit(f"the feed refused a reader: {head[:200]!r}")
    return reader


def _read_until_the_end(readers: dict[int, socket.socket]) -> None:
    poll, buffer = select.epoll(), bytearray(1_048_576)
    for each in (sys.stdin.fileno(), *readers):
        poll.register(each, select.EPOLLIN)
    while True:
        for number, _ in poll.poll():
            if number not in readers:
                return
            if not readers[number].recv_into(buffer):
                poll.unregister(number)


if __name__ == "__main__":
    sys.exit(main())
