"""The clock of the gateway, or of the center, is an hour off."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from tests.faults.scene import ROUNDS, scene
from tests.support.servers import library

CASES = [
    ("gateway", "+3600s"),
    ("alerting", "-3600s"),
    *([("gateway", "-3600s"), ("alerting", "+3600s")] if ROUNDS else []),
]


def shifted(by: str) -> list[str]:
    """A command that lets what follows it see another time; how fast time passes is not touched."""
    preload = library("faketime/libfaketime.so.1", "faketime")
    return ["env", f"LD_PRELOAD={preload}", f"FAKETIME={by}", "FAKETIME_DONT_FAKE_MONOTONIC=1"]


@pytest.mark.parametrize(("who", "by"), CASES)
async def test_a_clock_that_is_an_hour_off_loses_nothing(who: str, by: str, tmp_path: Path) -> None:
    name = f"clock of {who} {by}"
    async with scene(tmp_path, name, 601, before={who: shifted(by)}) as here:
        here.allowed = replace(here.allowed, clocks=True)
        await here.rounds(min(ROUNDS, 5) or 1, lambda: asyncio.sleep(0), within=30.0, presses=4)


async def test_the_oracle_sees_times_that_do_not_fit_the_order(tmp_path: Path) -> None:
    async with scene(tmp_path, "clock", 602, in_table=False) as here:

        async def fault() -> None:
            here.panel.said.turns.reverse()

        await here.round(lambda: asyncio.sleep(0), within=30.0, presses=1)
        await fault()
        assert (await here.verdict()).flaws
