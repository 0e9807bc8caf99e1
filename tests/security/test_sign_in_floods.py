"""A flood of attempts to sign in costs alarms nothing, and keeps nobody out who was here before."""

import asyncio
import sqlite3
import threading
from collections import Counter
from pathlib import Path

from sqlalchemy import Connection

from accounts.attempts import SignInRefusal, SignInRefused
from accounts.sign_in import SignedIn
from accounts.stranger_reads import StrangerReads
from tests.adapters.accounts.people import DESK, TEAM, Center, open_center


async def attempts(center: Center, number: int) -> list[SignedIn | SignInRefused]:
    """Return the answers to wrong attempts at once, each from an address and for a name of its own."""
    tries = (
        center.try_to_sign_in(f"a{each}", "wrong", address=f"203.0.113.{each}") for each in range(number)
    )
    return await asyncio.gather(*tries)


async def test_failed_attempts_are_written_together_and_not_each_by_itself(tmp_path: Path) -> None:
    path = tmp_path / "center.db"
    async with open_center(f"sqlite:///{path}") as center:
        looker = sqlite3.connect(path)
        before = commits(looker)
        await attempts(center, 10)
        assert commits(looker) == before
        await center.accounts.notes.write()
        assert commits(looker) != before
        looker.close()


async def test_whoever_is_not_known_takes_one_of_the_threads_that_read_for_the_web(
    tmp_path: Path,
) -> None:
    under_way, most = 0, 0
    others_may_begin = threading.Event()

    def ask(_: Connection) -> None:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        others_may_begin.wait(0.01)  # a slow read, in a thread of the database
        under_way -= 1

    async with open_center(f"sqlite:///{tmp_path / 'center.db'}") as center:
        reads = StrangerReads(center.database)
        await asyncio.gather(*(reads.read(ask) for _ in range(10)))
    assert most == 1


def commits(looker: sqlite3.Connection) -> int:
    """Return a number that changes with each commit of others."""
    found = looker.execute("PRAGMA data_version").fetchone()
    return int(found[0])


async def test_a_flood_is_refused_before_it_waits_long_and_this_machine_has_places_of_its_own(
    database: str,
) -> None:
    async with open_center(database) as center:
        await center.add("an", TEAM)
        flood = asyncio.create_task(attempts(center, 80))
        here = await center.try_to_sign_in("an", address="127.0.0.1")
        assert isinstance(here, SignedIn)
        reasons = Counter(each.reason for each in await flood if isinstance(each, SignInRefused))
        assert reasons[SignInRefusal.BUSY] > 0
        assert reasons[SignInRefusal.WRONG] > 0


async def test_a_person_signs_in_at_a_known_desk_in_the_middle_of_an_attack(database: str) -> None:
    async with open_center(database) as center:
        await center.add("an", TEAM)
        await center.signed_in("an", address=DESK)
        for each in range(30):
            await center.try_to_sign_in("an", "wrong", address=f"203.0.113.{each}")
        refused = await center.try_to_sign_in("an", address="203.0.113.200")
        assert isinstance(refused, SignInRefused)
        assert refused.reason is SignInRefusal.TOO_MANY
        await center.signed_in("an", address=DESK)
