"""Buses with a master: cut, silent, another's answer, garbled, forgetful; what was pressed arrives."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

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

FAULTS = ("silent", "anothers", "garbled", "forgets")


@dataclass(frozen=True)
class FaultyBus:
    """A bus at *served*: *press* sets one of its call points, *spoil* gives it a fault, or none."""

    served: ServedBus
    press: Callable[[str, int], None]
    spoil: Callable[[str, str | None], None]

    def spoil_all(self, fault: str | None) -> None:
        for each in (ONE, TWO):
            self.spoil(each, fault)


async def status_of(here: Scene) -> Any:
    return await here.site.get("/status", port=here.site.status)


async def is_burning(here: Scene, point: str) -> bool:
    conditions = (await status_of(here))["conditions"]
    return point in {each["name"] for each in conditions if each["kind"] == "fire"}


async def turn(here: Scene, point: str, value: int, do: Callable[[], None]) -> None:
    """*do* what presses or releases *point*, and wait until the gateway has understood it."""
    here.panel.said.turns.append(Turn(point, value, to_micros(utc_now())))
    do()

    async def is_understood() -> bool:
        return await is_burning(here, point) is bool(value)

    await eventually(is_understood, within=40)


async def suffer(here: Scene, bus: FaultyBus) -> None:
    """Press TWO whatever is wrong with ONE, and ONE while it is not heard; then spoil the whole line."""
    for fault in FAULTS:
        bus.spoil(ONE, fault)
        for value in (1, 0):
            await turn(here, TWO, value, partial(bus.press, TWO, value))
    for fault, value in (("silent", 1), ("forgets", 0)):
        bus.spoil(ONE, fault)
        pressed = asyncio.create_task(turn(here, ONE, value, partial(bus.press, ONE, value)))
        await here.pause(0.5, 1.5)
        assert not pressed.done()
        bus.spoil(ONE, None)  # it is asked again, and has been so all the time
        await pressed
    await turn(here, ONE, 1, partial(bus.press, ONE, 1))
    await speak_at_another_speed(here, bus)
    before = bus.served.connections
    bus.served.cut()
    await eventually(lambda: bus.served.connections > before, within=30)
    await turn(here, ONE, 0, partial(bus.press, ONE, 0))


async def speak_at_another_speed(here: Scene, bus: FaultyBus) -> None:
    """Spoil all answers until the gateway names the cause, and heal them until it takes that back."""

    async def is_named() -> bool:
        lines = (await status_of(here))["lines"]
        return any(
            each["reason"] == "wrong_line_settings" for line in lines for each in line["conditions"]
        )

    async def is_over() -> bool:
        return not await is_named()

    bus.spoil_all("garbled")
    await eventually(is_named, within=40)
    bus.spoil_all(None)
    await eventually(is_over, within=40)


async def in_rounds(
    folder: Path, fault: str, seed: int, extra: str, suffer: Callable[[Scene], Awaitable[None]]
) -> None:
    async with scene(folder, fault, seed, gateway_extra=extra + TELEMETRY) as here:

        async def in_a_round() -> None:
            await suffer(here)

        await here.rounds(rounds(1, long=10), in_a_round, within=40.0, presses=2)


def modules(*names: str) -> dict[str, SimulatedModbusDevice]:
    return {name: SimulatedModbusDevice(unit, {2: {0: 0}}) for unit, name in enumerate(names, 1)}


def modbus_settings(folder: Path, url: str, names: Iterable[str]) -> str:
    profile = folder / "call-point.toml"
    profile.write_text(CALL_POINT)
    extra = f'[[lines]]\nname = "bus"\nport = "{url}"\nconnector = "modbus"\n'
    for unit, _ in enumerate(names, 1):
        extra += f'[[lines.options.devices]]\nname = "m{unit}"\nunit = {unit}\npoll_s = 0.2\n'
        extra += f'retries = 1\nprofile = "{profile}"\n'
    for unit, name in enumerate(names, 1):
        extra += f'[[points]]\nname = "{name}"\naddress = "m{unit}/nut"\nline = "bus"\n'
        extra += 'kind = "manual"\n'
    return extra


async def test_a_modbus_bus_with_faults_loses_nothing_that_was_pressed_on_it(tmp_path: Path) -> None:
    devices = modules(ONE, TWO)
    spoiled = {
        "silent": BusFault.SILENT,
        "anothers": BusFault.ANOTHERS_ANSWER,
        "garbled": BusFault.WRONG_SETTINGS,
        "forgets": BusFault.STUCK,
        "empty": BusFault.EMPTY,
    }

    def spoil(point: str, fault: str | None) -> None:
        devices[point].fault = None if fault is None else spoiled[fault]

    def press(point: str, value: int) -> None:
        devices[point].set(2, 0, value)

    async with open_bus(SimulatedModbusBus(*devices.values())) as served:
        bus = FaultyBus(served, press, spoil)

        async def all_faults(here: Scene) -> None:
            await suffer(here, bus)
            await restart_while_pressed(here, bus)

        await in_rounds(
            tmp_path,
            "modbus: silent, another's answer, garbled, forgetful, restarted, cut",
            721,
            modbus_settings(tmp_path, served.url, (ONE, TWO)),
            all_faults,
        )
    assert {*devices[ONE].asked, *devices[TWO].asked} == {2}


async def restart_while_pressed(here: Scene, bus: FaultyBus) -> None:
    """Let a module answer with empty registers for a while: that is what it says, and so it is told."""
    await turn(here, ONE, 1, partial(bus.press, ONE, 1))
    await turn(here, ONE, 0, partial(bus.spoil, ONE, "empty"))
    await turn(here, ONE, 1, partial(bus.spoil, ONE, None))
    await turn(here, ONE, 0, partial(bus.press, ONE, 0))


async def test_polled_detectors_with_faults_lose_nothing_that_was_pressed(tmp_path: Path) -> None:
    points = {
        name: PolledDetector(name, f"0000000{n}", {"manual": 0.0}) for n, name in enumerate((ONE, TWO))
    }
    spoiled = {
        "silent": DetectorFault.SILENT,
        "anothers": DetectorFault.OUTDATED,
        "garbled": DetectorFault.WRONG_CHECKSUM,
        "forgets": DetectorFault.FORGETS,
    }

    def spoil(point: str, fault: str | None) -> None:
        points[point].fault = None if fault is None else spoiled[fault]

    def press(point: str, value: int) -> None:
        points[point].samples["manual"] = float(value)

    async with open_bus(PolledPair(*points.values())) as served:
        extra = f'[[lines]]\nname = "pair"\nport = "{served.url}"\nconnector = "polled"\n'
        extra += "[lines.options]\npoll_s = 0.2\nretries = 1\n"
        for name in (ONE, TWO):
            extra += f'[[points]]\nname = "{name}"\nline = "pair"\nkind = "manual"\n'
        bus = FaultyBus(served, press, spoil)
        await in_rounds(
            tmp_path,
            "polled detectors: silent, an old answer, garbled, forgetful, cut",
            722,
            extra,
            lambda here: suffer(here, bus),
        )
