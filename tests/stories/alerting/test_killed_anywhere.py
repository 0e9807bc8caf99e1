"""A process that dies at any statement of a fire, or on either side of a commit, changes nothing."""

import asyncio
import json
import os
import random
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from signal import SIGKILL
from typing import Any

import pytest
from sqlalchemy import create_engine

from alerting.store.tables import metadata
from tests.stories.alerting.house import House, house
from tests.stories.alerting.killed import BRIEF, World, world

STEP = int(os.environ.get("TOCSIN_KILL_STEP", "17"))
"""Of so many moments one is tried by itself; 1 tries them all, in a minute for each database."""

IN_TURN = min(STEP, 3)
"""Of so many moments in turn one is tried on PostgreSQL; on SQLite each is."""

REAL_DEATHS = 2

ROOT = Path(__file__).parents[3]

OF_A_DELIVERY = {"delivered", "delivery_failed"}
"""Marks that say how often a destination was tried: a death may add one, and the ledger says why."""


async def outcome(of: House) -> dict[str, Any]:
    """All that must be the same whether or not the process died meanwhile."""
    lines = await of.rows("SELECT at, premises, event, reason, data FROM timeline ORDER BY id")
    incidents = await of.rows("SELECT id, phase, opened_at, closed_at, state FROM incidents ORDER BY id")
    points = await of.rows("SELECT place, state FROM incident_items ORDER BY incident, place")
    return {
        "incidents": [{**each, "state": json.loads(each["state"])} for each in incidents],
        "points": points,
        "signals": await of.rows(
            "SELECT seq, kind, edge, name, happened_at, received_at, clock FROM signals ORDER BY seq"
        ),
        "coverage": await of.rows("SELECT seen, floor FROM coverage"),
        "deadlines": await of.rows("SELECT * FROM deadlines"),
        "deliveries": await of.rows(
            "SELECT id, destination, event, rank, state, created_at, body FROM deliveries ORDER BY id"
        ),
        "timeline": [each for each in lines if each["event"] not in OF_A_DELIVERY],
        "delivered": sorted(
            json.loads(each["data"])["delivery"] for each in lines if each["event"] == "delivered"
        ),
    }


async def unproven(of: House) -> Counter[str]:
    """Return the count, by delivery, of attempts that were begun and never ended."""
    rows = await of.rows(
        "SELECT delivery, count(*) AS n FROM attempts WHERE ended_at IS NULL GROUP BY 1"
    )
    return Counter({row["delivery"]: row["n"] for row in rows})


async def each_was_told_once(lived: World) -> None:
    """Nobody was passed over, nor told twice but where the first telling was not proven."""
    cut_short = await unproven(lived.house)
    deliveries = {row["id"] for row in await lived.house.deliveries()}
    assert set(lived.told) == deliveries
    assert [each for each, n in lived.told.items() if n > 1 + cut_short[each]] == []


@asynccontextmanager
async def a_new_house(database: str) -> AsyncIterator[House]:
    """A house to which nothing has happened yet."""
    async with house(database, BRIEF) as one:
        yield one
    engine = create_engine(database)
    with engine.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(table.delete())
    engine.dispose()


async def undisturbed(database: str) -> tuple[int, dict[str, Any]]:
    """Return the number of moments of the story, and its end."""
    async with a_new_house(database) as one:
        lived = world(one)
        death = await lived.live()
        assert set(lived.told.values()) == {1}
        return death.passed, await outcome(one)


async def test_the_story_has_all_that_is_told_of_a_fire(database: str) -> None:
    _, expected = await undisturbed(database)

    marks = {each["event"] for each in expected["timeline"]}
    assert marks >= {
        "suspected",
        "confirmed",
        "spread",
        "escalated",
        "acknowledged",
        "reopened",
        "closed",
    }
    # The fire was closed while its points stood: that is the second case.
    assert {each["phase"] for each in expected["incidents"]} == {"closed", "standing"}
    assert {each["destination"] for each in expected["deliveries"]} >= {"command-center", "owner"}


@pytest.mark.timeout(900)
async def test_killed_at_any_moment_it_ends_as_if_it_had_not_been(database: str) -> None:
    moments, expected = await undisturbed(database)

    for at in range(1 + moments % STEP, moments + 1, STEP):
        async with a_new_house(database) as one:
            lived = world(one)
            await lived.live(at)
            assert await outcome(one) == expected, f"killed at moment {at} of {moments}"
            await each_was_told_once(lived)


@pytest.mark.timeout(300)
async def test_killed_at_one_moment_after_the_other_it_ends_as_if_it_had_not_been(database: str) -> None:
    moments, expected = await undisturbed(database)
    every = 1 if database.startswith("sqlite") else IN_TURN

    async with a_new_house(database) as one:
        lived = world(one)
        assert await lived.die_at_moments(every=every) >= moments // every
        assert await outcome(one) == expected
        await each_was_told_once(lived)


PROGRAM = """
import asyncio, pathlib, sys
from tests.stories.alerting.killed import be_killed
asyncio.run(be_killed(sys.argv[1], int(sys.argv[2]), pathlib.Path(sys.argv[3])))
"""


async def test_a_process_that_is_really_killed_is_followed_by_one_that_goes_on(
    database: str, tmp_path: Path
) -> None:
    moments, expected = await undisturbed(database)

    for at in random.Random(STEP).sample(range(1, moments), REAL_DEATHS):
        diary = tmp_path / f"diary-{at}"
        diary.touch()
        command = [sys.executable, "-c", PROGRAM, database, str(at), str(diary)]
        process = await asyncio.create_subprocess_exec(*command, cwd=ROOT)
        assert await process.wait() == -SIGKILL
        async with a_new_house(database) as one:
            lived = world(one)
            lived.read(diary)
            await one.engine.upkeep.resume(one.now)
            await lived.live()
            assert await outcome(one) == expected, f"killed at moment {at} of {moments}"
            await each_was_told_once(lived)
