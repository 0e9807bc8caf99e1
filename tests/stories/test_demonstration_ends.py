"""The demonstration leaves nothing behind, however it is ended, and does not collide with another."""

import asyncio
import fcntl
import os
import pty
import signal
import socket
import subprocess
import sys
import termios
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from tests.stories.test_demonstration import processes_of
from tests.support.servers import free_port, program
from tests.support.waiting import eventually
from tocsin.demo.plan import BrokerKind, Plan, make_plan
from tocsin.demo.processes import child, tocsin
from tocsin.demo.startup import Startup
from tocsin.demo.world import start_world

STARTED_S, ENDED_S = 150.0, 60.0
"""Far more than either takes on a machine at rest."""

EVERYBODY = 8
"""Processes of a demonstration: broker, people, two services, two gateways, two simulators."""


@contextmanager
def demonstration(folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """A demonstration on a terminal of its own, and the other end of that terminal."""
    program("mosquitto")
    near, far = pty.openpty()

    def take_terminal() -> None:
        # As at a terminal, whatever whoever runs the tests ignores.
        for each in (signal.SIGHUP, signal.SIGINT):
            signal.signal(each, signal.SIG_DFL)
        fcntl.ioctl(far, termios.TIOCSCTTY, 0)

    process = subprocess.Popen(
        tocsin("demo", "--headless", "--broker", "mosquitto"),
        stdin=far,
        stdout=far,
        stderr=far,
        start_new_session=True,
        preexec_fn=take_terminal,
        env={**os.environ, "TMPDIR": str(folder)},
    )
    os.close(far)
    try:
        yield process, near
    finally:
        process.kill()
        process.wait()


def works_with(folder: Path, count: int) -> bool:
    return len(processes_of(folder)) >= count


def nothing_left(folder: Path) -> bool:
    return processes_of(folder) == [] and list(folder.iterdir()) == []


@pytest.mark.timeout(360)
@pytest.mark.parametrize("count", [2, EVERYBODY], ids=["while it starts", "while it runs"])
async def test_a_terminal_that_is_closed_ends_everything(tmp_path: Path, count: int) -> None:
    with demonstration(tmp_path) as (process, terminal):
        await eventually(lambda: works_with(tmp_path, count), within=STARTED_S)
        os.close(terminal)

        await eventually(lambda: process.poll() is not None, within=ENDED_S)
        await eventually(lambda: nothing_left(tmp_path))


@pytest.mark.timeout(360)
async def test_a_terminal_that_is_closed_while_it_tidies_up_changes_nothing(tmp_path: Path) -> None:
    with demonstration(tmp_path) as (process, terminal):
        await eventually(lambda: works_with(tmp_path, EVERYBODY), within=STARTED_S)
        process.send_signal(signal.SIGINT)
        await eventually(lambda: len(processes_of(tmp_path)) < EVERYBODY, within=ENDED_S)
        os.close(terminal)
        process.send_signal(signal.SIGHUP)

        await eventually(lambda: process.poll() is not None, within=ENDED_S)
        await eventually(lambda: nothing_left(tmp_path))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent ended")
@pytest.mark.timeout(360)
async def test_no_process_outlives_a_demonstration_that_is_killed(tmp_path: Path) -> None:
    with demonstration(tmp_path) as (process, terminal):
        await eventually(lambda: works_with(tmp_path, EVERYBODY), within=STARTED_S)
        process.kill()
        process.wait()

        await eventually(lambda: processes_of(tmp_path) == [], within=ENDED_S)
        os.close(terminal)


@pytest.mark.timeout(360)
async def test_a_part_that_ends_by_itself_breaks_the_demonstration_off_with_its_log(
    tmp_path: Path,
) -> None:
    command = tocsin("demo", "--headless", "--broker", "embedded", "--keep", str(tmp_path / "kept"))
    async with child("demo", command, tmp_path) as running:
        await eventually(lambda: "scenario begins" in running.log.read_text(), within=STARTED_S)
        os.kill(process_id_of(tmp_path, "alerting.toml"), signal.SIGKILL)

        code = await asyncio.wait_for(running.process.wait(), ENDED_S)
    assert code == 1
    printed = running.log.read_text()
    assert "broke off: alerting ended" in printed
    assert "Traceback" not in printed
    assert processes_of(tmp_path / "kept") == []


def process_id_of(folder: Path, word: str) -> int:
    """The process that works below *folder* with *word* on its command line."""
    (found,) = (
        int(entry.name)
        for entry in Path("/proc").iterdir()
        if entry.name.isdigit()
        and (command := (entry / "cmdline").read_bytes().decode(errors="replace"))
        and str(folder) in command
        and word in command
    )
    return found


@pytest.mark.timeout(360)
@pytest.mark.parametrize("part", ["broker", "alerting"])
async def test_where_a_port_is_taken_meanwhile_others_are_used(tmp_path: Path, part: str) -> None:
    program("mosquitto")
    folders = [tmp_path / "first", tmp_path / "second"]
    for folder in folders:
        folder.mkdir()
    with socket.socket() as other:
        other.bind(("127.0.0.1", free_port()))
        other.listen()
        taken, good = with_port(part, other.getsockname()[1], folders[0]), make_plan(folders[1])

        async with AsyncExitStack() as stack:
            plan, running = await start_world(
                stack, [taken, good], BrokerKind.MOSQUITTO, startup=Startup.begin(STARTED_S)
            )
            assert plan == good
            assert len(running.services) + len(running.simulators) == EVERYBODY
    assert processes_of(tmp_path) == []


def with_port(part: str, port: int, folder: Path) -> Plan:
    """A plan in *folder* whose *part* is to listen at *port*."""
    plan = make_plan(folder)
    for file in folder.iterdir():
        file.write_text(file.read_text().replace(str(getattr(plan, part)), str(port)))
    return replace(plan, **{part: port})  # type: ignore[arg-type]
