"""The timer sleeps until the next deadline, and looks into the database no more often than it must."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from alerting.engine.commit_result import CommitResult
from alerting.engine.deadlines import Deadlines
from alerting.jobs.timer import DeadlineTimer
from alerting.store.retry import DatabaseRetry
from contract.times import to_micros
from tests.stories.alerting.house import House
from tests.support.waiting import eventually


class Looked(Deadlines):
    """The deadlines of a center, and how often the timer looked at them."""

    looks = 0

    async def run_due(self, now: datetime) -> datetime | None:
        due = await super().run_due(now)
        self.looks += 1
        return due


@asynccontextmanager
async def timer(house: House) -> AsyncIterator[tuple[DeadlineTimer, Looked]]:
    deadlines = Looked(house.engine.transactions, house.metrics)
    one = DeadlineTimer(deadlines, lambda: house.now, DatabaseRetry(house.metrics))
    running = asyncio.create_task(one.run())
    await eventually(lambda: deadlines.looks == 1)
    yield one, deadlines
    running.cancel()


def sets(due: datetime) -> CommitResult:
    return CommitResult(next_deadline=to_micros(due))


async def test_a_later_deadline_is_no_reason_to_look(house: House) -> None:
    async with timer(house) as (one, deadlines):
        one.on_commit(sets(house.now + timedelta(seconds=30)))
        one.on_commit(sets(house.now + timedelta(seconds=40)))
        one.on_commit(CommitResult())
        one.on_commit(sets(house.now))
        await eventually(lambda: deadlines.looks > 1)
    assert deadlines.looks == 2


async def test_a_deadline_that_a_commit_sets_comes_in_time(house: House) -> None:
    await house.fire("smoke-01")
    due = await house.engine.deadlines.next_deadline()
    assert due is not None
    async with timer(house) as (one, deadlines):
        house.now = due
        one.on_commit(sets(due - timedelta(seconds=1)))
        await eventually(lambda: deadlines.looks > 1)
    assert await house.timeline() != []
    following = await house.engine.deadlines.next_deadline()
    assert following is None or following > due


async def test_what_nobody_said_is_looked_for(house: House) -> None:
    async with timer(house) as (one, deadlines):
        one.on_commit(CommitResult(deadlines_changed=True))
        await eventually(lambda: deadlines.looks == 2)
        one.look_now()
        await eventually(lambda: deadlines.looks == 3)
