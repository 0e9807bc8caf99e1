"""A fire that reached neither the disk nor the center is not taken for told after a restart."""

import sqlite3
from pathlib import Path

from tests.adapters.gateway.rig import PtyLine, center, gateway, settings_for
from tests.support.servers import Server
from tests.support.waiting import eventually


async def test_a_fire_is_raised_again_by_the_detector_that_still_reports_it(
    broker: Server, line: PtyLine, tmp_path: Path
) -> None:
    settings = settings_for(
        tmp_path,
        broker,
        lines=[{"name": "line-1", "port": line.port}],
        points=[{"name": "call-1", "line": "line-1", "kind": "manual"}],
        alarm={"disk_patience_s": 0.2},
    )
    async with center(broker) as rct:
        rct.receipts.update(alarm=False)
        async with gateway(settings):
            await eventually(lambda: rct.sees_lines)
            disk = sqlite3.connect(tmp_path / "data" / "outbox" / "alarm.db", isolation_level=None)
            disk.execute("BEGIN EXCLUSIVE")  # the disk takes nothing from now on
            line.say("call-1", "manual", 1.0)
            await eventually(lambda: "call-1 fire raised: manual_call" in rct.story)  # from memory
        disk.execute("ROLLBACK")
        disk.close()
        rct.signals.clear()
        rct.receipts.update(alarm=True)
        async with gateway(settings):

            def raised() -> bool:
                line.say("call-1", "manual", 1.0)  # again and again, as a pressed call point does
                return "call-1 fire raised: manual_call" in rct.story

            await eventually(raised, every=0.2)
