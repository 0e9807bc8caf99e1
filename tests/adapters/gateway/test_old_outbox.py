"""A gateway that was updated delivers what the version before it kept in its outbox."""

import shutil
import sqlite3
from pathlib import Path

from tests.adapters.gateway.rig import PtyLine, center, gateway, settings_for
from tests.support.servers import Server
from tests.support.waiting import eventually

OLD = Path(__file__).parents[2] / "vectors" / "outbox_layout_1"
"""Files of layout 1, written by the program of that time: signals 2 and 3, batches 3 to 5."""

LANES = ("alarm", "telemetry")


async def test_an_updated_gateway_delivers_the_signals_and_readings_that_the_old_one_kept(
    broker: Server, line: PtyLine, tmp_path: Path
) -> None:
    settings = settings_for(tmp_path, broker, lines=[{"name": "line-1", "port": line.port}])
    outbox = settings.data_dir / "outbox"
    shutil.copytree(OLD, outbox)
    async with center(broker) as rct, gateway(settings):
        await eventually(
            lambda: (
                rct.heartbeats
                and rct.heartbeats[-1].alarm.depth == rct.heartbeats[-1].telemetry.depth == 0
            )
        )
        assert {each.name for each in rct.signals} == {"call-2", "call-3"}
        assert {each.seq for each in rct.batches} == {3, 4, 5}
        assert rct.readings("smoke-11") == [0.022, 0.023, 0.024]
        line.say("co-1", "co", 1.0)
        await eventually(lambda: "co-1 supervisory raised: unknown_point" in rct.story)
        await eventually(lambda: rct.readings("co-1") == [1.0])
    for lane in LANES:
        with sqlite3.connect(outbox / f"{lane}.db") as file:
            assert file.execute("SELECT layout FROM meta").fetchall() == [(2,)]
        file.close()


async def test_an_old_outbox_is_delivered_although_the_disk_takes_nothing(
    broker: Server, line: PtyLine, tmp_path: Path
) -> None:
    settings = settings_for(tmp_path, broker, lines=[{"name": "line-1", "port": line.port}])
    outbox = settings.data_dir / "outbox"
    shutil.copytree(OLD, outbox)
    locks = [sqlite3.connect(outbox / f"{lane}.db", isolation_level=None) for lane in LANES]
    for lock in locks:
        lock.execute("BEGIN IMMEDIATE")
    async with center(broker) as rct, gateway(settings):
        await eventually(lambda: {each.seq for each in rct.signals} == {2, 3}, within=30)
        await eventually(lambda: {each.seq for each in rct.batches} == {3, 4, 5}, within=30)
        for lock in locks:
            lock.close()
