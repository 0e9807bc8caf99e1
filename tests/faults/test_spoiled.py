"""A file comes back from the disk with a torn end or a flipped page.

Its process sets it aside and begins anew. What it held is in the file that was set aside; whatever had
no receipt, and whatever comes after, is there.
"""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.faults import disk
from tests.faults.oracle import Verdict
from tests.faults.scene import ROUNDS, Scene, rounds, scene

BACK_S = 60.0


@dataclass(frozen=True)
class File:
    """One file, whose it is, and how the test forgets what is nowhere but in it."""

    whose: str
    path: str
    forget: Callable[[Scene], Awaitable[None]] | None = None


FILES = [
    File("ingest", "ingest/coverage.db"),
    File("ingest", "ingest/signals.db"),
    File("ingest", "ingest/readings.db", Scene.forget_readings),
    File("alerting", "alerting/center.db", Scene.forget_signals),
]
SPOILS = [disk.flip, disk.tear]
CASES = [
    pytest.param(file, spoil, id=f"{file.path} {spoil.__name__}")
    for file in FILES
    for spoil in (SPOILS if ROUNDS else SPOILS[:1])
]


async def spoil_and_press(here: Scene, file: File, spoil: Callable[[Path], None]) -> Verdict:
    """Spoil *file* of a process that is dead; points are pressed while it is, and when it is back."""
    path = here.folder / file.path
    await here.kill(file.whose)
    await asyncio.to_thread(_bring_the_log_in, path)
    spoil(path)
    if file.forget is not None:
        await file.forget(here)

    async def fault() -> None:
        await here.pause(0.2, 1.0)
        await here.start(file.whose)

    return await here.round(fault, within=BACK_S, presses=3)


def _bring_the_log_in(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@pytest.mark.parametrize(("file", "spoil"), CASES)
async def test_a_spoiled_file_is_set_aside_and_what_comes_after_is_whole(
    file: File, spoil: Callable[[Path], None], tmp_path: Path
) -> None:
    name = f"{Path(file.path).name} of {file.whose} spoiled ({spoil.__name__})"
    async with scene(tmp_path, name, 701) as here:
        await here.rounds(1, lambda: here.pause(0, 0), within=BACK_S, presses=2)
        for number in range(1, rounds(1, long=5) + 1):
            verdict = await spoil_and_press(here, file, spoil)
            assert not verdict.flaws, await here.failure("; ".join(verdict.flaws))
            assert len(list(here.folder.glob(f"{file.path}.corrupt-*[0-9]"))) == number


async def test_the_oracle_sees_what_went_with_a_spoiled_database(tmp_path: Path) -> None:
    async with scene(tmp_path, "spoiled", 702, in_table=False) as here:
        await here.rounds(1, lambda: here.pause(0, 0), within=BACK_S, presses=1)
        unforgotten = File("alerting", "alerting/center.db")
        assert (await spoil_and_press(here, unforgotten, disk.flip)).lost
