"""What has time is no error when the process ends while it runs."""

import asyncio
import logging
from datetime import UTC, datetime

import pytest

from runtime.schedule import scheduled


async def test_a_job_that_runs_at_the_end_is_finished_and_logged_as_no_failure(
    caplog: pytest.LogCaptureFixture,
) -> None:
    begun, may_end, done = asyncio.Event(), asyncio.Event(), []

    async def tidy() -> None:
        begun.set()
        await may_end.wait()
        done.append("tidied")

    with caplog.at_level(logging.WARNING, "apscheduler"):
        async with scheduled(tidy, "interval", hours=1, next_run_time=datetime.now(UTC)):
            await begun.wait()
            asyncio.get_running_loop().call_soon(may_end.set)
    assert done == ["tidied"]
    assert caplog.records == []


async def test_a_job_that_is_not_due_delays_no_end() -> None:
    async def tidy() -> None:
        raise AssertionError("it was not its hour")

    async with asyncio.timeout(5), scheduled(tidy, "interval", hours=1):
        pass
