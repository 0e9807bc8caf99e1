"""Requirements on the socket that reads ahead for a client which asks for single bytes."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.read_ahead import AHEAD, ReadAheadSocket
from tests.support.waiting import eventually


@contextmanager
def connection() -> Iterator[tuple[ReadAheadSocket, socket.socket]]:
    here, there = socket.socketpair()
    with ReadAheadSocket.over(here) as ahead, there:
        ahead.setblocking(False)
        yield ahead, there


async def read_all(ahead: ReadAheadSocket, sizes: list[int]) -> bytes:
    """The bytes that come when so many are asked for in turn, until there are no more."""
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


def sends(ahead: ReadAheadSocket, packet: bytes) -> bool:
    try:
        return ahead.send(packet) == len(packet)
    except BlockingIOError:
        return False


async def test_what_acknowledges_the_messages_of_a_turn_is_sent_together_and_before_the_rest() -> None:
    with connection() as (ahead, there):
        there.setblocking(False)
        there.sendall(b"xx")
        ahead.recv(1)
        acks = [b"\x40\x02\x00" + bytes([number]) for number in range(1, 4)]
        assert [ahead.send(ack) for ack in acks] == [4, 4, 4]
        with pytest.raises(BlockingIOError):
            there.recv(100)
        ahead.send(b"\x30\x00")
        assert there.recv(100) == b"".join(acks) + b"\x30\x00"
        assert ahead.send(acks[0]) == 4
        await asyncio.sleep(0)
        assert there.recv(100) == acks[0]
        assert ahead.send(acks[1]) == 4
        assert there.recv(100) == acks[1], "at once where nothing was read"


async def test_no_packet_goes_into_the_middle_of_another_one_when_the_other_side_reads_nothing() -> None:
    with connection() as (ahead, there):
        there.sendall(b"x")
        ahead.recv(1)
        fill = 0
        with suppress(BlockingIOError):
            while True:
                fill += socket.socket.send(ahead, b"." * 4_096)
        ahead.send(b"\x40\x02\x00\x01")
        with pytest.raises(BlockingIOError):
            ahead.send(b"\x30\x00")
        there.recv(fill, socket.MSG_WAITALL)
        await eventually(lambda: sends(ahead, b"\x30\x00"))
        assert there.recv(100) == b"\x40\x02\x00\x01\x30\x00"


async def test_the_end_of_the_connection_comes_after_what_was_read_ahead() -> None:
    with connection() as (ahead, there):
        there.sendall(b"last")
        there.close()
        assert ahead.recv(2) == b"la"
        assert ahead.recv(10) == b"st"
        await asyncio.sleep(0)
        assert ahead.recv(1) == b""
