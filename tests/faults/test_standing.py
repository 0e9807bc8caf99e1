"""A level outlives its incident: somebody closes it while call points are still pressed."""

import asyncio
from dataclasses import replace
from pathlib import Path

from tests.faults.scene import Scene, rounds, scene
from tests.support.waiting import eventually

STUCK = 3


async def test_a_level_that_outlives_its_incident_rings_again(tmp_path: Path) -> None:
    before = {"gateway": ["env", "TOCSIN_GATEWAY_RESET_S=1"]}
    async with scene(tmp_path, "a level that outlives its incident", 701, before=before) as here:
        await here.rounds(
            rounds(1, long=10), lambda: closed_while_standing(here), within=60.0, presses=0
        )


async def closed_while_standing(here: Scene) -> None:
    """Press some points, close their incident, see that all ring again, and release them."""
    points = [here.panel.new_name() for _ in range(STUCK)]
    for point in points:
        await here.panel.turn(point, 1)
    number = await eventually(lambda: incident_with(here, points), within=30.0)
    said = {"by": "test", "outcome": "false_alarm"}
    closed = await here.site.post(f"/api/v1/incidents/{number}/close", said)
    assert sorted(each["name"] for each in closed["standing"]) == points
    assert await standing_alarms(here) or await incident_with(here, points), "somebody has them"
    rings = {**here.allowed.rings, **dict.fromkeys(points, 1)}
    here.allowed = replace(here.allowed, rings=rings, repeats=here.allowed.repeats + STUCK)
    await eventually(lambda: incident_with(here, points, other_than=number), within=30.0)
    await eventually(lambda: rang(here, points), within=30.0)
    async with asyncio.TaskGroup() as tasks:
        for point in points:
            tasks.create_task(here.panel.release(point))


async def incident_with(here: Scene, points: list[str], *, other_than: str = "") -> str | None:
    """The open fire that has all of *points*."""
    for each in (await here.site.get("/api/v1/incidents?state=open"))["incidents"]:
        names = {point["name"] for point in each["points"]}
        if each["id"] != other_than and names >= set(points):
            return str(each["id"])
    return None


async def rang(here: Scene, points: list[str]) -> bool:
    """Return whether the gateway signalled each of *points* twice."""
    raised = [
        each["name"]
        for each in (await here.site.get("/api/v1/signals?limit=10000"))["signals"]
        if each["kind"] == "fire" and each["edge"] == "raised"
    ]
    return all(raised.count(point) == 2 for point in points)


async def standing_alarms(here: Scene) -> bool:
    found = (await here.site.get("/api/v1/incidents?kind=fault"))["incidents"]
    return any(each["part"] == "standing" for each in found)
