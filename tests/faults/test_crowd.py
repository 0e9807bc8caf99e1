"""An alarm among very many: in a storm, beside a flood, during an import, with many who read along."""

import asyncio
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from bench._load import Imports
from bench._tree import HERE, raise_file_limit, registry_of
from bench.storm import Storm
from tests.faults.crowd import BROKER, TOLD_S, Crowd, crowd
from tests.faults.feed_reader import readers_of_feed, stalled_readers
from tests.faults.flooding_gateway import POINTS, PREMISES, flooding_gateway
from tests.faults.scene import ROUNDS, TABLE, Row
from tests.support.servers import mosquitto
from tests.support.waiting import eventually

SIGNALS, STORMING = (10_000, 500) if ROUNDS else (1_000, 50)
PRESSES = 100 if ROUNDS else 15
IMPORTED = 10_000 if ROUNDS else 2_000
FLOOD = 200 if ROUNDS else 12
READERS, STALLED = 200, 5

AUDITED_S = 12.0
"""Seconds that the auditor has after a storm: it looks every 5 s."""

BUDGET = """
[intake]
signals_burst = 100
signals_per_s = 200
new_points_burst = 20
new_points_per_s = 50
"""
"""A budget that a flood of some seconds exceeds, and that lets all of it in within a minute or two."""


async def test_a_storm_of_fires_is_told_to_all_and_loses_nothing(tmp_path: Path) -> None:
    with mosquitto(tmp_path / "mosquitto", extra=BROKER) as broker:
        storm = Storm(HERE, broker.port, SIGNALS, STORMING, AUDITED_S)
        storm.prepare(tmp_path / "center", already_open=0)
        found = await storm.told(tmp_path / "center")
    assert found["first_notices"] == STORMING
    assert found["late_steps"] == 0
    with closing(sqlite3.connect(tmp_path / "center" / "center.db")) as database:
        query = "SELECT count(*) FROM signals WHERE kind = 'fire'"
        assert database.execute(query).fetchone() == (SIGNALS,)
    worst = found["first_notice_s"]
    assert isinstance(worst, dict)
    row = Row(f"storm: {SIGNALS} fire signals of {STORMING} premises in 1 s", 1, SIGNALS)
    row.worst_delay_s, row.recovery_s = worst["100%"], float(str(found["all_receipted_s"]))
    TABLE.append(row)


async def test_a_gateway_that_floods_delays_no_other_and_loses_nothing_of_its_own(
    tmp_path: Path,
) -> None:
    noisy = registry_of([PREMISES], points=POINTS)
    async with (
        crowd(tmp_path, "a gateway that floods", presses=PRESSES, others=noisy, extra=BUDGET) as here,
        flooding_gateway(here.broker.port) as gateway,
    ):
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(gateway.flood(FLOOD))
            tasks.create_task(here.press_evenly(PRESSES, every_s=0.1))
        await here.until_told()
        await eventually(lambda: PREMISES in here.told(), within=TOLD_S, every=0.2)
        await eventually(lambda: shows_flood(here), within=TOLD_S, every=0.5)
        told_at = time.monotonic()
        await eventually(lambda: not gateway.outbox, within=600, every=0.2)
        here.row.recovery_s = round(time.monotonic() - told_at, 2)
        assert not await here.lost()
        assert not (await here.get("/api/v1/ledger"))["summary"]["missing"]
        here.row.signals += gateway.sent


async def shows_flood(here: Crowd) -> bool:
    """Return whether the flooding premises has the fault that it floods."""
    gateways = (await here.get(f"/api/v1/gateways?premises={PREMISES}"))["gateways"]
    return "signal_flood" in {held["reason"] for each in gateways for held in each["conditions"]}


async def test_a_registry_that_is_imported_anew_delays_no_alarm(tmp_path: Path) -> None:
    name = f"{IMPORTED} premises imported again and again"
    async with crowd(tmp_path, name, presses=PRESSES) as here:
        config = here.center.config
        first = config.parent / "registry.toml"
        imports = Imports(here.center.command, config, first=first, premises=IMPORTED)
        await asyncio.to_thread(imports.begin)
        try:
            await here.press_evenly(PRESSES, every_s=0.1)
            await here.until_told()
        finally:
            await asyncio.to_thread(imports.end)
        assert not await here.lost()


async def test_readers_of_the_feed_see_each_entry_once_and_delay_no_alarm(tmp_path: Path) -> None:
    raise_file_limit()
    name, extra = f"{READERS} readers of the feed, some stalled", f"feed_readers = {READERS}"
    async with crowd(tmp_path, name, presses=PRESSES, extra=extra) as here:
        with stalled_readers(here.center, count=STALLED):
            async with readers_of_feed(here.center, count=READERS - STALLED, after=0) as readers:
                await eventually(lambda: all(each.follows for each in readers), within=TOLD_S)
                await here.press_evenly(PRESSES, every_s=0.1)
                await here.until_told()
                entries = entries_of(here)
                await eventually(
                    lambda: all(entries[-1] in each.numbers for each in readers), within=TOLD_S
                )
        assert not await here.lost()
    assert len(entries) > PRESSES
    assert all(each.numbers[: len(entries)] == entries for each in readers)


def entries_of(here: Crowd) -> list[int]:
    """Return the numbers of all entries of the timelines."""
    with closing(sqlite3.connect(here.folder / "center" / "data" / "center.db")) as database:
        return [number for (number,) in database.execute("SELECT id FROM timeline ORDER BY id")]
