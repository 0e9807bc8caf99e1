"""Lines with a master: devices of a simulated bus are asked, told, missed and supervised."""

from pathlib import Path
from typing import Any

import pytest

from firmware_sim.domain.modbus_devices import (
    BusFault,
    SimulatedModbusBus,
    SimulatedModbusDevice,
    SimulatedModbusServer,
)
from firmware_sim.domain.polled_detectors import DetectorFault, PolledDetector, PolledPair
from firmware_sim.peers.bus import open_bus, open_bus_on_pty
from tests.adapters.gateway.rig import center, gateway, settings_for
from tests.adapters.gateway.test_connector_lines import set_aside
from tests.support.servers import Server
from tests.support.waiting import eventually

CONTACTS = {
    "panel": "contacts",
    "source": "written by hand",
    "points": [
        {
            "address": "di{n}",
            "table": "discrete_inputs",
            "register": 0,
            "count": 4,
            "states": [{"word": "fire"}],
        }
    ],
}


def module(unit: int) -> SimulatedModbusDevice:
    return SimulatedModbusDevice(unit, {2: dict.fromkeys(range(4), 0)})


def bus_settings(port: str, *units: int, **options: Any) -> dict[str, Any]:
    devices = [
        {"name": f"m{unit}", "unit": unit, "profile": CONTACTS, "poll_s": 0.1, "retries": 1}
        for unit in units
    ]
    line = {"name": "bus", "port": port, "connector": "modbus"}
    return {
        "lines": [{**line, "options": {"devices": devices, **options}}],
        "points": [
            {"name": f"kho-{unit}", "address": f"m{unit}/di1", "line": "bus", "kind": "level"}
            for unit in units
        ],
    }


async def test_a_contact_on_a_bus_is_a_fire_until_it_opens(broker: Server, tmp_path: Path) -> None:
    one, two = module(1), module(2)
    link = tmp_path / "tty"
    async with (
        open_bus_on_pty(SimulatedModbusBus(one, two), link=link) as port,
        center(broker) as rct,
        gateway(settings_for(tmp_path, broker, **bus_settings(port, 1, 2))),
    ):
        await eventually(lambda: rct.sees_lines)
        two.set(2, 0, 1)
        await eventually(lambda: "kho-2 fire raised: detector_alarm" in rct.story)
        two.set(2, 0, 0)
        await eventually(lambda: "kho-2 fire restored: detector_alarm" in rct.story)
    assert {*one.asked, *two.asked} == {2}
    assert [each for each in rct.story if "kho-1" in each or "unknown" in each] == []


async def test_a_device_that_is_gone_is_unavailable_and_the_other_is_heard(
    broker: Server, tmp_path: Path
) -> None:
    one, two = module(1), module(2)
    async with (
        open_bus(SimulatedModbusBus(one, two)) as served,
        center(broker) as rct,
        gateway(settings_for(tmp_path, broker, **bus_settings(served.url, 1, 2))),
    ):
        await eventually(lambda: rct.sees_lines)
        one.fault = BusFault.SILENT
        await eventually(lambda: "kho-1 fault raised: unavailable" in rct.story)
        two.set(2, 0, 1)
        await eventually(lambda: "kho-2 fire raised: detector_alarm" in rct.story)
        one.fault = None
        await eventually(lambda: "kho-1 fault restored: unavailable" in rct.story)
    assert "kho-2 fault raised: unavailable" not in rct.story


@pytest.mark.parametrize("fault", [BusFault.WRONG_CRC, BusFault.ANOTHERS_ANSWER, BusFault.UNFINISHED])
async def test_what_is_not_the_answer_is_set_aside_and_never_believed(
    fault: BusFault, broker: Server, tmp_path: Path
) -> None:
    one, two = module(1), module(2)
    two.fault = fault
    two.set(2, 0, 1)
    async with (
        open_bus(SimulatedModbusBus(one, two)) as served,
        center(broker) as rct,
        gateway(settings_for(tmp_path, broker, **bus_settings(served.url, 1, 2))),
    ):
        await eventually(lambda: "kho-2 fault raised: unavailable" in rct.story)
        await eventually(lambda: fault in set_aside(tmp_path))
        one.set(2, 0, 1)
        await eventually(lambda: "kho-1 fire raised: detector_alarm" in rct.story)
    assert "kho-2 fire raised: detector_alarm" not in rct.story


async def test_another_speed_is_a_fault_of_the_line_that_says_so(broker: Server, tmp_path: Path) -> None:
    one = module(1)
    one.fault = BusFault.WRONG_SETTINGS
    async with (
        open_bus(SimulatedModbusBus(one)) as served,
        center(broker) as rct,
        gateway(settings_for(tmp_path, broker, **bus_settings(served.url, 1))),
    ):
        await eventually(lambda: "bus fault raised: wrong_line_settings" in rct.story, within=20)
        one.fault = None
        await eventually(lambda: "bus fault restored: wrong_line_settings" in rct.story, within=20)


