"""A scenario whose detectors are asked on buses: a gateway hears its fire on both of them."""

import asyncio
from functools import partial
from pathlib import Path
from typing import Any

from firmware_sim.outputs.ground_truth import read_ground_truth
from firmware_sim.run.app import run_scenario
from firmware_sim.scenario.library import shipped_scenario
from firmware_sim.scenario.scenario import Scenario
from runtime.clock import utc_now
from tests.adapters.gateway.rig import Center, center, gateway, settings_for
from tests.adapters.sim.readers import Run, cancelled_at_end
from tests.support.servers import Server
from tests.support.waiting import eventually
from tests.unit.sim.scenarios import event, point, scenario

PAIR = '[[lines]]\nname = "pair"\nkind = "polled"\n'

CONTACTS = '[[lines]]\nname = "contacts"\nkind = "modbus"\ntransport = "{transport}"\n'


def polled(url: str) -> dict[str, Any]:
    """Return the line of a pair at *url*, asked as often as a scenario runs faster than time."""
    options = {"poll_s": 0.2, "timeout_s": 0.5}
    return {"name": "pair", "port": url, "connector": "polled", "options": options}


def modbus(url: str, *, units: int = 1, transport: str = "rtu") -> dict[str, Any]:
    devices = [
        {"name": f"m{unit}", "unit": unit, "profile": "waveshare-8di", "poll_s": 0.2}
        for unit in range(1, units + 1)
    ]
    options = {"devices": devices, "transport": transport}
    return {"name": "contacts", "port": url, "connector": "modbus", "options": options}


def points_of(story: Scenario) -> list[dict[str, Any]]:
    """Return a point of the gateway for each of *story*; contacts are counted in their order."""
    found: list[dict[str, Any]] = []
    contacts = [each.address for each in story.points if each.line == "contacts"]
    for each in story.points:
        if each.line == "pair":
            found.append({"name": each.address, "line": "pair", "kind": each.kind.value})
            continue
        module, number = divmod(contacts.index(each.address), 8)
        address = f"m{module + 1}/di{number + 1}"
        found.append({"name": each.address, "address": address, "line": "contacts", "kind": "level"})
    return found


async def test_a_gateway_hears_the_fire_of_the_karaoke_house_on_both_buses(
    broker: Server, tmp_path: Path
) -> None:
    shipped = shipped_scenario("karaoke-buses")
    story = shipped.model_copy(
        update={"lines": tuple(each.model_copy(update={"port": 0}) for each in shipped.lines)}
    )
    assert story.expect is not None
    run, truth = Run(), tmp_path / "truth.jsonl"
    playing = run_scenario(
        story, clock=utc_now, on_ready=run.urls.update, start=run.start, truth=truth, speed=10.0
    )
    async with cancelled_at_end(asyncio.create_task(playing)):
        lines = [polled(await run.url("pair")), modbus(await run.url("contacts"))]
        settings = settings_for(tmp_path, broker, lines=lines, points=points_of(story))
        async with center(broker) as rct, gateway(settings):
            await eventually(lambda: rct.sees_lines, within=20)
            run.start.set()
            for name in story.expect.alarm:
                await eventually(partial(is_told, rct, name), within=60)
    assert {each.address for each in read_ground_truth(truth)} >= set(story.expect.alarm)


def is_told(rct: Center, name: str) -> bool:
    return fire_of(name, rct.story)


def fire_of(name: str, story: list[str]) -> bool:
    return any(each.startswith(f"{name} fire raised") for each in story)


async def test_a_call_point_at_the_ninth_input_is_heard_over_modbus_tcp_and_reset(
    broker: Server, tmp_path: Path
) -> None:
    names = [f"nut-{number}" for number in range(9)]
    text = CONTACTS.format(transport="tcp")
    text += "".join(point(name, "manual", line="contacts") for name in names)
    text += event("press", ["nut-8"], at_s=2) + event("restore", ["nut-8"], at_s=5)
    story, run = scenario(text), Run()
    playing = run_scenario(story, clock=utc_now, on_ready=run.urls.update, start=run.start)
    async with cancelled_at_end(asyncio.create_task(playing)):
        line = modbus(await run.url("contacts"), units=2, transport="tcp")
        settings = settings_for(tmp_path, broker, lines=[line], points=points_of(story))
        async with center(broker) as rct, gateway(settings):
            await eventually(lambda: rct.sees_lines, within=20)
            run.start.set()
            await eventually(lambda: fire_of("nut-8", rct.story), within=20)
            await eventually(lambda: "nut-8 fire restored: detector_alarm" in rct.story, within=20)
    assert not any(fire_of(name, rct.story) for name in names[:8])


async def test_a_polled_detector_that_says_nothing_any_more_is_unavailable(
    broker: Server, tmp_path: Path
) -> None:
    text = PAIR + point("khoi-1", "smoke", line="pair") + point("khoi-2", "smoke", line="pair")
    text += event("fault", ["khoi-1"], at_s=2, more='how = "silent"')
    story, run = scenario(text), Run()
    playing = run_scenario(story, clock=utc_now, on_ready=run.urls.update, start=run.start)
    async with cancelled_at_end(asyncio.create_task(playing)):
        settings = settings_for(
            tmp_path, broker, lines=[polled(await run.url("pair"))], points=points_of(story)
        )
        async with center(broker) as rct, gateway(settings):
            await eventually(lambda: rct.sees_lines, within=20)
            run.start.set()
            await eventually(lambda: "khoi-1 fault raised: unavailable" in rct.story, within=30)
    assert "khoi-2 fault raised: unavailable" not in rct.story
