"""Lines with a connector: what a panel tells is stored, judged, set aside and supervised."""

from pathlib import Path
from typing import Any

from runtime.serial_port import open_port
from tests.adapters.gateway.rig import PtyLine, center, gateway, settings_for
from tests.support.servers import Server
from tests.support.waiting import eventually

PLAIN = {
    "panel": "plain",
    "source": "written by hand",
    "line_end": "\r\n",
    "events": [[r"(?P<word>FIRE|FIRE OFF|FAULT|TEST|TEST OFF|RESET)(?: Z(?P<zone>\d+))?"]],
    "address": "z{zone}",
    "words": {
        "FIRE": "fire",
        "FIRE OFF": "fire ends",
        "FAULT": "fault",
        "TEST": "test",
        "TEST OFF": "test ends",
        "RESET": "reset",
    },
}


def panel(line: PtyLine) -> dict[str, Any]:
    return {
        "lines": [
            {
                "name": "panel",
                "port": line.port,
                "frame": "8N1",
                "connector": "printer",
                "options": {"profile": PLAIN},
            }
        ],
        "points": [{"name": "kho", "address": "z1", "line": "panel", "kind": "level"}],
    }


async def test_a_fire_on_paper_is_a_signal_and_a_reset_ends_it(
    broker: Server, line: PtyLine, tmp_path: Path
) -> None:
    async with center(broker) as rct, gateway(settings_for(tmp_path, broker, **panel(line))):
        await eventually(lambda: rct.sees_lines)
        line.send(b"FIRE Z1\r\nFAULT Z2\r\n")
        await eventually(lambda: "kho fire raised: detector_alarm" in rct.story)
        await eventually(lambda: "z2 fault raised: detector_fault" in rct.story)
        line.send(b"RESET\r\n")
        await eventually(lambda: "kho fire restored: detector_alarm" in rct.story)
    assert not [each for each in rct.story if "silent" in each]


async def test_a_fire_while_the_panel_says_test_is_a_test(
    broker: Server, line: PtyLine, tmp_path: Path
) -> None:
    async with center(broker) as rct, gateway(settings_for(tmp_path, broker, **panel(line))):
        await eventually(lambda: rct.sees_lines)
        line.send(b"TEST Z1\r\nFIRE Z1\r\n")
        await eventually(lambda: "kho test raised: detector_alarm" in rct.story)
        line.send(b"FIRE OFF Z1\r\nTEST OFF Z1\r\nFIRE Z1\r\n")
        await eventually(lambda: "kho fire raised: detector_alarm" in rct.story)


async def test_a_line_that_nobody_understands_is_set_aside_and_a_fault(
    broker: Server, line: PtyLine, tmp_path: Path
) -> None:
    async with center(broker) as rct, gateway(settings_for(tmp_path, broker, **panel(line))):
        await eventually(lambda: rct.sees_lines)
        line.send(b"FEUER ZONE 1\r\n")
        await eventually(lambda: "panel fault raised: unreadable_messages" in rct.story)
        await eventually(lambda: "line/panel" in set_aside(tmp_path))


def set_aside(folder: Path) -> str:
    """Return the text of the gateway's quarantine."""
    files = (folder / "data" / "quarantine").glob("*.jsonl")
    return "".join(each.read_text() for each in files)


async def test_a_fire_that_stood_before_a_restart_is_ended_by_the_panel(
    broker: Server, line: PtyLine, tmp_path: Path
) -> None:
    settings = settings_for(tmp_path, broker, **panel(line))
    async with center(broker) as rct:
        async with gateway(settings):
            await eventually(lambda: rct.sees_lines)
            line.send(b"FIRE Z1\r\n")
            await eventually(lambda: "kho fire raised: detector_alarm" in rct.story)
        async with gateway(settings):
            line.send(b"RESET\r\n")
            await eventually(lambda: "kho fire restored: detector_alarm" in rct.story)


async def test_a_port_that_refuses_its_parity_is_a_fault_of_the_line(
    broker: Server, line: PtyLine, tmp_path: Path
) -> None:
    settings = panel(line)
    settings["lines"][0]["frame"] = "7E1"  # a pseudo terminal takes it once, and keeps 8N1
    open_port(line.port, 9600, frame="7E1").close()
    async with center(broker) as rct, gateway(settings_for(tmp_path, broker, **settings)):
        await eventually(lambda: "panel fault raised: line_lost" in rct.story)
