"""Silent lines: connections that died without a word, ports that hang, and recovery without a hand."""

import asyncio
import os
import socket
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import serial
from serial.rfc2217 import PortManager

from contract.sentences import Sentence, Status
from contract.sentences import encode as encode_sentence
from gateway.domain.model.moment import Moment
from gateway.domain.supervision.port_reopening import ReopenBackoff
from runtime.gathering import Gathering
from runtime.serial_port import ERRORS, chunk_reader, open_port
from runtime.serial_reader import Chunk, SerialReader
from tests.adapters.gateway.rig import PtyLine, center, during, gateway, settings_for
from tests.support.fault_proxy import fault_proxy
from tests.support.servers import Server
from tests.support.waiting import eventually

CALL = encode_sentence(Sentence("call-1", 1, "manual", 1.0, Status.NORMAL))

old_pyserial = pytest.mark.filterwarnings("ignore:set(Daemon|Name):DeprecationWarning")


def one_line(port: str, **line: object) -> dict[str, Any]:
    return {"lines": [{"name": "line-1", "port": port, **line}]}


@asynccontextmanager
async def serial_server(says: Callable[[int], bytes]) -> AsyncIterator[int]:
    """A serial server over TCP; each connection is told what *says* makes of its number, from 1."""
    writers: list[asyncio.StreamWriter] = []

    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)

    async def speak() -> None:
        while True:
            for number, writer in enumerate(writers, 1):
                writer.write(says(number))
            await asyncio.sleep(0.05)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with during(speak):
        yield server.sockets[0].getsockname()[1]
    server.close()
    for writer in writers:
        writer.transport.abort()


@asynccontextmanager
async def reader(port: str, *, silent_after_s: float = 60.0) -> AsyncIterator[list[Chunk[Moment]]]:
    """Read *port* within the block, into the list of chunks; nothing counts as sound."""
    chunks: list[Chunk[Moment]] = []
    loop = asyncio.get_running_loop()
    begun = loop.time()

    async def note(chunk: Chunk[Moment]) -> None:
        chunks.append(chunk)

    async def ignore(_: Moment) -> None:
        """A test of its own."""

    reopening = ReopenBackoff(silent_after_s)
    line = SerialReader(
        port,
        partial(open_port, port, 9600),
        on_chunk=note,
        on_reopen=ignore,
        is_silent=lambda t, opened_at: reopening.is_due(t, heard_at=begun, opened_at=opened_at),
        now=lambda: Moment(0, loop.time()),
    )
    async with line.running():
        yield chunks


async def test_a_connection_that_died_without_a_word_is_replaced_once_the_line_is_silent(
    broker: Server, tmp_path: Path
) -> None:
    released = encode_sentence(Sentence("call-1", 0, "manual", 0.0, Status.NORMAL))
    async with (
        serial_server(lambda number: released if number == 1 else CALL) as port,
        fault_proxy(port) as network,
    ):
        settings = settings_for(
            tmp_path, broker, **one_line(f"socket://127.0.0.1:{network.port}", silent_after_s=1.0)
        )
        async with center(broker) as rct, gateway(settings):
            await eventually(lambda: rct.count("call-1") > 0)
            network.freeze()  # the socket stays, and even answers keepalives
            await eventually(lambda: "call-1 fire raised: manual_call" in rct.story, within=20)
            assert "line-1 fault raised: line_silent" in rct.story
            assert "line-1 fault raised: line_lost" not in rct.story
            await eventually(lambda: "line-1 fault restored: line_silent" in rct.story)


async def test_a_port_whose_device_came_back_behind_a_dead_handle_is_reopened(
    broker: Server, line: PtyLine, tmp_path: Path
) -> None:
    settings = settings_for(tmp_path, broker, **one_line(line.port, silent_after_s=1.0))
    async with center(broker) as rct, gateway(settings):
        await eventually(lambda: rct.sees_lines)
        line.mend()  # the name leads to another device now, and nobody tells who has the old one open
        await eventually(lambda: "line-1 fault raised: line_silent" in rct.story)

        def heard() -> bool:
            line.say("call-1", "manual", 1.0)
            return "call-1 fire raised: manual_call" in rct.story

        await eventually(heard, within=20, every=0.2)


