"""Timers of several intervals end at the same moments."""

import asyncio

from runtime.aligned_timers import until_next


async def test_intervals_that_divide_each_other_end_together() -> None:
    loop = asyncio.get_running_loop()
    for interval_s in (1_800.0, 3_600.0):
        end = loop.time() + until_next(interval_s)
        assert abs(end - round(end / 1_800.0) * 1_800.0) < 60.0


async def test_a_timer_ends_within_its_interval() -> None:
    assert all(0.0 < until_next(0.05) <= 0.05 for _ in range(1_000))


async def test_an_interval_of_nothing_is_over_at_once() -> None:
    assert until_next(0.0) == 0.0
