"""Buses with a master: cut, silent, another's answer, garbled; what was pressed meanwhile arrives."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from contract.times import to_micros
from firmware_sim.domain.modbus_devices import BusFault, SimulatedModbusBus, SimulatedModbusDevice
from firmware_sim.domain.polled_detectors import DetectorFault, PolledDetector, PolledPair
from firmware_sim.peers.bus import ServedBus, open_bus
from runtime.clock import utc_now
from tests.faults.oracle import Turn
from tests.faults.scene import Scene, rounds, scene
from tests.support.waiting import eventually

ONE, TWO = "nut-00018", "nut-00019"
"""Registered call points that the scene's own panel does not reach."""

CALL_POINT = """
panel = "a call point"
source = "written by hand"
[[points]]
address = "nut"
table = "discrete_inputs"
register = 0
[[points.states]]
word = "manual"
"""

TELEMETRY = "[telemetry]\nresend_first_s = 1\nresend_longest_s = 5\n"

Press = Callable[[str, int], None]
"""Set a call point of the bus, by its name."""


async def turn(here: Scene, press: Press, point: str, value: int) -> None:
    """Press or release *point*, and wait until the gateway has understood it."""
    here.panel.said.turns.append(Turn(point, value, to_micros(utc_now())))
    press(point, value)

    async def is_understood() -> bool:
        status = await here.site.get("/status", port=here.site.status)
        fires = {each["name"] for each in status["conditions"] if each["kind"] == "fire"}
        return (point in fires) is bool(value)

    await eventually(is_understood, within=40)


async def suffer(
    here: Scene, served: ServedBus, press: Press, spoil: Callable[[str | None], None]
) -> None:
    """Press TWO whatever is wrong with ONE; then cut the line, and press while it is cut."""
    for fault in ("silent", "anothers", "garbled"):
        spoil(fault)
        await turn(here, press, TWO, 1)
        await turn(here, press, TWO, 0)
    spoil("silent")
    pressed = asyncio.create_task(turn(here, press, ONE, 1))
    await here.pause(0.5, 1.5)
    spoil(None)  # it is asked again, and was pressed all the time
    await pressed
    before = served.connections
    served.cut()
    await eventually(lambda: served.connections > before, within=30)
    await turn(here, press, ONE, 0)


async def test_a_modbus_bus_with_faults_loses_nothing_that_was_pressed_on_it(tmp_path: Path) -> None:
    devices = {name: SimulatedModbusDevice(unit, {2: {0: 0}}) for unit, name in ((1, ONE), (2, TWO))}
    spoiled = {
        "silent": BusFault.SILENT,
        "anothers": BusFault.ANOTHERS_ANSWER,
        "garbled": BusFault.WRONG_SETTINGS,
    }

    def spoil(fault: str | None) -> None:
        devices[ONE].fault = None if fault is None else spoiled[fault]

    def press(point: str, value: int) -> None:
        devices[point].set(2, 0, value)

    profile = tmp_path / "call-point.toml"
    profile.write_text(CALL_POINT)
    async with open_bus(SimulatedModbusBus(*devices.values())) as served:
        extra = f'[[lines]]\nname = "bus"\nport = "{served.url}"\nconnector = "modbus"\n'
        for unit in (1, 2):
            extra += f'[[lines.options.devices]]\nname = "m{unit}"\nunit = {unit}\npoll_s = 0.2\n'
            extra += f'retries = 1\nprofile = "{profile}"\n'
        for unit, name in ((1, ONE), (2, TWO)):
            extra += f'[[points]]\nname = "{name}"\naddress = "m{unit}/nut"\nline = "bus"\n'
            extra += 'kind = "manual"\n'
        async with scene(
            tmp_path,
            "modbus: silent, another's answer, garbled, cut",
            721,
            gateway_extra=extra + TELEMETRY,
        ) as here:
            await here.rounds(
                rounds(1, long=10),
                lambda: suffer(here, served, press, spoil),
                within=40.0,
                presses=2,
            )
    assert {*devices[ONE].asked, *devices[TWO].asked} == {2}


async def test_polled_detectors_with_faults_lose_nothing_that_was_pressed(tmp_path: Path) -> None:
    points = {
        name: PolledDetector(name, f"0000000{n}", {"manual": 0.0}) for n, name in enumerate((ONE, TWO))
    }
    spoiled = {
        "silent": DetectorFault.SILENT,
        "anothers": DetectorFault.OUTDATED,
        "garbled": DetectorFault.WRONG_CHECKSUM,
    }

    def spoil(fault: str | None) -> None:
        points[ONE].fault = None if fault is None else spoiled[fault]

    def press(point: str, value: int) -> None:
        points[point].samples["manual"] = float(value)

    async with open_bus(PolledPair(*points.values())) as served:
        extra = f'[[lines]]\nname = "pair"\nport = "{served.url}"\nconnector = "polled"\n'
        extra += "[lines.options]\npoll_s = 0.2\nretries = 1\n"
        for name in (ONE, TWO):
            extra += f'[[points]]\nname = "{name}"\nline = "pair"\nkind = "manual"\n'
        async with scene(
            tmp_path,
            "polled detectors: silent, an old answer, garbled, cut",
            722,
            gateway_extra=extra + TELEMETRY,
        ) as here:
            await here.rounds(
                rounds(1, long=10),
                lambda: suffer(here, served, press, spoil),
                within=40.0,
                presses=2,
            )
