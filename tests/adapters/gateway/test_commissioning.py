"""Commissioning with each connector: status, listening, a walk test, and an exchanged detector."""

import asyncio
import json
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from firmware_sim.domain.dialer_receiver import DialerReceiver, contact_id
from firmware_sim.domain.espa_panel import EspaPanel, PagerCall
from firmware_sim.domain.modbus_devices import SimulatedModbusBus, SimulatedModbusDevice
from firmware_sim.domain.polled_detectors import PolledDetector, PolledPair
from firmware_sim.domain.printing_panel import PrintingPanel, printed_event
from firmware_sim.peers.bus import open_bus
from firmware_sim.peers.serial_peer import serve_peer
from gateway.settings import Settings
from runtime.settings import load_settings
from tests.adapters.gateway.rig import center, gateway
from tests.support.servers import Server, free_port
from tests.support.waiting import eventually
from tocsin.__main__ import app

BEARER = "a-token-of-thirty-two-characters"


@dataclass(frozen=True)
class Wall:
    """A thing on the wall: its peer, and how it tells that an address is in alarm, or no longer."""

    connector: str
    options: str
    addresses: tuple[str, str]
    kind: str
    make: Callable[[], Any]
    tell: Callable[[Any, str, bool], None]
    serve: Callable[[Any], AbstractAsyncContextManager[Any]] = serve_peer


def call(panel: EspaPanel, address: str, burns: bool) -> None:
    if not panel.waiting:
        panel.call(PagerCall("", address=address, call_type="3" if burns else "1"))


def print_event(panel: PrintingPanel, address: str, burns: bool) -> None:
    panel.print_line(printed_event("ALARM" if burns else "RESET ALARM", address))


def report(receiver: DialerReceiver, address: str, burns: bool) -> None:
    account, zone = address.split("-")
    if not receiver.waiting:
        receiver.report(contact_id(account, "110", qualifier="E" if burns else "R", zone=zone))


def close_contact(bus: SimulatedModbusBus, address: str, burns: bool) -> None:
    bus.devices[1].set(2, int(address.removeprefix("di/di")) - 1, int(burns))


def press(pair: PolledPair, address: str, burns: bool) -> None:
    for each in pair.detectors:
        if each.address == address:
            each.samples["manual"] = float(burns)


def module() -> SimulatedModbusBus:
    return SimulatedModbusBus(SimulatedModbusDevice(1, {2: dict.fromkeys(range(8), 0)}))


def pair() -> PolledPair:
    names = ("nut-1", "nut-2")
    return PolledPair(
        *(PolledDetector(name, f"{n:08x}", {"manual": 0.0}) for n, name in enumerate(names))
    )


DEVICE = '[[lines.options.devices]]\nname = "di"\nunit = 1\nprofile = "waveshare-8di"\npoll_s = 0.1\n'

WALLS = {
    "espa": Wall("espa", 'profile = "by-call"', ("104", "105"), "level", EspaPanel, call),
    "printer": Wall(
        "printer",
        'profile = "firesense-afp2800"',
        ("001-D12", "001-D13"),
        "level",
        PrintingPanel,
        print_event,
    ),
    "alarm-receiver": Wall(
        "alarm-receiver", "", ("1234-007", "1234-008"), "level", DialerReceiver, report
    ),
    "modbus": Wall("modbus", DEVICE, ("di/di1", "di/di2"), "level", module, close_contact, open_bus),
    "polled": Wall("polled", "poll_s = 0.1", ("nut-1", "nut-2"), "manual", pair, press, open_bus),
}


def settings_file(folder: Path, broker: Server, wall: Wall, url: str) -> Path:
    file = folder / "gateway.toml"
    file.write_text(
        f"""
premises = "p"
gateway = "g"
data_dir = "{folder}/data"
heartbeat_s = 0.2
[broker]
port = {broker.port}
[web]
port = {free_port()}
token = "{BEARER}"
[[lines]]
name = "wall"
port = "{url}"
connector = "{wall.connector}"
[lines.options]
{wall.options}
[[points]]
name = "kho"
address = "{wall.addresses[0]}"
line = "wall"
kind = "{wall.kind}"
"""
    )
    return file


async def run(file: Path, *words: str) -> Result:
    line = ["gateway", *words, "--config", str(file)]
    return await asyncio.to_thread(lambda: CliRunner().invoke(app, line))


def documents(shown: Result) -> list[dict[str, Any]]:
    """Return the documents of JSON in *shown*; the gateway of this process logs beside them."""
    return [json.loads(each) for each in shown.stdout.splitlines() if each.startswith("{")]


async def point_of(file: Path) -> dict[str, Any]:
    shown = await run(file, "status", "--json")
    assert shown.exit_code == 0, shown.output
    (status,) = documents(shown)
    (found,) = [each for each in status["points"] if each["name"] == "kho"]
    return dict(found)


@pytest.mark.parametrize("wall", WALLS.values(), ids=list(WALLS))
async def test_a_point_is_walked_listened_to_and_exchanged(
    broker: Server, tmp_path: Path, wall: Wall
) -> None:
    old, new = wall.addresses
    peer = wall.make()
    async with wall.serve(peer) as served, center(broker) as rct:
        file = settings_file(tmp_path, broker, wall, served.url)
        async with gateway(load_settings(Settings, file)):
            await eventually(lambda: rct.sees_lines and served.connections, within=20)
            shown = await run(file, "status")
            assert "line wall: up" in shown.stdout, shown.output
            await walk(file, wall, peer)
            await hears(file, wall)
        replaced = await run(file, "replace-detector", "kho", "--address", new)
        assert replaced.exit_code == 0, replaced.output
        wall.tell(peer, old, False)
        connections = served.connections
        async with gateway(load_settings(Settings, file)):
            await eventually(lambda: served.connections > connections, within=20)

            async def burns() -> bool:
                wall.tell(peer, new, True)
                found = await point_of(file)
                assert found["address"] == new
                return bool(found["state"] == "alarm")

            await eventually(burns, within=20, every=0.3)


async def walk(file: Path, wall: Wall, peer: Any) -> None:
    """Walk, and trip the point until the walk test has seen it."""
    walking = asyncio.create_task(run(file, "walk-test", "--by", "Anh Tư", "--for", "30"))
    burns = True
    async with asyncio.timeout(60):
        while not walking.done():  # it began at some moment: so the point trips again and again
            wall.tell(peer, wall.addresses[0], burns)
            burns = not burns
            await asyncio.sleep(0.5)
    walked = await walking
    assert walked.exit_code == 0, walked.output
    assert "1 of 1 tripped" in walked.stdout


async def hears(file: Path, wall: Wall) -> None:
    """Listen to the line: the point is named with its kind, and bytes are shown as they were read."""
    heard = await run(file, "listen", "wall", "--for", "0.1", "--json")
    assert heard.exit_code == 0, heard.output
    entries = documents(heard)
    assert any(each["outcome"] == "read" and each["hex"] for each in entries)
    tripped = [each for each in entries if each["point"] == "kho" and each["changes"]]
    assert tripped
    assert {each["kind"] for each in tripped} == {wall.kind}
