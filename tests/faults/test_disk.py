"""The disk is full, or gives back something else than what was written."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.faults import disk
from tests.faults.panel import TIMES
from tests.faults.scene import ROUNDS, Scene, rounds, scene
from tests.support.house import import_registry
from tests.support.waiting import eventually

SMALL = """
[telemetry]
keep_free_mib = 0
resend_first_s = 1
resend_longest_s = 5
[alarm]
reserve_mib = 1
"""

BACK_S = 60.0


async def fill_for_a_while(here: Scene, folder: Path) -> None:
    await here.pause(0.0, 0.5)
    disk.fill(folder)
    await here.pause(2.0, 4.0)
    disk.empty(folder)


async def test_a_full_disk_on_site_holds_no_signal_back(tmp_path: Path) -> None:
    folder = tmp_path / "gateway"
    with disk.small_disk(folder, mib=8):
        async with scene(
            tmp_path, "disk full under the outbox", 401, gateway_extra=SMALL, load=False
        ) as here:
            # What the disk refuses travels from memory, and may arrive a second time from the disk.
            here.allowed = replace(here.allowed, gaps=True, epochs=2, repeats=100)
            await here.rounds(rounds(1, long=20), lambda: fill_for_a_while(here, folder), within=BACK_S)


async def test_a_full_disk_of_the_center_only_delays(tmp_path: Path) -> None:
    folder = tmp_path / "alerting"
    with disk.small_disk(folder, mib=8):
        async with scene(tmp_path, "disk full under the center's database", 402) as here:
            await here.rounds(rounds(1, long=20), lambda: fill_for_a_while(here, folder), within=BACK_S)


OWNERS = {"gateway": "the outbox", "alerting": "the center's database", "ingest": "the readings"}


@pytest.mark.parametrize("who", list(OWNERS) if ROUNDS else ["gateway", "alerting"])
async def test_a_disk_that_turns_read_only_loses_nothing_and_is_well_once_it_is_repaired(
    who: str, tmp_path: Path
) -> None:
    folder = tmp_path / who
    with disk.ailing_disk(folder, tmp_path / "disk.img", mib=32) as ailing:
        name = f"disk read-only under {OWNERS[who]}"
        async with scene(tmp_path, name, 406, gateway_extra=SMALL, load=False) as here:
            if who == "gateway":
                # Numbers that the disk refused, and one epoch in memory for each life.
                here.allowed = replace(here.allowed, gaps=True, epochs=100, repeats=100)
            here.panel.times = TIMES

            async def fault() -> None:
                await here.pause(2.0, 3.0)
                if who == "gateway":
                    # Signals travel from memory, and the center is there to take them. What is still
                    # pressed when the process is begun again, it cannot know of.
                    await eventually(lambda: here.panel.at_rest, within=30.0)
                    await eventually(lambda: nothing_waits(here), within=30.0)
                await here.kill(who)
                ailing.repair()
                await here.start(who)

            for _ in range(rounds(1, long=5)):
                ailing.fail()
                await here.rounds(1, fault, within=BACK_S, presses=3)


async def nothing_waits(here: Scene) -> bool:
    status = await here.site.get("/status", port=here.site.status)
    return not status["memory"]["depth"]


@pytest.mark.parametrize(
    "spoil", [disk.flip, *([disk.tear] if ROUNDS else [])], ids=lambda each: each.__name__
)
async def test_a_spoiled_file_of_readings_loses_no_signal(
    spoil: Callable[[Path], None], tmp_path: Path
) -> None:
    name = f"outbox of readings spoiled ({spoil.__name__})"
    async with scene(tmp_path, name, 403, load=False) as here:
        here.allowed = replace(here.allowed, repeats=20)
        here.panel.times = TIMES

        async def fault() -> None:
            await here.pause(1.0, 2.0)
            await here.kill("gateway")
            spoil(tmp_path / "gateway" / "outbox" / "telemetry.db")
            await here.start("gateway")

        await here.rounds(rounds(1, long=5), fault, within=BACK_S, presses=3)


@pytest.mark.parametrize("file", ["state.json", "outbox/alarm.db"])
async def test_a_point_that_is_still_pressed_is_told_again_after_a_file_was_spoiled(
    file: str, tmp_path: Path
) -> None:
    async with scene(tmp_path, file, 404, load=False, in_table=False) as here:
        point = here.panel.new_name()
        here.panel.times = TIMES
        await here.kill("alerting")
        await here.panel.turn(point, 1)
        await here.kill("gateway")
        disk.flip(tmp_path / "gateway" / file)
        await here.start("gateway")
        await here.start("alerting")

        async def is_told() -> bool:
            if not await here.calm():
                return False
            fires = [each["name"] for each in (await here.held()).signals if each["kind"] == "fire"]
            return point in fires

        await eventually(is_told, within=60.0, every=0.2)


async def test_the_oracle_sees_a_disk_that_forgets(tmp_path: Path) -> None:
    async with scene(tmp_path, "disk", 405, load=False, in_table=False) as here:

        async def fault() -> None:
            await here.kill("alerting")
            for file in (tmp_path / "alerting").glob("center.db*"):
                file.rename(file.with_name(file.name + ".gone"))
            # A center that lost its registry, too, says that it is not well until it has one again.
            await import_registry(tmp_path)
            await here.start("alerting")

        await here.round(lambda: here.pause(0, 0), within=BACK_S, presses=1)
        assert (await here.round(fault, within=BACK_S, presses=1)).lost
