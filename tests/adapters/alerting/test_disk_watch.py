"""The disk of the center fills: alarms get the reserve, and the command center is notified."""

from pathlib import Path

from contract.webhook import FaultNotification
from tests.adapters.alerting.center import Center, Gateway, center
from tests.faults import disk
from tests.support.servers import Server
from tests.support.waiting import eventually

MIB = 1_048_576


def faults(one: Center) -> set[str]:
    relays = (relay.body for relay in one.received.relays)
    return {
        each.reason
        for body in relays
        if isinstance(body, FaultNotification)
        for each in body.conditions
        if each.restored_at is None
    }


async def test_alarms_are_stored_in_the_reserve_of_a_full_disk_and_it_is_a_fault(
    tmp_path: Path, broker: Server, gateway: Gateway
) -> None:
    folder = tmp_path / "data"
    with disk.small_disk(folder, mib=40):
        async with center(folder, broker_port=broker.port, relays=tmp_path / "relays.jsonl") as one:
            reserve = folder / "reserve"
            await eventually(lambda: reserve.exists() and reserve.stat().st_size == 4 * MIB)
            assert (await one.get("/healthz"))["disk"] == "ok"

            disk.fill(folder)
            await gateway.fire("button-01", quantity="manual")
            await gateway.receipted(1)
            await eventually(lambda: "disk_full" in faults(one))
            assert not is_there(reserve)
            assert "disk_full: " in (await one.get("/healthz"))["disk"]
            assert await one.metric("tocsin_alerting_disk_free_bytes") < 8 * MIB
            await gateway.raw(b"not a message")
            await eventually(lambda: one.metric("tocsin_quarantine_failed_total"))
            assert one.quarantined() == []

            disk.empty(folder)
            await eventually(reserve.exists)
            await eventually(lambda: has_room(one))
            await gateway.raw(b"not a message either")
            await eventually(one.quarantined)
            await one.stop()
            assert not is_there(reserve)


def is_there(file: Path) -> bool:
    return file.exists()


async def has_room(one: Center) -> bool:
    return bool((await one.get("/healthz"))["disk"] == "ok")
