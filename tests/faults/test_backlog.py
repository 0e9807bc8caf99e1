"""An alarm at the end of an outage does not wait behind the readings of the outage."""

from pathlib import Path

from bench.recovery import outage, recover
from tests.faults.scene import ROUNDS, TABLE, Row
from tests.support.house import PREMISES, House
from tests.support.servers import Server
from tests.support.waiting import eventually

READINGS = 1_000_000 if ROUNDS else 20_000

SOON_S = 2.0
"""From the connection to the receiver; a tenth of it is usual, and a busy machine needs more."""


async def test_an_alarm_overtakes_the_readings_of_a_long_outage(broker: Server, tmp_path: Path) -> None:
    async with outage(tmp_path, broker.port, READINGS) as here:
        taken = await recover(here)
        assert taken["from_connection_s"] < SOON_S
        assert await temperatures(here.site) < READINGS, "all was stored before: this proves nothing"
        await eventually(lambda: drained(here.site), within=1_800, every=0.2)
        assert await temperatures(here.site) == READINGS
    row = Row("alarm behind a backlog", 1, 1, READINGS, worst_delay_s=taken["from_network_s"])
    row.recovery_s = taken["from_connection_s"]
    TABLE.append(row)


async def test_a_batch_that_was_lost_on_site_is_missed_at_the_center(
    broker: Server, tmp_path: Path
) -> None:
    async with outage(tmp_path, broker.port, 1_000, spare=1) as here:
        await recover(here)
        await eventually(lambda: drained(here.site), within=30)
        assert await temperatures(here.site) == 900


async def drained(site: House) -> bool:
    status = await site.get("/status", port=site.status)
    return not status["telemetry"]["depth"]


async def temperatures(site: House) -> int:
    counts = (await site.get(f"/api/v1/readings/count?premises={PREMISES}", port=site.ingest))["counts"]
    return sum(each["count"] for each in counts if each["quantity"] == "temperature")
