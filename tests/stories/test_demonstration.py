"""The demonstration proves what it says, on either broker, and leaves nothing behind."""

import asyncio
import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.support.servers import program
from tocsin.demo.processes import child, tocsin

NOTIFIED_OF_THE_FIRE = {
    *("command-center", "truong-ban", "dan-phong-phuong-1", "ubnd-phuong-1"),
    *("doi-truong-co-so", "doi-khu-vuc-1", "phong-canh-sat"),
}
"""Not the delegate: the leader of the fire team has answered before it is their turn."""


@pytest.mark.timeout(600)
async def test_the_fire_is_relayed_the_cooking_is_not_and_nothing_is_lost(tmp_path: Path) -> None:
    program("mosquitto")
    mosquitto, embedded = await asyncio.gather(
        demonstration("mosquitto", tmp_path), demonstration("embedded", tmp_path)
    )
    for result in (mosquitto, embedded):
        assert result["ok"] is True
        assert result["missing"] == []
        assert (result["fires_simulated"], result["confirmed"], result["relayed"]) == (1, 1, 1)
        assert result["false_notifications"] == 0
        assert result["lost"] == 0
        assert result["fire_signals_stored"] >= result["fire_signals_expected"] >= 4
        assert result["readings_stored"] == result["readings_sent"] > 500
        assert result["latency_ms"]["relays"] >= 4
        assert result["stages_notified"] == 3
        assert (result["not_notified"], result["unexpected"]) == ([], [])
        assert set(result["notified_by"]) == {"webhook", "mqtt"}
        assert all(
            set(result["notified"][person]) == {"webhook", "mqtt"} for person in NOTIFIED_OF_THE_FIRE
        )
        assert set(result["notified"]) == {*NOTIFIED_OF_THE_FIRE, "ky-thuat"}
        assert set(result["notified"]["ky-thuat"]) == {"webhook"}
    assert processes_of(tmp_path) == []


async def demonstration(broker: str, folder: Path) -> dict[str, Any]:
    answer = folder / f"{broker}.json"
    kept = ("--keep", str(folder / broker), "--json", str(answer))
    command = tocsin("demo", "--headless", "--for", "60", "--broker", broker, *kept)
    async with child(f"demo-{broker}", command, folder) as running:
        code = await asyncio.wait_for(running.process.wait(), 500)
    assert code == 0, running.log.read_text()
    result: dict[str, Any] = json.loads(answer.read_text())
    return result


def processes_of(folder: Path) -> list[str]:
    """The command lines of running processes that work below *folder*."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if str(folder) in command and entry.name != str(os.getpid()):
            found.append(command)
    return found