async def test_over_tcp_answers_of_other_transactions_are_not_believed(
    broker: Server, tmp_path: Path
) -> None:
    one, two = module(1), module(2)
    two.fault = BusFault.WRONG_TRANSACTION
    two.set(2, 0, 1)
    settings = bus_settings("", 1, 2, transport="tcp")
    async with open_bus(SimulatedModbusServer(one, two)) as served, center(broker) as rct:
        settings["lines"][0]["port"] = served.url
        async with gateway(settings_for(tmp_path, broker, **settings)):
            await eventually(lambda: "wrong_transaction" in set_aside(tmp_path))
            one.set(2, 0, 1)
            await eventually(lambda: "kho-1 fire raised: detector_alarm" in rct.story)
            assert "kho-2 fire raised: detector_alarm" not in rct.story
            two.fault = None
            await eventually(lambda: "kho-2 fire raised: detector_alarm" in rct.story)


async def test_what_a_device_refuses_is_a_fault_of_its_line(broker: Server, tmp_path: Path) -> None:
    one, two = module(1), SimulatedModbusDevice(2, {2: {0: 0}})
    async with (
        open_bus(SimulatedModbusBus(one, two)) as served,
        center(broker) as rct,
        gateway(settings_for(tmp_path, broker, **bus_settings(served.url, 1, 2))),
    ):
        await eventually(lambda: "bus fault raised: panel_fault" in rct.story)
        two.tables[2] = dict.fromkeys(range(4), 0)
        await eventually(lambda: "bus fault restored: panel_fault" in rct.story)


# -- Tocsin's own detectors, polled


def pair_settings(port: str, *addresses: str) -> dict[str, Any]:
    options = {"poll_s": 0.1, "timeout_s": 0.5, "retries": 1}
    return {
        "lines": [{"name": "pair", "port": port, "connector": "polled", "options": options}],
        "points": [{"name": each, "line": "pair", "kind": "manual"} for each in addresses],
    }


async def test_polled_call_points_are_heard_each_in_its_turn(broker: Server, tmp_path: Path) -> None:
    points = [PolledDetector(f"nut-{n}", f"0000000{n}", {"manual": 0.0}) for n in range(4)]
    names = [each.address for each in points]
    async with (
        open_bus(PolledPair(*points)) as served,
        center(broker) as rct,
        gateway(settings_for(tmp_path, broker, **pair_settings(served.url, *names))),
    ):
        await eventually(lambda: rct.sees_lines)
        points[2].samples["manual"] = 1.0
        await eventually(lambda: "nut-2 fire raised: manual_call" in rct.story)
        points[3].fault = DetectorFault.SILENT
        await eventually(lambda: "nut-3 fault raised: unavailable" in rct.story)
        points[1].samples["manual"] = 1.0
        await eventually(lambda: "nut-1 fire raised: manual_call" in rct.story)
    assert not [each for each in rct.story if each.startswith("nut-0")]


async def test_two_detectors_at_one_address_are_a_fault_and_others_are_heard(
    broker: Server, tmp_path: Path
) -> None:
    points = [PolledDetector(f"nut-{n}", f"0000000{n}", {"manual": 0.0}) for n in range(2)]
    twin = PolledDetector("nut-1", "00000009", {"manual": 0.0, "battery": 77.0})
    async with (
        open_bus(PolledPair(*points, twin)) as served,
        center(broker) as rct,
        gateway(settings_for(tmp_path, broker, **pair_settings(served.url, "nut-0", "nut-1"))),
    ):
        await eventually(lambda: "nut-1 fault raised: detector_fault" in rct.story)
        points[0].samples["manual"] = 1.0
        await eventually(lambda: "nut-0 fire raised: manual_call" in rct.story)
        twin.fault = DetectorFault.SILENT
        await eventually(lambda: "nut-1 fault restored: detector_fault" in rct.story)


async def test_an_alarm_out_of_turn_is_believed_and_counted(broker: Server, tmp_path: Path) -> None:
    points = [PolledDetector(f"nut-{n}", f"0000000{n}", {"manual": 0.0}) for n in range(2)]
    points[1].fault = DetectorFault.TALKS_FIRST
    points[1].samples["manual"] = 1.0
    points[0].fault = DetectorFault.SILENT
    async with (
        open_bus(PolledPair(*points)) as served,
        center(broker) as rct,
        gateway(settings_for(tmp_path, broker, **pair_settings(served.url, "nut-0"))),
    ):
        await eventually(lambda: "nut-1 fire raised: manual_call" in rct.story)
        await eventually(lambda: "anothers_answer" in set_aside(tmp_path))
