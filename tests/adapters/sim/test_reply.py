"""A person answers the simulated modem, from the command line."""

import asyncio
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from alerting.domain.gsm.deliver import read_deliver
from firmware_sim.domain.modem import SimulatedModem
from firmware_sim.domain.short_messages import time_stamp
from firmware_sim.peers.modem_replies import SimulatedReplies
from tests.adapters.sim.test_modem import played, said
from tests.adapters.sim.test_operate import tocsin

AT = datetime(2026, 11, 29, 19, 1, 2, tzinfo=UTC)


@pytest.fixture
def control() -> Iterator[Path]:
    """A path that is short enough for a socket."""
    with tempfile.TemporaryDirectory(prefix="sim") as name:
        yield Path(name) / "control"


async def replied(control: Path, *words: str) -> tuple[int | None, str, str]:
    command = tocsin("reply", *words, "--control", str(control))
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, stdout=pipe, stderr=pipe)
    out, err = await process.communicate()
    return process.returncode, out.decode(), err.decode()


async def test_a_reply_is_announced_at_the_port_and_lies_on_the_card(control: Path) -> None:
    async with played("--port", "0", "--control", str(control)) as process:
        port = int((await said(process)).rpartition(":")[2])
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"ATE0\rAT+CMGF=0\rAT+CNMI=2,1,0,1,0\r")
        await asyncio.wait_for(reader.readuntil(b"OK\r\n\r\nOK\r\n"), 20)
        code, out, _ = await replied(control, "--from", "0912345678", "Đã nhận")
        assert (code, out.strip()) == (0, "0912345678 (1): Đã nhận")
        assert b'+CMTI: "SM",1' in await asyncio.wait_for(reader.readuntil(b"1\r\n"), 20)
        writer.write(b"AT+CMGL=4\r")
        listed = (await asyncio.wait_for(reader.readuntil(b"\r\nOK\r\n"), 20)).decode()
        message = read_deliver(listed.split("\r\n")[2])
        assert (message.sender, message.text) == ("0912345678", "Đã nhận")
        writer.close()


async def test_a_reply_that_nobody_could_send_is_refused_with_the_remedy(control: Path) -> None:
    async with played("--port", "0", "--control", str(control)) as process:
        await said(process)
        for words in (("--from", "+84 912"), ("--from", "Tổng đài")):
            code, _, error = await replied(control, *words, "1")
            assert (code, "is not a number" in error) == (2, True)
        code, _, error = await replied(control, "--from", "0912345678", " ")
        assert (code, "shorten it" in error) == (2, True)


async def test_without_a_modem_the_command_says_how_to_start_one(control: Path) -> None:
    code, _, error = await replied(control, "--from", "0912345678", "1")
    assert (code, "start one with: tocsin sim modem" in error) == (2, True)


def test_two_long_replies_of_one_person_are_two_messages() -> None:
    modem = SimulatedModem()
    receiver = SimulatedReplies(modem, lambda: AT)
    for letter in "ab":
        receiver.answer(b'{"sender": "0912345678", "text": "%s"}' % (letter * 200).encode())
    parts = [read_deliver(each.pdu).part for each in modem.replies.stored.values()]
    assert [(each.reference, each.number) for each in parts if each] == [(1, 1), (1, 2), (2, 1), (2, 2)]


def test_the_time_of_a_reply_is_that_of_a_service_center_in_viet_nam() -> None:
    modem = SimulatedModem()
    modem.receive("0912345678", "1", time=time_stamp(AT))
    assert read_deliver(modem.replies.stored[1].pdu).at == AT
