"""From a frame of DC-09 to the confirmed incident, and the receipt back: real processes throughout."""

from pathlib import Path

from contract.webhook import FireNotification
from firmware_sim.domain.dc09 import Dialler
from firmware_sim.peers.dialler import SimulatedDialler
from tests.faults.panel import open_panel
from tests.stories.test_ledger import EMBEDDED, ask
from tests.support.house import PREMISES, House, house, import_registry
from tests.support.servers import Server, free_port
from tests.support.waiting import eventually

KEY = "000102030405060708090a0b0c0d0e0f"

REGISTRY = f"""
[[gateways]]
id = "dialler"
name = "Bộ quay số"
premises = "{PREMISES}"

[[gateways]]
id = "receiver"
name = "Máy thu"
premises = "{PREMISES}"
""" + "".join(
    f"""
[[points]]
id = "{name}"
premises = "{PREMISES}"
zone = "hall"
gateway = "dialler"
kind = "smoke"
place = "{name}"
"""
    for name in ("kho-1", "kho-2")
)


def settings(site: House, *, port: int, web: int) -> str:
    points = "".join(
        f'[[accounts.points]]\nname = "kho-{number}"\nzone = "{number:03}"\n' for number in (1, 2)
    )
    return (
        f'premises = "{PREMISES}"\ngateway = "receiver"\ndata_dir = "{site.folder}/receiver"\n'
        f"heartbeat_s = 1\n[broker]\nport = {site.broker}\n[web]\nopen = true\nport = {web}\n"
        f'[dc09]\nhost = "127.0.0.1"\nport = {port}\n[[accounts]]\naccount = "0A12"\n'
        f'premises = "{PREMISES}"\ngateway = "dialler"\nkey = "{KEY}"\n{points}'
    )


async def test_two_zones_of_a_transmitter_confirm_a_fire_and_the_receipt_comes_back(
    broker: Server, tmp_path: Path
) -> None:
    port, web = free_port(), free_port()
    dialler = SimulatedDialler(Dialler("0A12", key=bytes.fromhex(KEY)), "127.0.0.1", port)
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

        assert (await dialler.tell_sia("Nri1/FA001")).word == "ACK"
        assert (await dialler.tell_sia("Nri1/FA002")).word == "ACK"
        (fire,) = await eventually(lambda: site.relays("confirmed"), within=60)
        assert isinstance(fire.relay, FireNotification)
        assert {each.name for each in fire.relay.points} == {"kho-1", "kho-2"}
        assert {each.gateway for each in fire.relay.points} == {"dialler"}

        await eventually(lambda: _nothing_waits(site, web), within=30)
        code, text = await ask(site)
        assert code == 0, text

        await site.kill("receiver")
        await site.start("receiver")
        assert (await dialler.tell_sia("Nri1/FH001/FH002")).word == "ACK"
        await eventually(lambda: _nothing_waits(site, web), within=60)


async def _knows_points(site: House) -> bool:
    found = await site.get("/api/v1/gateways")
    return any(each["gateway"] == "dialler" and each["comparison"] for each in found["gateways"])


async def _nothing_waits(site: House, web: int) -> bool:
    found = await site.get("/status", port=web)
    account = next(each for each in found["accounts"] if each["gateway"] == f"{PREMISES}/dialler")
    return bool(account["last_seq"] >= 2 and account["waiting"] == 0)
