"""The simulated modem, as a program and behind its port."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from firmware_sim.adapters.line import CannotOpen
from firmware_sim.domain.modem import SimulatedModem
from firmware_sim.peers.modem import open_modem, open_modem_on_pty

# "hello" to +84912345678, without a report; byte by byte in the tests of short messages.
HELLO = "0011000B914819325476F800000B05E8329BFD06"


@asynccontextmanager
async def played(*arguments: str) -> AsyncIterator[asyncio.subprocess.Process]:
    command = [sys.executable, "-m", "tocsin", "sim", "modem", *arguments]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    try:
        yield process
    finally:
        process.terminate()
        await process.wait()


async def said(process: asyncio.subprocess.Process) -> str:
    assert process.stdout is not None
    return (await asyncio.wait_for(process.stdout.readline(), 20)).decode().strip()


async def send_hello(port: int) -> bytes:
    """Send a message by hand and return the answer of the modem."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"ATE0\rAT+CMGF=0\rAT+CMGS=19\r{HELLO}\x1a".encode())
    answer = await asyncio.wait_for(reader.readuntil(b"+CMGS: 251\r\n\r\nOK\r\n"), 10)
    writer.close()
    return answer


async def test_the_program_prints_each_message_of_a_telephone() -> None:
    async with played("--port", "0") as process:
        port = int((await said(process)).rpartition(":")[2])
        await send_hello(port)
        assert (await said(process)).endswith("+84912345678 (1): hello")


async def test_a_network_can_be_as_slow_as_a_real_one(tmp_path: Path) -> None:
    loop = asyncio.get_running_loop()
    async with open_modem(SimulatedModem(), part_s=0.3) as served:
        began = loop.time()
        await send_hello(int(served.url.rpartition(":")[2]))
        assert loop.time() - began >= 0.3


async def test_the_program_prints_objects_for_programs() -> None:
    async with played("--port", "0", "--json") as process:
        port = int(json.loads(await said(process))["port"].rpartition(":")[2])
        await send_hello(port)
        shown: dict[str, Any] = json.loads(await said(process))
        del shown["at"]
        assert shown == {"to": "+84912345678", "parts": 1, "text": "hello"}


async def test_the_program_makes_a_link_and_takes_it_away(tmp_path: Path) -> None:
    link = tmp_path / "ttyModem"
    async with played("--link", str(link)) as process:
        assert str(link) in await said(process)
        assert link.is_char_device()
    assert not link.is_symlink()


async def test_a_link_left_behind_by_a_killed_program_is_replaced(tmp_path: Path) -> None:
    link = tmp_path / "ttyModem"
    link.symlink_to("/dev/a-terminal-long-gone")
    async with played("--link", str(link)) as process:
        assert str(link) in await said(process)
        assert link.is_char_device()


async def test_a_link_that_cannot_be_made_is_refused_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    with pytest.raises(CannotOpen, match="choose another link"):
        async with open_modem_on_pty(SimulatedModem(), link=tmp_path / "taken"):
            pass
    assert (tmp_path / "taken").exists()


async def test_a_port_in_use_is_refused_with_the_remedy() -> None:
    async with open_modem(SimulatedModem()) as served:
        port = int(served.url.rpartition(":")[2])
        with pytest.raises(CannotOpen, match="choose another port"):
            async with open_modem(SimulatedModem(), port=port):
                pass
