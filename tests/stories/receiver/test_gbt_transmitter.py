"""From a frame of GB/T 26875.3 to the confirmed incident, and the receipt back."""

import time
from pathlib import Path

import pytest

from contract.webhook import FireNotification
from firmware_sim.domain.gbt26875 import CONFIRM, GbtTransmitter
from firmware_sim.peers.gbt_transmitter import SimulatedGbtTransmitter
from tests.faults.panel import open_panel
from tests.stories.receiver.test_dialler import REGISTRY, _knows_points, _nothing_waits
from tests.stories.test_ledger import EMBEDDED, ask
from tests.support.house import PREMISES, House, house, import_registry
from tests.support.servers import Server, free_port
from tests.support.waiting import eventually

FIRE, NORMAL = 0b10, 0b01


def settings(site: House, *, port: int, web: int) -> str:
    points = "".join(
        f'[[gbt.transmitters.points]]\nname = "kho-{number}"\ncomponent = "10.{number}"\n'
        for number in (1, 2)
    )
    return (
        f'premises = "{PREMISES}"\ngateway = "receiver"\ndata_dir = "{site.folder}/receiver"\n'
        f"heartbeat_s = 1\n[broker]\nport = {site.broker}\n[web]\nopen = true\nport = {web}\n"
        f"[dc09]\ntcp = false\nudp = false\n"
        f'[gbt]\nhost = "127.0.0.1"\nport = {port}\n[[gbt.transmitters]]\naddress = "379"\n'
        f'premises = "{PREMISES}"\ngateway = "dialler"\n{points}'
    )


@pytest.mark.parametrize("udp", [False, True], ids=["tcp", "udp"])
async def test_two_components_confirm_a_fire_and_the_receipt_comes_back(
    broker: Server, tmp_path: Path, udp: bool
) -> None:
    port, web = free_port(), free_port()
    panel_side = GbtTransmitter("379")
    transmitter = SimulatedGbtTransmitter(panel_side, "127.0.0.1", port, udp=udp)
    async with (
        open_panel() as panel,
        house(
            tmp_path,
            broker=broker.port,
            store=EMBEDDED,
            lines=[f"socket://127.0.0.1:{panel.port}"],
            points={"nut-1": "manual"},
        ) as site,
    ):
        registry = tmp_path / "registry.toml"
        registry.write_text(registry.read_text() + REGISTRY)
        await import_registry(tmp_path)
        (tmp_path / "receiver.toml").write_text(settings(site, port=port, web=web))
        program = site.commands["gateway"][:-3]
        site.commands["receiver"] = [*program, "receiver", "--config", f"{tmp_path}/receiver.toml"]
        await site.start("receiver")
        await eventually(lambda: _knows_points(site), within=60)

        assert (await transmitter.analog(3, 235, "10.1")).command == CONFIRM
        # The system that the panel tells first is no second point beside its component.
        told = await transmitter.tell(panel_side.system(FIRE | NORMAL, at=time.time()))
        assert told.command == CONFIRM
        assert (await transmitter.component(FIRE, "10.1")).command == CONFIRM
        await eventually(lambda: _knows_fires(site, 2), within=60)
        assert site.relays("confirmed") == []
        assert (await transmitter.component(FIRE, "10.2")).command == CONFIRM
        (fire,) = await eventually(lambda: site.relays("confirmed"), within=60)
        assert isinstance(fire.relay, FireNotification)
        assert {each.name for each in fire.relay.points} == {"kho-1", "kho-2", "system-1-1"}
        assert {each.gateway for each in fire.relay.points} == {"dialler"}

        await eventually(lambda: _nothing_waits(site, web), within=30)
        await eventually(lambda: _has_reading(site), within=60)
        code, text = await ask(site)
        assert code == 0, text

        await site.kill("receiver")
        await site.start("receiver")
        assert (await transmitter.component(NORMAL, "10.1")).command == CONFIRM
        await eventually(lambda: _nothing_waits(site, web), within=60)
        transmitter.hang_up()


async def _knows_fires(site: House, count: int) -> bool:
    """Return whether one suspicion has so many points in fire."""
    found = (await site.get("/api/v1/incidents?state=open"))["incidents"]
    return [len(each["points"]) for each in found if each["kind"] == "fire"] == [count]


async def _has_reading(site: House) -> bool:
    """Return whether the store of readings has the value that the panel measured."""
    path = (
        f"/api/v1/readings?premises={PREMISES}&point=kho-1&quantity=temperature&max_points=10"
        "&from=2020-01-01T00:00:00Z&to=2099-01-01T00:00:00Z"
    )
    return bool((await site.get(path, port=site.ingest))["v"] == [23.5])
