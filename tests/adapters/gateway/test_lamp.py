"""The lamp: a program that is told of every change, and that holds nothing up."""

from functools import partial
from pathlib import Path

from contract.messages import VERSION, IncidentNotice
from tests.adapters.gateway.rig import PtyLine, center, gateway, settings_for
from tests.adapters.gateway.test_path import on_line
from tests.support.servers import Server
from tests.support.waiting import eventually


def program(folder: Path, text: str) -> str:
    file = folder / "lamp.sh"
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(0o755)
    return str(file)


async def test_the_lamp_follows_a_fire_until_it_is_closed_and_shows_a_lost_center(
    broker: Server, line: PtyLine, tmp_path: Path
) -> None:
    log = tmp_path / "shown"
    log.touch()
    command = ["/bin/sh", program(tmp_path, f'echo "$1" >> {log}')]
    settings = settings_for(tmp_path, broker, **on_line(line, "call-1"), output={"command": command})

    def last() -> str:
        return (log.read_text().split() or [""])[-1]

    def is_last(wanted: str) -> bool:
        return last() == wanted

    async with gateway(settings):
        async with center(broker) as rct:
            await eventually(lambda: rct.sees_lines and last() == "normal")
            line.say("call-1", "manual", 1.0)
            await eventually(lambda: last() == "fire")
            for at, (phase, wanted) in enumerate(
                [("confirmed", "relayed"), ("acknowledged", "acknowledged"), ("closed", "fire")]
            ):
                await rct.tell(
                    IncidentNotice(v=VERSION, incident="i-1", phase=phase, reason="r", at=at + 1)
                )
                await eventually(partial(is_last, wanted))
            line.say("call-1", "manual", 0.0)
            await eventually(lambda: last() == "normal")
        broker.kill()
        await eventually(lambda: last() == "trouble")


async def test_a_lamp_that_hangs_delays_no_alarm_and_is_ended(
    broker: Server, line: PtyLine, tmp_path: Path
) -> None:
    runs = tmp_path / "runs"
    output = {"command": [program(tmp_path, f"echo $$ >> {runs}; exec sleep 600")], "timeout_s": 0.3}
    settings = settings_for(tmp_path, broker, **on_line(line, "call-1"), output=output)
    async with center(broker) as rct, gateway(settings):
        await eventually(lambda: rct.sees_lines and runs.exists() and runs.read_text().strip())
        line.say("call-1", "manual", 1.0)
        await eventually(lambda: "call-1 fire raised: manual_call" in rct.story)
        (pid,) = runs.read_text().split()[:1]
        await eventually(lambda: not Path(f"/proc/{pid}").exists())


async def test_a_lamp_that_is_not_there_is_not_an_obstacle(
    broker: Server, line: PtyLine, tmp_path: Path
) -> None:
    output = {"command": [str(tmp_path / "nothing")]}
    settings = settings_for(tmp_path, broker, **on_line(line, "call-1"), output=output)
    async with center(broker) as rct, gateway(settings):
        await eventually(lambda: rct.sees_lines)
        line.say("call-1", "manual", 1.0)
        await eventually(lambda: "call-1 fire raised: manual_call" in rct.story)
