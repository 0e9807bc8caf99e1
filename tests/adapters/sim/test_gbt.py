"""``tocsin sim gbt`` and a scenario with such a transmitter, on a receiver."""

import asyncio
import json
import re
from functools import partial
from pathlib import Path

import pytest
from aiohttp import ClientSession

from firmware_sim.domain.gbt26875 import GbtTransmitter
from firmware_sim.outputs.ground_truth import read_ground_truth
from firmware_sim.peers.gbt_transmitter import SimulatedGbtTransmitter
from firmware_sim.peers.transmitter_faults import NoAnswer
from firmware_sim.run.app import run_scenario
from firmware_sim.scenario.io_config import GbtConfig
from firmware_sim.scenario.library import shipped_scenario
from receiver.settings import Settings
from runtime.clock import utc_now
from tests.adapters.gateway.rig import center
from tests.adapters.receiver.rig import gbt_settings, receiver
from tests.adapters.sim.readers import Run, cancelled_at_end
from tests.adapters.sim.transmitters import begun, told_by
from tests.support.servers import Server, free_port
from tests.support.waiting import eventually
from tests.unit.sim.scenarios import event, point, scenario

gbt = partial(told_by, "gbt")
PRESS = event("press", ["nut-an-01"], at_s=1)


async def test_what_a_person_tells_is_a_signal_and_its_answer_is_printed(
    broker: Server, tmp_path: Path
) -> None:
    settings = gbt_settings(tmp_path, broker, {})
    at = ("--port", str(settings.gbt.port))
    unknown = "system-1-1-component-20-1"
    async with center(broker) as rct, receiver(settings):
        await eventually(lambda: rct.sees_lines)
        values = ("fire:10.2", "temperature:10.2=23.5")
        code, out, err = await gbt("379", *values, *at, "--fault", "repeats")
        assert (code, out.count("CONFIRM"), err) == (0, 2, "")
        await eventually(lambda: "kho fire raised: detector_alarm" in rct.story)
        await eventually(lambda: rct.readings("kho") == [23.5])
        deaf = ("--udp", "--type", "23", "--fault", "deaf", "--json")
        code, out, _ = await gbt("379", "fire:20.1", *at, *deaf)
        lines = [json.loads(each) for each in out.splitlines()]
        assert (code, [each["answer"] for each in lines]) == (0, ["CONFIRM"])
        assert lines[0]["told"] == "fire:20.1"
        await eventually(lambda: f"{unknown} fire raised: manual_call" in rct.story)
        code, *_ = await gbt("379", "mains:device", "reset", *at)
        assert code == 0
        await eventually(lambda: "transmitter fault raised: panel_fault" in rct.story)
        await eventually(lambda: f"{unknown} fire restored: manual_call" in rct.story)
        assert len([each for each in rct.story if "fire raised" in each]) == 2, "repeated, stored once"


async def test_what_is_refused_or_never_answered_ends_with_an_error(
    broker: Server, tmp_path: Path
) -> None:
    settings = gbt_settings(tmp_path, broker, {})
    at = ("--port", str(settings.gbt.port))
    async with receiver(settings):
        code, out, _ = await gbt("37A", "fire:10.2", *at)
        assert (code, "fire:10.2: DENY 1" in out) == (1, True), "nobody configured it"
        code, out, _ = await gbt("379", "fire:10.2", *at, "--fault", "damaged")
        assert (code, "DENY" in out) == (1, True)
    code, _, err = await gbt("379", "fire:10.2", *at, "--tries", "2", "--answer-s", "0.3")
    assert (code, "no answer after 2 tries" in err) == (2, True)


@pytest.mark.parametrize("udp", [False, True], ids=["tcp", "udp"])
async def test_a_transmitter_gives_up_after_its_tries(udp: bool) -> None:
    one = SimulatedGbtTransmitter(
        GbtTransmitter("379"), "127.0.0.1", free_port(), answer_s=0.1, tries=2, udp=udp
    )
    with pytest.raises(NoAnswer, match="no answer after 2 tries"):
        await one.heartbeat()


async def test_a_clock_that_is_off_is_set_and_the_order_is_printed(
    broker: Server, tmp_path: Path
) -> None:
    settings = gbt_settings(tmp_path, broker, {})
    async with center(broker) as rct, receiver(settings):
        at = ("--port", str(settings.gbt.port))
        code, out, _ = await gbt("379", "fire:10.2", *at, "--fault", "clock")
        assert (code, "CONFIRM" in out) == (0, True)
        assert "unasked: CONTROL 1, its time is 20" in out
        await eventually(lambda: "transmitter fault raised: peer_clock_off" in rct.story)