async def test_an_urgent_chunk_does_not_wait_for_the_gathering_and_keeps_its_place(
    line: PtyLine,
) -> None:
    chunks: list[Chunk[Moment]] = []
    loop = asyncio.get_running_loop()

    async def note(chunk: Chunk[Moment]) -> None:
        chunks.append(chunk)

    def text() -> bytes:
        return b"".join(each.data for each in chunks)

    gathering = Gathering(3_600.0)
    reader = SerialReader(
        line.port,
        partial(open_port, line.port, 9600),
        on_chunk=note,
        now=lambda: Moment(0, loop.time()),
        is_urgent=lambda data: b"!" in data,
        gathering=gathering,
    )
    async with reader.running():
        await eventually(lambda: gathering.is_on)  # since the port is open
        line.send(b"one,")
        await eventually(lambda: len(reader._chunks) == 1)
        line.send(b"two!")
        await eventually(lambda: text() == b"one,two!")
        line.send(b"three")
        await eventually(lambda: len(reader._chunks) == 1)
    assert text() == b"one,two!three"


async def test_what_comes_while_a_consumer_is_held_up_waits_and_keeps_its_order(line: PtyLine) -> None:
    chunks: list[Chunk[Moment]] = []
    loop = asyncio.get_running_loop()
    free = asyncio.Event()

    async def note(chunk: Chunk[Moment]) -> None:
        chunks.append(chunk)
        await free.wait()

    reader = SerialReader(
        line.port, partial(open_port, line.port, 9600), on_chunk=note, now=lambda: Moment(0, loop.time())
    )
    async with reader.running():
        await eventually(lambda: len(chunks) == 1)
        for number in range(32):
            line.send(b"%03d," % number)
            await eventually(lambda: len(reader._chunks) == number + 1)  # noqa: B023 (awaited here)
        line.send(b"032,")
        line.send(b"033,")
        await eventually(lambda: not reader.is_progressing(loop.time() + 3_600.0))
        assert len(reader._chunks) == 32
        free.set()
        text = b"".join(b"%03d," % number for number in range(34))
        await eventually(lambda: b"".join(each.data for each in chunks) == text)


async def test_a_port_whose_reads_wait_notices_that_the_other_end_is_gone() -> None:
    master, slave = os.openpty()
    port = open_port(os.ttyname(slave), 9600)
    read_chunk = chunk_reader(port)
    os.write(master, b"one")
    assert read_chunk() == b"one"
    assert read_chunk() == b""
    os.close(slave)
    os.close(master)
    with pytest.raises(ERRORS):
        read_chunk()
    port.close()


async def test_a_sentence_that_comes_while_the_port_is_reopened_is_heard(line: PtyLine) -> None:
    async with reader(line.port, silent_after_s=0.1) as chunks:
        for number in range(60):
            await asyncio.to_thread(time.sleep, 0.02)
            line.send(b"%03d," % number)
        await eventually(lambda: b"059," in b"".join(each.data for each in chunks))
        text = b"".join(each.data for each in chunks)
        assert text == b"".join(b"%03d," % number for number in range(60))
        assert sum(each.lost == "" for each in chunks) > 1
        assert not any(each.lost for each in chunks)


async def test_an_opening_that_blocks_holds_up_neither_the_other_lines_nor_the_end(
    broker: Server, line: PtyLine, tmp_path: Path
) -> None:
    hub = tmp_path / "hub"
    os.mkfifo(hub)  # opening it blocks in the kernel until somebody reads there
    both = {
        "lines": [
            {"name": "line-1", "port": line.port},
            {"name": "line-2", "port": f"spy://{line.port}?file={hub}"},
        ]
    }
    try:
        async with center(broker) as rct, gateway(settings_for(tmp_path, broker, **both)):
            line.say("call-1", "manual", 1.0)
            await eventually(lambda: "call-1 fire raised: manual_call" in rct.story)
            await eventually(lambda: "line-2 fault raised: line_lost" in rct.story, within=40)
    finally:
        os.close(os.open(hub, os.O_RDONLY | os.O_NONBLOCK))


