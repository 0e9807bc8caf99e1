"""A process stops when asked, says why when it fails, and feeds its watchdog only while it works."""

import asyncio
import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from runtime.process import keep_watchdog, notify_supervisor
from tests.support.waiting import eventually

PROGRAM = """
import asyncio, logging, sys
from contextlib import asynccontextmanager
import structlog
from runtime.log import set_up_log
from runtime.log_format import LogFormat
from runtime.process import run_process

@asynccontextmanager
async def closing():
    print("ready", flush=True)
    try:
        yield
    finally:
        await asyncio.sleep(0)
        print("closed", flush=True)

set_up_log(LogFormat(sys.argv[1]))

async def app():
{body}

sys.exit(run_process(app))
"""


def start(body: str, log_format: str = "text") -> subprocess.Popen[str]:
    lines = "\n".join(f"    {line}" for line in body.splitlines())
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM.replace("{body}", lines), log_format],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(
    body: str, *, stop_with: signal.Signals | None = None, log_format: str = "text"
) -> tuple[int, str, str]:
    """Exit code, output and log of a program, which is sent *stop_with* once it is ready."""
    with start(body, log_format) as program:
        try:
            assert program.stdout is not None
            first = program.stdout.readline() if stop_with else ""
            if stop_with:
                program.send_signal(stop_with)
            rest, log = program.communicate(timeout=20)
        finally:
            program.kill()
        return program.returncode, first + rest, log


WAITS = "async with closing():\n    await asyncio.Event().wait()"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_process_that_is_asked_to_stop_closes_what_it_opened_and_exits_with_0(
    number: signal.Signals,
) -> None:
    code, output, log = run(WAITS, stop_with=number)
    assert (code, output) == (0, "ready\nclosed\n")
    assert "stopped by a signal" in log
    assert number.name in log
    assert "Traceback" not in log


def test_a_process_that_has_done_its_work_exits_with_0() -> None:
    assert run("async with closing():\n    pass")[:2] == (0, "ready\nclosed\n")


def test_an_unexpected_error_closes_all_exits_with_1_and_is_logged_in_full() -> None:
    code, output, log = run("async with closing():\n    raise ValueError('the disk is a teapot')")
    assert (code, output) == (1, "ready\nclosed\n")
    assert "stopped by an unexpected error" in log
    assert "Traceback" in log
    assert "the disk is a teapot" in log


def test_an_error_in_a_task_is_logged_with_its_cause() -> None:
    code, _, log = run(
        "async def fail():\n    raise ValueError('the disk is a teapot')\n"
        "async with asyncio.TaskGroup() as tasks:\n    tasks.create_task(fail())"
    )
    assert code == 1
    assert "ValueError: the disk is a teapot" in log


def test_an_error_while_closing_is_not_taken_for_an_orderly_end() -> None:
    code, _, log = run(
        "try:\n    async with closing():\n        await asyncio.Event().wait()\n"
        "finally:\n    raise ValueError('could not close')",
        stop_with=signal.SIGTERM,
    )
    assert code == 1
    assert "could not close" in log


def test_a_process_that_nobody_asked_to_stop_does_not_end_quietly() -> None:
    code, _, log = run("asyncio.current_task().cancel()\nawait asyncio.sleep(1)")
    assert code == 1
    assert "cancelled itself without a signal to stop" in log


def test_a_log_for_machines_has_one_json_object_a_line_from_every_logger() -> None:
    code, _, log = run(
        "structlog.get_logger('ours').info('incident opened', incident='i1')\n"
        "logging.getLogger('library').warning('slow %s', 'disk', extra={'ms': 7})\n"
        "logging.getLogger('library').debug('not told')\n"
        "raise ValueError('the disk is a teapot')",
        log_format="json",
    )
    assert code == 1
    ours, library, end = (json.loads(line) for line in log.splitlines())
    assert (ours["event"], ours["incident"], ours["level"], ours["logger"]) == (
        *("incident opened", "i1", "info", "ours"),
    )
    assert (library["event"], library["ms"], library["level"]) == ("slow disk", 7, "warning")
    assert "ValueError: the disk is a teapot" in end["exception"]
    for entry in (ours, library, end):
        assert entry["timestamp"].endswith("Z")


# The supervisor


@pytest.fixture
def systemd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """The socket on which systemd would listen."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        sock.bind(str(tmp_path / "notify"))
        sock.setblocking(False)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        yield sock


def told(systemd: socket.socket) -> list[str]:
    """Return the notifications so far that were not yet read."""
    words = []
    while True:
        try:
            words.append(systemd.recv(100).decode())
        except BlockingIOError:
            return words


def test_the_supervisor_is_notified(systemd: socket.socket) -> None:
    notify_supervisor("READY=1")
    notify_supervisor("STOPPING=1")
    assert told(systemd) == ["READY=1", "STOPPING=1"]


def test_the_supervisor_is_notified_in_the_abstract_namespace_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"tocsin-test-{tmp_path.name}-{id(tmp_path)}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        sock.bind(f"\0{name}")
        sock.setblocking(False)
        monkeypatch.setenv("NOTIFY_SOCKET", f"@{name}")
        notify_supervisor("READY=1")
        assert told(sock) == ["READY=1"]


def test_without_a_supervisor_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    notify_supervisor("READY=1")


def test_a_supervisor_that_is_gone_is_logged_and_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "gone"))
    with capture_logs() as logs:
        notify_supervisor("WATCHDOG=1")
    assert [entry["event"] for entry in logs] == ["supervisor not notified"]


def test_a_supervisor_that_does_not_read_holds_nothing_up(systemd: socket.socket) -> None:
    with capture_logs() as logs:
        for _ in range(5_000):
            notify_supervisor("WATCHDOG=1")
            if logs:
                break
    assert [entry["event"] for entry in logs] == ["supervisor not notified"]
    assert told(systemd)


async def test_the_watchdog_is_fed_only_while_the_pipeline_moves(
    systemd: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", "20000")
    moving = True
    asked = 0

    def moves() -> bool:
        nonlocal asked
        asked += 1
        return moving

    with capture_logs() as logs:
        task = asyncio.create_task(keep_watchdog(moves))
        try:
            await eventually(lambda: asked >= 3)
            heard = told(systemd)
            assert heard[0] == "READY=1"
            assert set(heard[1:]) == {"WATCHDOG=1"}

            moving = False
            told(systemd)
            silent_since = asked
            await eventually(lambda: asked >= silent_since + 3)
            assert told(systemd) == []
            assert "no progress; the watchdog is not fed" in [each["event"] for each in logs]

            moving = True
            await eventually(lambda: "WATCHDOG=1" in told(systemd))
        finally:
            task.cancel()
