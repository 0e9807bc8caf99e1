"""Reads of the web and of jobs delay nothing that an alarm waits for."""

import asyncio
import threading
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from runtime.database import CONNECTIONS, READERS_BY_PURPOSE, ReadFor, open_database


@pytest.mark.parametrize("slow", [ReadFor.WEB, ReadFor.JOBS])
async def test_any_number_of_slow_queries_hold_up_no_read_of_an_alarm(
    tmp_path: Path, slow: ReadFor
) -> None:
    released = threading.Event()

    def hang(connection: Connection) -> int:
        released.wait()
        return int(connection.execute(text("SELECT 1")).scalar_one())

    def one(connection: Connection) -> int:
        return int(connection.execute(text("SELECT 2")).scalar_one())

    async with open_database(f"sqlite:///{tmp_path / 'center.db'}") as database:
        hanging = [asyncio.create_task(database.read(hang, purpose=slow)) for _ in range(50)]
        try:
            await asyncio.sleep(0)
            assert await database.read(one, purpose=ReadFor.ALARM) == 2
            assert await database.write(one) == 2
            assert not any(task.done() for task in hanging)
        finally:
            released.set()
        assert await asyncio.gather(*hanging) == [1] * 50


async def test_all_threads_have_a_connection_at_once(tmp_path: Path) -> None:
    meeting = threading.Barrier(CONNECTIONS)

    def meet(connection: Connection) -> int:
        meeting.wait(timeout=60)
        return int(connection.execute(text("SELECT 1")).scalar_one())

    async with open_database(f"sqlite:///{tmp_path / 'center.db'}") as database:
        reads = [
            database.read(meet, purpose=purpose)
            for purpose, most in READERS_BY_PURPOSE.items()
            for _ in range(most)
        ]
        assert set(await asyncio.gather(database.write(meet), *reads)) == {1}