async def test_a_port_that_opens_after_all_is_read_and_its_threads_are_few(
    line: PtyLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    patience = dict.fromkeys(("opening", "reading", "closing"), 0.1)
    monkeypatch.setattr("runtime.serial_reader._LONGEST_CALL_S", patience)
    hub = tmp_path / "hub"
    os.mkfifo(hub)
    name = f"serial spy://{line.port}?file={hub}"

    def threads() -> int:
        return sum(each.name == name for each in threading.enumerate())

    async with reader(name.removeprefix("serial ")) as chunks:
        await eventually(lambda: threads() == 4)
        await eventually(lambda: any(each.lost for each in chunks))
        await asyncio.sleep(1)  # long enough for a fifth
        assert threads() == 4
        end = os.open(hub, os.O_RDONLY | os.O_NONBLOCK)
        await eventually(lambda: chunks[-1].lost == "")
        await eventually(lambda: threads() == 1)
        line.send(b"x")
        await eventually(lambda: chunks[-1].data == b"x")
    os.close(end)


@pytest.mark.parametrize(
    "port", ["socket://no-such-host.invalid:1", "socket://127.0.0.1", "socket://x:y"]
)
async def test_a_port_that_names_nothing_is_lost_and_tried_again(port: str) -> None:
    async with reader(port) as chunks:
        await eventually(lambda: sum(bool(each.lost) for each in chunks) > 1, within=30)


@old_pyserial
async def test_bytes_sent_before_the_port_was_lost_are_received_over_rfc2217_too() -> None:
    with remote_port() as server:
        async with reader(f"rfc2217://127.0.0.1:{server.port}") as chunks:
            await eventually(lambda: any(each.lost == "" for each in chunks))
            server.device.write(CALL)
            await eventually(lambda: b"".join(each.data for each in chunks) == CALL)
            server.send(CALL)
            server.hang_up()
            await eventually(lambda: b"".join(each.data for each in chunks) == 2 * CALL)
            await eventually(lambda: any(each.lost for each in chunks))


@old_pyserial
async def test_connections_to_serial_servers_are_kept_alive_and_given_up() -> None:
    with remote_port() as server, socket.create_server(("127.0.0.1", 0)) as plain:
        for url in (
            f"rfc2217://127.0.0.1:{server.port}",
            f"socket://127.0.0.1:{plain.getsockname()[1]}",
        ):
            port = await asyncio.to_thread(open_port, url, 9600)
            try:
                connection = port._socket  # type: ignore[attr-defined]
                assert connection.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
                assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) <= 15
                assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) <= 30_000
            finally:
                await asyncio.to_thread(port.close)


class remote_port:  # noqa: N801 (it is used as a function)
    """A serial server that speaks RFC 2217; what is sent to its device comes back from there."""

    def __init__(self) -> None:
        self.device = serial.serial_for_url("loop://", timeout=0.02)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._connection: socket.socket | None = None
        self._ends = False
        self._threads = [threading.Thread(target=self._serve, daemon=True)]

    def __enter__(self) -> "remote_port":
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ends = True
        self.hang_up()
        self._listener.close()
        for each in self._threads:
            each.join(5)
        self.device.close()

    def send(self, data: bytes) -> None:
        assert self._connection is not None
        self._connection.sendall(data)

    write = send

    def hang_up(self) -> None:
        """Close the connection that there is, and take no other."""
        self._listener.settimeout(0.01)
        if self._connection is not None:
            with suppress(OSError):
                self._connection.shutdown(socket.SHUT_RDWR)

    def _serve(self) -> None:
        self._connection, _ = self._listener.accept()
        # Its types name the client of RFC 2217 alone; any port and any writer do.
        manager = PortManager(self.device, self)  # type: ignore[arg-type]
        pump = threading.Thread(target=self._pump, args=(manager,), daemon=True)
        self._threads.append(pump)
        pump.start()
        while data := self._connection.recv(1024):
            list(manager.filter(data))
        self._connection.close()

    def _pump(self, manager: PortManager) -> None:
        while not self._ends:
            if data := self.device.read(256):
                self.send(b"".join(manager.escape(data)))
