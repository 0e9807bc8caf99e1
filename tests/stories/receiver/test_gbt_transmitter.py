"""From a frame of GB/T 26875.3 to the confirmed incident, and the receipt back."""

from pathlib import Path

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


async def test_two_components_confirm_a_fire_and_the_receipt_comes_back(
    broker: Server, tmp_path: Path
) -> None:
    port, web = free_port(), free_port()
    transmitter = SimulatedGbtTransmitter(GbtTransmitter("379"), "127.0.0.1", port)
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

        assert (await transmitter.component(FIRE, "10.1")).command == CONFIRM
        assert (await transmitter.component(FIRE, "10.2")).command == CONFIRM
        (fire,) = await eventually(lambda: site.relays("confirmed"), within=60)
        assert isinstance(fire.relay, FireNotification)
        assert {each.name for each in fire.relay.points} == {"kho-1", "kho-2"}
        assert {each.gateway for each in fire.relay.points} == {"dialler"}

        await eventually(lambda: _nothing_waits(site, web), within=30)
        code, text = await ask(site)
        assert code == 0, text

        await site.kill("receiver")
        await site.start("receiver")
        assert (await transmitter.component(NORMAL, "10.1")).command == CONFIRM
        await eventually(lambda: _nothing_waits(site, web), within=60)
        transmitter.hang_up()
