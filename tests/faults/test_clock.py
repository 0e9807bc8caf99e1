"""The clock of the gateway, or of the center, is an hour off."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from contract.webhook import FaultNotification
from tests.faults.oracle import Allowed, Held, Said, Turn, judge
from tests.faults.scene import ROUNDS, Scene, rounds, scene
from tests.support.servers import library
from tests.support.waiting import eventually
from tocsin.demo.observer import read_arrivals

CASES = [
    ("gateway", "+3600s"),
    ("alerting", "-3600s"),
    ("ingest", "-3600s"),
    *([("gateway", "-3600s"), ("alerting", "+3600s"), ("ingest", "+3600s")] if ROUNDS else []),
]


UNTOUCHED = ("FAKETIME_DONT_FAKE_MONOTONIC=1", "FAKETIME_FORCE_MONOTONIC_FIX=0")
"""Settings that leave alone the pace of time and the waits of threads. With the library's remedy for
systems of before 2016 each such wait ends at once: two threads of Python then get a tenth of their
work done."""


def shifted(by: str) -> list[str]:
    """A command that lets what follows it see another time of day, and nothing else."""
    preload = library("faketime/libfaketime.so.1", "faketime")
    return ["env", f"LD_PRELOAD={preload}", f"FAKETIME={by}", *UNTOUCHED]


@pytest.mark.parametrize(("who", "by"), CASES)
async def test_a_clock_that_is_an_hour_off_loses_nothing(who: str, by: str, tmp_path: Path) -> None:
    name = f"clock of {who} {by}"
    async with scene(tmp_path, name, 601, before={who: shifted(by)}) as here:
        here.allowed = replace(here.allowed, clocks=True)
        await here.rounds(min(ROUNDS, 5) or 1, lambda: asyncio.sleep(0), within=30.0, presses=4)


@pytest.mark.parametrize("by", ["-3600s", "+3600s"])
async def test_a_clock_that_leaps_while_it_runs_is_told_and_loses_nothing(
    by: str, tmp_path: Path
) -> None:
    offset = tmp_path / "faketime"
    offset.write_text("+0s")
    running = [*shifted("")[:2], f"FAKETIME_TIMESTAMP_FILE={offset}", "FAKETIME_NO_CACHE=1"]
    before = {"alerting": [*running, *UNTOUCHED]}
    async with scene(tmp_path, f"clock of alerting leaps {by}", 602, before=before) as here:
        here.allowed = replace(here.allowed, clocks=True)

        async def leap() -> None:
            offset.write_text(by)
            await asyncio.sleep(3)
            offset.write_text("+0s")

        await here.rounds(rounds(1, long=5), leap, within=60.0, presses=4)
        await eventually(lambda: "center_clock_jumped" in faults(here), within=60.0)


def faults(here: Scene) -> set[str]:
    """Return the reasons of the faults that the command center was notified of."""
    relays = [each.relay for each in read_arrivals(here.site.relay_log)]
    return {each.reason for each in relays if isinstance(each, FaultNotification)}


def test_the_oracle_sees_an_order_that_the_clock_has_turned_around() -> None:
    said = Said([Turn("a", 1, 2), Turn("a", 0, 3)])
    edge = {"epoch": "e", "kind": "fire", "name": "a"}
    signals = [
        {**edge, "seq": 1, "edge": "raised", "changed_at": 9},
        {**edge, "seq": 2, "edge": "restored", "changed_at": 1},
    ]
    held = Held(signals, [], [], {}, 0, [], set())
    by_time, by_number = judge(said, held, Allowed()), judge(said, held, Allowed(clocks=True))
    assert len(by_number.flaws) < len(by_time.flaws)
