"""What a process says when something outside keeps it from starting."""

import asyncio
import socket
from pathlib import Path

import pytest
from aiohttp import web
from structlog.testing import capture_logs

from runtime.folder_lock import lock_folder
from runtime.process import CannotStart, run_process
from runtime.web import serve


def test_a_port_in_use_is_named_with_its_remedy() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        async def app() -> None:
            async with serve(web.Application(), "127.0.0.1", port):
                raise AssertionError("served on a port that was taken")

        with pytest.raises(CannotStart, match=f"127.0.0.1:{port}: .*set another web.port"):
            asyncio.run(app())


def test_two_processes_do_not_share_a_folder(tmp_path: Path) -> None:
    with (
        lock_folder(tmp_path),
        pytest.raises(CannotStart, match="is used by another process"),
        lock_folder(tmp_path),
    ):
        raise AssertionError("two worked in one folder")
    with lock_folder(tmp_path):  # and once the first has ended, the folder is free
        pass


def test_an_error_at_the_start_is_one_line_and_exit_code_2() -> None:
    async def app() -> None:
        async with asyncio.TaskGroup():
            raise CannotStart("the cable is out; put it in")

    with capture_logs() as logs:
        assert run_process(app) == 2
    assert [(each["event"], each["reason"]) for each in logs] == [
        ("cannot start", "the cable is out; put it in")
    ]
