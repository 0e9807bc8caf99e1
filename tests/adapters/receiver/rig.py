"""A receiver with one account, p/g, between transmitters and a small center on a real broker."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from firmware_sim.domain.dc09 import ReceiverAnswer, read_answers
from receiver.app import run
from receiver.settings import Settings
from tests.support.servers import Server, free_port

KEY = "000102030405060708090a0b0c0d0e0f"


def settings_for(folder: Path, broker: Server, **others: Any) -> Settings:
    """The settings of a receiver whose account 1234 is the gateway p/g; AB has a key."""
    dc09 = {"host": "127.0.0.1", "port": free_port(), "frames_s": 100_000, "frames_at_once": 100_000}
    accounts = [
        {
            "account": "1234",
            "premises": "p",
            "gateway": "g",
            "points": [{"name": "kho", "zone": "12"}, {"name": "nut", "zone": "20", "area": "1"}],
        },
        {"account": "AB", "premises": "p", "gateway": "sealed", "key": KEY},
    ]
    return Settings(
        **{
            "premises": "r",
            "gateway": "r",
            "data_dir": folder / "data",
            "broker": {"port": broker.port},
            "web": {"port": free_port(), "open": True},
            "heartbeat_s": 0.2,
            "accounts": accounts,
            **others,
            "dc09": dc09 | others.get("dc09", {}),
        }
    )


def gbt_settings(folder: Path, broker: Server, own: dict[str, Any], **gbt: Any) -> Settings:
    """The settings of a receiver whose transmitter 379 is the gateway p/g."""
    transmitter = {
        "address": "0379",
        "premises": "p",
        "gateway": "g",
        "heartbeat_s": 0,
        "points": [{"name": "kho", "component": "10.2"}],
        **own,
    }
    return settings_for(
        folder,
        broker,
        accounts=[],
        gbt={
            "host": "127.0.0.1",
            "port": free_port(),
            "frames_s": 100_000,
            "frames_at_once": 100_000,
            "transmitters": [transmitter],
            **gbt,
        },
    )


@asynccontextmanager
async def receiver(settings: Settings) -> AsyncIterator[asyncio.Task[None]]:
    """A running receiver that listens, stopped in order at the end of the block."""
    task = asyncio.create_task(run(settings))
    try:
        await _listens(settings.dc09.port, task)
        yield task
    finally:
        task.cancel()
        await asyncio.wait({task}, timeout=20)


async def _listens(port: int, task: asyncio.Task[None]) -> None:
    while True:
        if task.done():
            task.result()
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.02)
        else:
            writer.close()
            return


class Transmitter:
    """A connection to the receiver."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, key: bytes | None
    ) -> None:
        self._reader = reader
        self.writer = writer
        self._key = key

    async def ask(self, data: bytes, answers: int = 1) -> list[ReceiverAnswer]:
        """Send *data*; return as many *answers*."""
        self.writer.write(data)
        found = b""
        async with asyncio.timeout(10):
            while found.count(b"\r") < answers:
                read = await self._reader.read(4_096)
                if not read:
                    raise ConnectionError(f"ended after {found!r}")
                found += read
        return read_answers(found, self._key)

    async def ended(self) -> bool:
        """Return whether the receiver ended the connection, once it did."""
        async with asyncio.timeout(10):
            try:
                return await self._reader.read() == b""
            except ConnectionError:
                return True


@asynccontextmanager
async def transmitter(
    settings: Settings, *, key: bytes | None = None, address: str = "127.0.0.1"
) -> AsyncIterator[Transmitter]:
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", settings.dc09.port, local_addr=(address, 0)
    )
    try:
        yield Transmitter(reader, writer, key)
    finally:
        writer.close()


class _Heard(asyncio.DatagramProtocol):
    def __init__(self) -> None:
        self.queue: asyncio.Queue[bytes] = asyncio.Queue()

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self.queue.put_nowait(data)


@asynccontextmanager
async def datagrams(settings: Settings) -> AsyncIterator[tuple[asyncio.DatagramTransport, _Heard]]:
    transport, heard = await asyncio.get_running_loop().create_datagram_endpoint(
        _Heard, remote_addr=("127.0.0.1", settings.dc09.port)
    )
    try:
        yield transport, heard
    finally:
        transport.close()


def quarantined(folder: Path) -> str:
    """Return the text of the receiver's quarantine."""
    files = (folder / "data" / "quarantine").glob("*.jsonl")
    return "".join(each.read_text() for each in files)
