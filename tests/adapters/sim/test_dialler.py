"""``tocsin sim dialler`` and a scenario with a dialler, on a receiver."""

import asyncio
from functools import partial
from pathlib import Path

from firmware_sim.outputs.ground_truth import read_ground_truth
from firmware_sim.run.app import run_scenario
from runtime.clock import utc_now
from tests.adapters.gateway.rig import center
from tests.adapters.receiver.rig import KEY, receiver, settings_for
from tests.adapters.sim.readers import Run, cancelled_at_end
from tests.adapters.sim.transmitters import told_by
from tests.support.servers import Server, free_port
from tests.support.waiting import eventually
from tests.unit.sim.scenarios import event, point, scenario

PRESS = event("press", ["nut-an-01"], at_s=1)


dialler = partial(told_by, "dialler")


async def test_what_a_person_tells_is_a_signal_and_its_answer_is_printed(
    broker: Server, tmp_path: Path
) -> None:
    settings = settings_for(tmp_path, broker)
    at = ("--port", str(settings.dc09.port))
    (tmp_path / "key").write_text(f"{KEY}\n")
    async with center(broker) as rct, receiver(settings):
        await eventually(lambda: rct.sees_lines)
        code, out, _ = await dialler("1234", "FA012", "1115 01 020", *at, "--fault", "repeats")
        assert (code, out.count("ACK")) == (0, 2)
        await eventually(lambda: "kho fire raised: detector_alarm" in rct.story)
        await eventually(lambda: "nut fire raised: manual_call" in rct.story)
        assert len([each for each in rct.story if "fire" in each]) == 2, "repeated, and stored once"
        code, out, _ = await dialler("1234", "FH012", *at, "--fault", "deaf", "--answer-s", "1")
        assert (code, out.count("ACK")) == (0, 1), "told again, and answered then"
        code, out, _ = await dialler("AB", "FA001", *at, "--key", f"{tmp_path}/key", "--json")
        assert (code, '"answer": "ACK"' in out) == (0, True)
        code, out, _ = await dialler("1234", "FD012", *at)
        assert (code, "DUH" in out) == (1, True)
        damaged = ("--fault", "damaged", "--tries", "2", "--answer-s", "0.3")
        code, _, err = await dialler("1234", "FA013", *at, *damaged)
        assert (code, "no answer after 2 tries" in err) == (2, True)


async def test_an_event_that_is_none_is_refused_with_the_remedy() -> None:
    code, _, err = await dialler("1234", "fire")
    assert (code, "write a code of DC-03" in err) == (2, True)


async def test_a_scenario_with_a_dialler_burns_at_the_receiver(broker: Server, tmp_path: Path) -> None:
    port = free_port()
    line = f'[[lines]]\nname = "d"\nkind = "dialler"\naccount = "1234"\nport = {port}\n'
    story = scenario(line + point("nut-an-01", "manual", line="d") + PRESS)
    run, truth = Run(), tmp_path / "truth.jsonl"
    task = asyncio.create_task(
        run_scenario(story, clock=utc_now, on_ready=run.urls.update, start=run.start, truth=truth)
    )
    async with cancelled_at_end(task):
        assert await run.url("d") == f"dc09://127.0.0.1:{port}"
        run.start.set()  # what burns before the receiver is there is told once it is
        zone = {"name": "nut-an-01", "zone": "1"}
        account = {"account": "1234", "premises": "p", "gateway": "g", "points": [zone]}
        settings = settings_for(tmp_path, broker, dc09={"port": port}, accounts=[account])
        async with center(broker) as rct, receiver(settings):
            await eventually(lambda: "nut-an-01 fire raised: detector_alarm" in rct.story, within=30)
            await eventually(lambda: truth.exists() and "alarm" in truth.read_text())
    assert [(each.address, each.value) for each in read_ground_truth(truth)] == [("nut-an-01", 1.0)]
