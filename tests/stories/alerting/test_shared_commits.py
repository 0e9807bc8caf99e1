"""Changes that wait at the same time share one commit, and none of them is spoiled by another."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError, OperationalError

from alerting.engine.unit_of_work import UnitOfWork
from alerting.engine.waiting_changes import Urgency
from alerting.store import database
from tests.stories.alerting.house import House

STEPS = 20
"""Turns of the event loop in which whatever was begun comes to wait for the database."""


@pytest.fixture(autouse=True)
def on_a_machine_with_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a busy machine put together what an idle one would."""
    monkeypatch.setattr(database, "LONGEST_TOGETHER_S", 60.0)


@contextmanager
def commits(house: House) -> Iterator[list[str]]:
    """A list that grows by one with each commit of the process of *house*."""
    dialect, made = house.engine.database._engine.dialect, list[str]()
    commit = dialect.do_commit

    def do_commit(connection: Any) -> None:
        made.append("commit")
        commit(connection)

    dialect.do_commit = do_commit  # type: ignore[method-assign,assignment] # of the object
    try:
        yield made
    finally:
        dialect.do_commit = commit  # type: ignore[method-assign]


def note(name: str) -> Any:
    """A change that leaves the line *name* behind."""

    def change(unit: UnitOfWork) -> str:
        unit.store._db.connection.exec_driver_sql(f"INSERT INTO notes VALUES ('{name}')")
        return name

    return change


def locked(_: UnitOfWork) -> None:
    raise OperationalError("UPDATE", {}, Exception("the database is locked"))


def impossible(_: UnitOfWork) -> None:
    raise LookupError("no such incident")


@pytest.fixture
async def notes(house: House) -> House:
    table = "CREATE TABLE notes (name TEXT PRIMARY KEY)"
    await house.engine.database.write(lambda connection: connection.exec_driver_sql(table).rowcount)
    return house


async def make(house: House, *changes: Any, urgent: Any = ()) -> list[Any]:
    """Make *changes*, all of which wait while another one is made, and then those of *urgent*."""
    run, now = house.engine.transactions.run, house.now
    async with writing(house):
        waiting = [asyncio.create_task(run(each, now)) for each in changes]
        waiting += [asyncio.create_task(run(each, now, urgency=Urgency.LETS_GO)) for each in urgent]
    return await asyncio.gather(*waiting, return_exceptions=True)


@asynccontextmanager
async def writing(house: House) -> AsyncIterator[None]:
    """A change that is being made until all that the block began waits behind it."""
    held = threading.Event()
    blocked = asyncio.create_task(house.engine.transactions.run(lambda unit: held.wait(10), house.now))
    await asyncio.sleep(0)  # its transaction begins before the others wait
    yield
    for _ in range(STEPS):
        await asyncio.sleep(0)
    held.set()
    assert await blocked, "it was held up for as long as the block took"


async def written(house: House) -> list[str]:
    return [row["name"] for row in await house.rows("SELECT name FROM notes ORDER BY name")]


async def test_changes_that_wait_together_are_stored_by_one_commit(notes: House) -> None:
    with commits(notes) as made:
        assert await make(notes, note("a"), note("b"), note("c")) == ["a", "b", "c"]
    assert await written(notes) == ["a", "b", "c"]
    assert len(made) == 2  # one for what they waited for


async def test_what_is_refused_is_undone_alone(notes: House) -> None:
    answers = await make(notes, note("a"), note("a"), impossible, note("b"))
    assert [type(each) for each in answers] == [str, IntegrityError, LookupError, str]
    assert await written(notes) == ["a", "b"]


async def test_what_spoils_a_transaction_fails_alone(notes: House) -> None:
    answers = await make(notes, note("a"), locked, note("b"))
    assert [type(each) for each in answers] == [str, OperationalError, str]
    assert await written(notes) == ["a", "b"]


async def test_what_lets_a_message_go_overtakes_what_came_before(notes: House) -> None:
    order = list[str]()

    def seen(name: str) -> Any:
        return lambda unit: order.append(name)

    await make(notes, seen("signal 1"), seen("signal 2"), urgent=[seen("delivered")])
    assert order == ["delivered", "signal 1", "signal 2"]


async def test_what_one_begins_is_not_begun_again_by_the_next_of_the_same_commit(house: House) -> None:
    intake, now = house.engine.intake, house.now
    first = house.arrival(house.next("button-01", quantity="manual"))
    again = house.arrival(house.next("button-02", quantity="manual"))
    with commits(house) as made:
        async with writing(house):
            both = [asyncio.create_task(intake.accept_arrivals([each], now)) for each in (first, again)]
        await asyncio.gather(*both)
    assert len(made) == 2
    begun = await house.rows("SELECT * FROM attempts")
    assert [row["attempt"] for row in begun] == [1]


async def test_no_more_is_put_together_than_there_is_time_for(
    notes: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "LONGEST_TOGETHER_S", -1.0)
    with commits(notes) as made:
        assert await make(notes, note("a"), note("b"), note("c")) == ["a", "b", "c"]
    assert len(made) == 4


async def test_a_commit_that_fails_is_an_error_for_each_who_waits(notes: House) -> None:
    engine = notes.engine.database._engine
    commit = engine.dialect.do_commit

    def refuse(_: Any) -> None:
        raise OperationalError("COMMIT", {}, Exception("disk full"))

    engine.dialect.do_commit = refuse  # type: ignore[method-assign,assignment] # of the object
    try:
        run, now = notes.engine.transactions.run, notes.now
        failed = await asyncio.gather(run(note("a"), now), run(note("b"), now), return_exceptions=True)
    finally:
        engine.dialect.do_commit = commit  # type: ignore[method-assign]
    assert [type(each) for each in failed] == [OperationalError, OperationalError]
    assert await written(notes) == []
    assert await notes.engine.transactions.run(note("a"), notes.now) == "a"