async def test_without_events_the_line_is_alive_until_it_ends(broker: Server, tmp_path: Path) -> None:
    settings = gbt_settings(tmp_path, broker, {"heartbeat_s": 1.0})
    arguments = ("--port", str(settings.gbt.port), "--heartbeat-s", "3600")
    one = await begun("gbt", "379", *arguments, "--answer-s", "0.5", "--tries", "1000")
    assert one.stdout is not None
    async with center(broker) as rct, receiver(settings):
        async with asyncio.timeout(60):
            assert b"heartbeat: CONFIRM" in await one.stdout.readline()
            assert b"unasked: REQUEST" in await one.stdout.readline()
        await eventually(lambda: _has_answered(settings, 3), within=30)
        one.terminate()
        await one.wait()
        await eventually(lambda: "transmitter fault raised: line_silent" in rct.story)
    assert one.returncode == 0


async def test_a_receiver_that_is_not_there_is_complained_of_and_awaited(
    broker: Server, tmp_path: Path
) -> None:
    settings = gbt_settings(tmp_path, broker, {})
    arguments = ("--port", str(settings.gbt.port), "--heartbeat-s", "0.2")
    one = await begun("gbt", "379", *arguments, "--tries", "1")
    assert one.stdout is not None
    assert one.stderr is not None
    async with asyncio.timeout(60):
        assert b"no answer after 1 tries" in await one.stderr.readline()
        async with receiver(settings):
            assert b"heartbeat: CONFIRM" in await one.stdout.readline()
    one.terminate()
    await one.communicate()


@pytest.mark.parametrize("udp", [False, True], ids=["tcp", "udp"])
async def test_a_scenario_with_a_transmitter_burns_at_the_receiver(
    broker: Server, tmp_path: Path, udp: bool
) -> None:
    settings = gbt_settings(
        tmp_path, broker, {"points": [{"name": "nut-an-01", "component": "1.1"}], "heartbeat_s": 0.5}
    )
    port, by = settings.gbt.port, str(udp).lower()
    line = f'[[lines]]\nname = "t"\nkind = "gbt"\naddress = "379"\nport = {port}\nudp = {by}\n'
    story = scenario(line + point("nut-an-01", "manual", line="t") + PRESS)
    run, truth = Run(), tmp_path / "truth.jsonl"
    task = asyncio.create_task(
        run_scenario(story, clock=utc_now, on_ready=run.urls.update, start=run.start, truth=truth)
    )
    async with cancelled_at_end(task):
        assert await run.url("t") == f"gbt://127.0.0.1:{port}"
        run.start.set()  # what burns before the receiver is there is told once it is
        async with center(broker) as rct, receiver(settings):
            await eventually(lambda: "nut-an-01 fire raised: manual_call" in rct.story, within=30)
            await eventually(lambda: truth.exists() and "alarm" in truth.read_text())
            await eventually(lambda: _has_answered(settings, 2), within=30)
    assert [(each.address, each.value) for each in read_ground_truth(truth)] == [("nut-an-01", 1.0)]


async def test_an_event_that_the_receiver_denies_is_counted_as_dropped(
    broker: Server, tmp_path: Path
) -> None:
    settings = gbt_settings(tmp_path, broker, {})
    line = f'[[lines]]\nname = "t"\nkind = "gbt"\naddress = "37A"\nport = {settings.gbt.port}\n'
    story = scenario(line + point("nut-an-01", "manual", line="t") + PRESS)
    async with receiver(settings):
        progress = await run_scenario(story, clock=utc_now, speed=4.0, duration=4.0)
    assert (progress.sent, progress.dropped) == (0, 1)


async def test_the_market_of_the_library_burns_through_its_transmitter(
    broker: Server, tmp_path: Path
) -> None:
    shipped = shipped_scenario("market-gbt")
    points = [
        {"name": each.address, "component": f"1.{number}"}
        for number, each in enumerate(shipped.points, 1)
    ]
    settings = gbt_settings(tmp_path, broker, {"points": points})
    (line,) = shipped.lines
    assert isinstance(line, GbtConfig)
    story = shipped.model_copy(update={"lines": (line.model_copy(update={"port": settings.gbt.port}),)})
    async with center(broker) as rct, receiver(settings):
        await eventually(lambda: rct.sees_lines)
        progress = await run_scenario(story, clock=utc_now, speed=100.0, duration=310.0)
        assert progress.dropped == 0
        burnt = {"khoi-01", "khoi-02", "nhiet-01", "nut-an-01"}
        await eventually(lambda: burnt <= {each.name for each in rct.signals if each.kind == "fire"})
        assert "khoi-01 fire raised: detector_alarm" in rct.story
        assert "nut-an-01 fire raised: manual_call" in rct.story


async def _has_answered(settings: Settings, count: int) -> bool:
    """Return whether a transmitter has answered so many questions of the receiver."""
    url = f"http://127.0.0.1:{settings.web.port}/metrics"
    async with ClientSession() as http, http.get(url) as reply:
        found = re.search(r'token="gbt-answer".*\} ([0-9.]+)', await reply.text())
    return found is not None and float(found[1]) >= count
