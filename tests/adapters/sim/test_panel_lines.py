"""A scenario whose detectors hang on a panel: a gateway hears of the fire in the panel's language."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from firmware_sim.outputs.ground_truth import read_ground_truth
from firmware_sim.run.app import run_scenario
from runtime.clock import utc_now
from tests.adapters.gateway.rig import center, gateway, settings_for
from tests.adapters.sim.readers import Run, cancelled_at_end
from tests.support.servers import Server
from tests.support.waiting import eventually
from tests.unit.sim.scenarios import event, point, scenario

PRESS = event("press", ["nut-an-01"], at_s=2)

SPOKEN: dict[str, tuple[str, dict[str, Any], str]] = {
    "espa": ("espa", {"profile": "advanced-mxpro5"}, "nut-an-01"),
    "printer": ("printer", {"profile": "firesense-afp2800"}, "001-nut-an-01"),
}


@pytest.mark.parametrize("speaks", SPOKEN)
async def test_a_gateway_hears_the_fire_of_a_panel_in_its_language(
    broker: Server, tmp_path: Path, speaks: str
) -> None:
    connector, options, address = SPOKEN[speaks]
    text = f'[[lines]]\nname = "panel"\nkind = "panel"\nspeaks = "{speaks}"\n'
    run, truth = Run(), tmp_path / "truth.jsonl"
    story = scenario(text + point("nut-an-01", "manual", line="panel") + PRESS)
    task = asyncio.create_task(
        run_scenario(story, clock=utc_now, on_ready=run.urls.update, start=run.start, truth=truth)
    )
    async with cancelled_at_end(task):
        of_line = {
            "name": "panel",
            "port": await run.url("panel"),
            "frame": "8N1",
            "connector": connector,
            "options": options,
        }
        of_point = {"name": "nut-an-01", "address": address, "line": "panel", "kind": "level"}
        settings = settings_for(tmp_path, broker, lines=[of_line], points=[of_point])
        async with center(broker) as rct, gateway(settings):
            await eventually(lambda: rct.sees_lines, within=20)
            run.start.set()
            await eventually(lambda: "nut-an-01 fire raised: detector_alarm" in rct.story, within=20)
    assert [(each.address, each.quantity, each.value) for each in read_ground_truth(truth)] == [
        ("nut-an-01", "alarm", 1.0)
    ]
