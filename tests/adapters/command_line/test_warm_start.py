"""A process that is begun warm is as one that is begun from nothing."""

import asyncio
import subprocess
from pathlib import Path
from signal import SIGKILL

import pytest

from tests.support.servers import free_port
from tests.support.waiting import eventually
from tests.support.warm_start import run_warm, warm_child
from tocsin.demo.processes import tocsin


@pytest.mark.parametrize("words", [["sim", "list"], ["sim", "sow"], ["registry", "import", "no-file"]])
def test_a_command_says_the_same_and_ends_with_the_same_code(words: list[str], tmp_path: Path) -> None:
    cold = subprocess.run(tocsin(*words), capture_output=True, text=True, check=False, cwd=tmp_path)
    warm = run_warm(*words, cwd=tmp_path)
    assert (warm.returncode, warm.stdout) == (cold.returncode, cold.stdout)
    assert warm.stderr.replace("tocsin", "python -m tocsin") == cold.stderr


async def test_a_process_ends_in_order_when_asked_and_at_once_when_killed(tmp_path: Path) -> None:
    command = tocsin("sim", "command-center", "--port", str(free_port()))
    async with warm_child("asked", command, tmp_path) as asked:
        await eventually(lambda: "listens" in asked.log.read_text())
        assert asked.process.returncode is None
    assert asked.process.returncode == 0
    async with warm_child("killed", command, tmp_path) as killed:
        await eventually(lambda: "listens" in killed.log.read_text())
        killed.process.kill()
        assert await asyncio.wait_for(killed.process.wait(), 30) == -SIGKILL
