"""Requirements on the socket that reads ahead for a client which asks for single bytes."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.read_ahead import AHEAD, ReadAheadSocket


@contextmanager
def connection() -> Iterator[tuple[ReadAheadSocket, socket.socket]]:
    here, there = socket.socketpair()
    with ReadAheadSocket.over(here) as ahead, there:
        ahead.setblocking(False)
        yield ahead, there


async def read_all(ahead: ReadAheadSocket, sizes: list[int]) -> bytes:
    """What comes when so many bytes are asked for in turn, until there is no more."""
    found, turn = b"", 0
    while True:
        try:
            data = ahead.recv(sizes[turn % len(sizes)])
        except BlockingIOError:
            await asyncio.sleep(0)
            data = b"" if ahead.pending() else _more(ahead)
        if not data:
            return found
        found, turn = found + data, turn + 1


def _more(ahead: ReadAheadSocket) -> bytes:
    try:
        return ahead.recv(1)
    except BlockingIOError:
        return b""


@given(st.lists(st.integers(1, 70), min_size=1, max_size=5), st.integers(0, 3 * AHEAD))
def test_whatever_is_asked_for_yields_the_bytes_in_their_order(sizes: list[int], length: int) -> None:
    sent = bytes(number % 251 for number in range(length))
    with connection() as (ahead, there):
        there.sendall(sent)
        assert asyncio.run(read_all(ahead, sizes)) == sent


async def test_it_reads_ahead_once_in_a_turn_of_the_loop() -> None:
    with connection() as (ahead, there):
        there.sendall(b"x" * (AHEAD + 10))
        assert ahead.recv(1) == b"x"
        assert ahead.pending() == AHEAD - 1
        ahead.recv(AHEAD)
        with pytest.raises(BlockingIOError):
            ahead.recv(1)
        await asyncio.sleep(0)
        assert ahead.recv(1) == b"x"


async def test_the_end_of_the_connection_comes_after_what_was_read_ahead() -> None:
    with connection() as (ahead, there):
        there.sendall(b"last")
        there.close()
        assert ahead.recv(2) == b"la"
        assert ahead.recv(10) == b"st"
        await asyncio.sleep(0)
        assert ahead.recv(1) == b""
