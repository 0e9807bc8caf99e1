"""A check of a draft runs in a process of its own, and its end is told whatever becomes of it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from accounts.domain.actor import Evidence, local_actor
from alerting.http.drafts import ALL_CHANNELS
from alerting.registry_work.orders import (
    CheckOrder,
    CheckReport,
    FailedReport,
    RegistryOrder,
    RehearsalOrder,
    RehearsalReport,
    RestoreOrder,
    RestoreReport,
    Task,
)
from alerting.registry_work.runners import ProcessRunner
from contract.times import SECOND, to_micros
from runtime.clock import utc_now
from tests.support.communes import RED, Province, province

LOCAL = local_actor(Evidence.LOCAL_TOKEN)


@pytest.fixture
async def one(tmp_path: Path) -> AsyncIterator[Province]:
    async with province(f"sqlite:///{tmp_path}/center.db", communes=(RED,)) as served:
        yield served


def check(draft: str) -> CheckOrder:
    return CheckOrder(draft=draft, actor=LOCAL, channels=ALL_CHANNELS, now=to_micros(utc_now()))


async def test_orders_are_done_in_a_process_while_the_center_runs(one: Province) -> None:
    async def done(order: RegistryOrder) -> object:
        task = Task(url=one.engine.database.url, order=order)
        return await ProcessRunner().run(task, lambda done, total: None)

    checked = await done(check(one.drafts[RED]))
    assert isinstance(checked, CheckReport)
    assert (checked.check.version, checked.check.errors) == (1, ())
    rehearsal = RehearsalOrder(
        draft=one.drafts[RED],
        actor=LOCAL,
        days=1,
        window=300 * SECOND,
        grace=10 * SECOND,
        language="vi",
        now=to_micros(utc_now()),
    )
    rehearsed = await done(rehearsal)
    assert isinstance(rehearsed, RehearsalReport)
    assert rehearsed.rehearsal.differences == 0
    assert await done(RestoreOrder(version=1)) == RestoreReport(based_on=1, rows=[])
    unknown = await done(RestoreOrder(version=9))
    assert isinstance(unknown, FailedReport)
    assert "no version 9" in unknown.reason


async def test_a_draft_that_is_gone_and_a_database_that_is_not_there_are_told(
    one: Province, tmp_path: Path
) -> None:
    for url, reason in (
        (one.engine.database.url, "the draft is gone"),
        (f"sqlite:///{tmp_path}/nowhere.db", "nowhere.db"),
    ):
        report = await ProcessRunner().run(Task(url=url, order=check("d-0")), lambda done, total: None)
        assert isinstance(report, FailedReport)
        assert reason in report.reason
