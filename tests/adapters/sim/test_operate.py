"""Points of a running simulation are pressed, tripped and reset by hand."""

import json
import os
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware_sim.adapters.control_socket import open_control_socket
from firmware_sim.adapters.line import CannotOpen
from tests.adapters.sim.readers import Reader, reading
from tests.support.servers import free_port
from tests.support.waiting import eventually

POINTS = "".join(
    f'[[points]]\naddress = "{address}"\nkind = "{kind}"\nline = "line-1"\n'
    for address, kind in (("manual-01", "manual"), ("smoke-01", "smoke"), ("heat-01", "heat"))
)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder whose path is short enough for a socket."""
    with tempfile.TemporaryDirectory(prefix="sim") as name:
        yield Path(name)


def tocsin(*words: str) -> list[str]:
    return [sys.executable, "-m", "tocsin", "sim", *words]


def operated(folder: Path, *words: str) -> tuple[int, str, str]:
    command = tocsin(*words, "--control", str(folder / "control"))
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    return done.returncode, done.stdout, done.stderr


class Running:
    """A simulation of a call point, a smoke and a heat detector, ten times faster than real time."""

    def __init__(self, folder: Path) -> None:
        port = free_port()
        (folder / "mine.toml").write_text(
            f'title = "Mine"\n[[lines]]\nname = "line-1"\nkind = "tcp"\nport = {port}\n{POINTS}'
        )
        words = "run", str(folder / "mine.toml"), "--speed", "10", "--control", str(folder / "control")
        self.url = f"socket://127.0.0.1:{port}"
        self.process = subprocess.Popen(tocsin(*words), stdout=subprocess.PIPE, text=True)

    def __enter__(self) -> "Running":
        assert self.process.stdout is not None
        assert self.process.stdout.readline().startswith("line-1")
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(20)


def latest(reader: Reader, address: str) -> float:
    sentences = reader.sentences(address)
    return (sentences[-1].value or 0.0) if sentences else 0.0


def highest(reader: Reader, address: str) -> float:
    return max((each.value or 0.0 for each in reader.sentences(address)), default=0.0)


async def test_a_call_point_stays_pressed_until_it_is_reset(folder: Path) -> None:
    with Running(folder) as run, reading(run.url) as reader:
        await eventually(lambda: reader.sentences("manual-01") != [])
        code, stdout, _ = operated(folder, "press", "manual-01", "--json")
        assert (code, json.loads(stdout)["scenario"]) == (0, "Mine")
        await eventually(lambda: latest(reader, "manual-01") == 1.0)
        assert operated(folder, "reset", "manual-01")[0] == 0
        await eventually(lambda: latest(reader, "manual-01") == 0.0)


async def test_a_tripped_detector_rises_above_every_alarm_level_and_clears_by_itself(
    folder: Path,
) -> None:
    with Running(folder) as run, reading(run.url) as reader:
        await eventually(lambda: reader.sentences("heat-01") != [])
        assert operated(folder, "trip", "smoke-01", "--for", "30")[0] == 0
        assert operated(folder, "trip", "heat-01", "--for", "30")[0] == 0
        await eventually(lambda: highest(reader, "smoke-01") > 1.5)
        await eventually(lambda: highest(reader, "heat-01") > 70.0)
        await eventually(lambda: latest(reader, "smoke-01") < 0.1)
        await eventually(lambda: latest(reader, "heat-01") < 30.0)


async def test_an_impossible_operation_is_refused_with_the_remedy(folder: Path) -> None:
    with Running(folder):
        for words, remedy in (
            (("press", "smoke-01"), "use tocsin sim trip"),
            (("trip", "smoke-99"), "the scenario has heat-01, manual-01, smoke-01"),
            (("trip", "smoke-01", "--for", "-1"), "above 0"),
            (("reset", "smoke-01"), "neither pressed nor tripped"),
        ):
            code, _, stderr = operated(folder, *words)
            assert (code, remedy in stderr) == (2, True), stderr


def test_where_no_simulation_runs_the_remedy_is_to_start_one(folder: Path) -> None:
    code, _, stderr = operated(folder, "press", "manual-01")
    assert (code, "tocsin sim run SCENARIO" in stderr) == (2, True)


async def test_a_control_socket_leaves_other_files_alone(folder: Path) -> None:
    (folder / "notes").write_text("mine")
    with pytest.raises(CannotOpen, match="--control"):
        async with open_control_socket(folder / "notes", bytes):
            pass
    assert (folder / "notes").read_text() == "mine"


async def test_a_socket_left_behind_by_a_killed_run_is_replaced(folder: Path) -> None:
    path = folder / "control"
    for _ in range(2):
        async with open_control_socket(path, bytes):
            assert path.is_socket()
    assert not path.exists()


async def test_the_folder_of_sockets_is_closed_to_other_users(folder: Path) -> None:
    async with open_control_socket(folder / "sockets" / "control", bytes):
        mode = stat.S_IMODE(os.stat(folder / "sockets").st_mode)  # noqa: PTH116
    assert mode == 0o700
