import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

from contract.sentences import Sentence, Status, encode
from firmware_sim.adapters.line import deliver
from firmware_sim.adapters.pty_line import open_pty
from firmware_sim.adapters.tcp_line import TcpLine, open_tcp
from tests.adapters.sim.readers import Reader, reading, sleeping_on
from tests.support.waiting import eventually


def said(number: int) -> bytes:
    return encode(Sentence("smoke-01", number, "smoke", 0.02, Status.NORMAL))


def have_received(first: Reader, second: Reader, count: int) -> bool:
    return len(first.heard) == len(second.heard) == count


@contextlib.asynccontextmanager
async def sleeping_client(line: TcpLine) -> AsyncIterator[None]:
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
        port = int(line.url.rpartition(":")[2])
        await asyncio.to_thread(client.connect, ("127.0.0.1", port))
        yield


async def test_a_client_that_never_reads_misses_sentences_and_costs_the_others_none() -> None:
    async with open_tcp("127.0.0.1", 0) as line, sleeping_client(line):
        with reading(line.url) as first, reading(line.url) as second:
            await eventually(lambda: line.clients == 3)
            for number in range(10_000):
                assert line.offer(said(number))
                if number % 500 == 499:
                    await eventually(partial(have_received, first, second, number + 1))
        assert line.missed > 1_000


async def test_a_terminal_takes_nothing_while_nobody_reads_it() -> None:
    async with open_pty(None) as line:
        with sleeping_on(line.url):
            await eventually(lambda: line.offer(said(0)))
        assert not line.offer(said(1))


async def test_a_new_reader_of_a_terminal_first_has_time_to_set_it_up() -> None:
    async with open_pty(None) as line:
        with sleeping_on(line.url):
            assert not line.offer(said(0))
            await eventually(lambda: line.offer(said(0)))


async def test_a_terminal_that_was_full_goes_on_where_it_stopped_within_a_sentence(
    tmp_path: Path,
) -> None:
    async with open_pty(tmp_path / "line-1") as line:
        with sleeping_on(line.url), reading(line.url, asleep=True) as reader:
            await line.ready()
            taken = 0
            while line.offer(said(taken)):
                taken += 1
            assert taken > 100
            assert not await deliver(line, said(taken), patience_s=0.1)
            reader.wake()
            for number in range(taken, taken + 100):
                assert await deliver(line, said(number), patience_s=10)
            await line.finish(10)
            await eventually(lambda: len(reader.heard) >= taken + 100)
            assert reader.damage() == []
            assert [each.sequence for each in reader.sentences("smoke-01")] == list(range(taken + 100))
