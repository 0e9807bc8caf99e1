"""A fire on a bus, from a coil or an own detector to the confirmed incident and the receipt back."""

from pathlib import Path

from contract.webhook import FireNotification
from firmware_sim.domain.modbus_devices import SimulatedModbusDevice, SimulatedModbusServer
from firmware_sim.domain.polled_detectors import PolledDetector, PolledPair
from firmware_sim.peers.bus import open_bus
from tests.support.house import House, house
from tests.support.servers import Server
from tests.support.waiting import eventually

PANEL = """
panel = "a panel with a coil for each zone"
source = "written by hand"
[[points]]
address = "zone-{n}"
table = "coils"
register = 0
count = 2
states = [{ word = "fire" }]
"""
STORE = '[store]\nkind = "embedded"\n'


async def test_a_coil_of_a_panel_is_a_confirmed_fire_with_a_receipt(
    broker: Server, tmp_path: Path
) -> None:
    (tmp_path / "panel.toml").write_text(PANEL)
    panel = SimulatedModbusDevice(1, {1: {0: 0, 1: 0}})
    async with open_bus(SimulatedModbusServer(panel)) as served:
        gateway = f"""
[[lines]]
name = "panel"
port = "{served.url}"
connector = "modbus"
[lines.options]
transport = "tcp"
[[lines.options.devices]]
name = "p"
unit = 1
profile = "{tmp_path / "panel.toml"}"
poll_s = 0.2
[[points]]
name = "zone-a"
address = "p/zone-1"
line = "panel"
kind = "level"
"""
        async with house(
            tmp_path,
            broker=broker.port,
            store=STORE,
            lines=[],
            points={"zone-a": "level"},
            gateway_extra=gateway,
            rule="immediate",
        ) as site:
            await eventually(lambda: served.connections > 0, within=30)
            panel.set(1, 0, 1)
            await confirmed_and_receipted(site, "zone-a")
    assert set(panel.asked) == {1}


async def test_polled_detectors_confirm_a_fire_with_a_receipt(broker: Server, tmp_path: Path) -> None:
    points = [PolledDetector(f"nut-{n}", f"0000000{n}", {"manual": 0.0}) for n in range(3)]
    async with open_bus(PolledPair(*points)) as served:
        gateway = f"""
[[lines]]
name = "pair"
port = "{served.url}"
connector = "polled"
[lines.options]
poll_s = 0.3
""" + "".join(
            f'[[points]]\nname = "{each.address}"\nline = "pair"\nkind = "manual"\n' for each in points
        )
        async with house(
            tmp_path,
            broker=broker.port,
            store=STORE,
            lines=[],
            points={each.address: "manual" for each in points},
            gateway_extra=gateway,
        ) as site:
            await eventually(lambda: served.connections > 0, within=30)
            points[1].samples["manual"] = 1.0
            await confirmed_and_receipted(site, "nut-1")


async def confirmed_and_receipted(site: House, point: str) -> None:
    """Wait until the command center was told of the fire at *point*, and the gateway has its receipt."""
    (confirmed,) = await eventually(lambda: site.relays("confirmed"), within=30)
    assert isinstance(confirmed.relay, FireNotification)
    assert [each.name for each in confirmed.relay.points] == [point]

    async def is_receipted() -> bool:
        status = await site.get("/status", port=site.status)
        return bool(status["alarm"]["depth"] == 0 and status["alarm"]["last_seq"] > 0)

    await eventually(is_receipted, within=20)
