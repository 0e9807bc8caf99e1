"""What is stored at which moment, and what becomes of a transaction whose caller does not wait."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine
from sqlalchemy.exc import IntegrityError, OperationalError

from alerting.domain.model.incident import Outcome
from alerting.domain.notification.attempts import AttemptResult, ChannelAnswer
from alerting.domain.notification.recipients import Destination
from alerting.engine.commit_result import CommitResult
from alerting.store.deliveries import DeliveryAttempt
from runtime.database import Database
from tests.stories.alerting import house as houses
from tests.stories.alerting.house import House

LINE = Destination("command-center", "webhook")
AWAY = ChannelAnswer(AttemptResult.NO_ANSWER, "away")


async def attempts(house: House) -> list[tuple[str, int, bool]]:
    """The ledger of attempts: of which event, which attempt, and whether it has ended."""
    rows = await house.rows(
        "SELECT event, attempt, ended_at FROM attempts JOIN deliveries ON deliveries.id = delivery "
        "ORDER BY began_at, deliveries.number, attempt"
    )
    return [(row["event"], row["attempt"], row["ended_at"] is not None) for row in rows]


async def attempts_of(house: House, attempt: DeliveryAttempt) -> list[tuple[str, int, bool]]:
    """The ledger of the attempts for the incident of *attempt*."""
    of_it = {row["event"] for row in await house.deliveries() if row["incident"] == attempt.incident}
    return [each for each in await attempts(house) if each[0] in of_it]


async def begin(house: House) -> DeliveryAttempt:
    begun = await house.engine.outbox.begin_attempt(LINE, house.now)
    assert begun is not None
    return begun


async def fail(house: House, attempt: DeliveryAttempt, *, seconds: float) -> None:
    until = house.now + timedelta(seconds=seconds)
    await house.engine.outbox.record_failure(attempt, AWAY, until=until, now=house.now)


async def test_the_first_attempt_is_in_the_ledger_as_soon_as_the_fire_is(house: House) -> None:
    await house.fire("button-01", quantity="manual")

    assert await attempts(house) == [("confirmed", 1, False)]
    assert (await begin(house)).attempt == 1
    assert await attempts(house) == [("confirmed", 1, False)]


async def test_while_a_destination_is_being_told_nothing_else_of_the_incident_is_begun_for_it(
    house: House,
) -> None:
    await house.fire("button-01", quantity="manual")
    first = await begin(house)
    await house.close("Trực ban 1", Outcome.DRILL)

    assert await begin(house) == first
    assert await attempts_of(house, first) == [("confirmed", 1, False)]
    await house.engine.outbox.record_delivered(first, house.now)
    assert (await begin(house)).event == "closed"
    assert await attempts_of(house, first) == [("confirmed", 1, True), ("closed", 1, False)]


async def test_a_new_fire_is_tried_at_once_at_a_destination_that_was_away(house: House) -> None:
    await house.fire("button-01", quantity="manual")
    await fail(house, await begin(house), seconds=60)
    assert await house.engine.outbox.begin_attempt(LINE, house.now) is None
    house.premises = "nha-pho"
    await house.fire("button-99", quantity="manual")

    assert (await begin(house)).attempt == 1
    assert await attempts(house) == [("confirmed", 1, True), ("confirmed", 1, False)]


async def test_a_fire_that_was_stored_without_a_word_is_told_at_once_all_the_same(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin_write = Database.begin_write

    def unheard(database: Database, change: Any, **_: Any) -> Future[None]:
        begin_write(database, change).result()
        answer = Future[None]()
        answer.set_exception(OperationalError("COMMIT", {}, Exception("the connection was lost")))
        return answer

    pressed = house.next("button-01", quantity="manual")
    with monkeypatch.context() as lost:
        lost.setattr(Database, "begin_write", unheard)
        with pytest.raises(OperationalError):
            await house.send_signals(pressed)
    house.now += timedelta(seconds=1)
    again = await house.send_signals(pressed)
    assert again.deadlines_changed
    assert LINE in again.destinations
    assert (await begin(house)).event == "confirmed"


async def test_an_end_that_is_recorded_again_since_its_answer_was_lost_holds_up_nothing(
    house: House,
) -> None:
    await house.fire("button-01", quantity="manual")
    first = await begin(house)
    await house.engine.outbox.record_delivered(first, house.now)
    await house.engine.outbox.record_delivered(first, house.now)
    assert await attempts(house) == [("confirmed", 1, True)]


async def test_an_attempt_that_a_restart_cut_short_is_made_again(house: House) -> None:
    await house.fire("button-01", quantity="manual")
    await house.restart()

    assert (await begin(house)).attempt == 2


async def test_what_was_refused_as_a_whole_has_begun_nothing(house: House) -> None:
    refuse = "CREATE UNIQUE INDEX full_up ON timeline (premises)"  # the second entry does not fit
    await house.engine.database.write(lambda connection: connection.exec_driver_sql(refuse).rowcount)
    with pytest.raises(IntegrityError):
        await house.fire("button-01", quantity="manual")

    assert await house.engine.outbox.begin_attempt(LINE, house.now) is None
    assert await house.rows("SELECT * FROM signals") == []


@contextmanager
def another_writes(url: str) -> Iterator[Connection]:
    """Another process is in the middle of a transaction, for which every writer waits."""
    engine = create_engine(url)
    sqlite = engine.dialect.name == "sqlite"
    with engine.connect() as connection:
        connection.exec_driver_sql(
            "BEGIN IMMEDIATE" if sqlite else "LOCK TABLE signals IN EXCLUSIVE MODE"
        )
        yield connection
    engine.dispose()


async def test_a_transaction_whose_caller_is_cancelled_is_finished_and_told(house: House) -> None:
    told: list[CommitResult] = []
    house.engine.transactions.listeners.append(told.append)
    with another_writes(house.url) as another:
        calling = asyncio.create_task(house.fire("button-01", quantity="manual"))
        assert await house.incidents() == []
        calling.cancel()
        another.rollback()
    with pytest.raises(asyncio.CancelledError):
        await calling

    assert [committed.destinations for committed in told] == [{LINE}]
    assert await house.relays() == ["confirmed to command-center"]


async def test_transactions_of_many_callers_at_once_are_all_stored(house: House) -> None:
    signals = [house.next(f"unknown-{number}") for number in range(40)]
    await asyncio.gather(*(house.send_signals(signal) for signal in signals))

    assert len((await house.fire_incident()).points) == 40
    assert len(await house.rows("SELECT * FROM signals")) == 40


async def test_a_change_after_the_database_was_closed_fails_and_waits_for_nothing(database: str) -> None:
    async with houses.house(database) as closed:
        pass
    for _ in range(2):
        with pytest.raises(RuntimeError):
            async with asyncio.timeout(10):
                await closed.fire("button-01", quantity="manual")
