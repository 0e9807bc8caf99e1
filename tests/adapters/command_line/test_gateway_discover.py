"""``tocsin gateway discover`` on a simulated pair: who is there, double, missing and unknown."""

import asyncio
import json
import sys
from pathlib import Path

from firmware_sim.domain.polled_detectors import DetectorFault, PolledDetector, PolledPair
from firmware_sim.peers.bus import open_bus_on_pty

SETTINGS = """
premises = "p"
gateway = "g"
data_dir = "{folder}/data"
[[lines]]
name = "pair"
port = "{port}"
connector = "polled"
"""


async def discover(folder: Path, port: str, *names: str) -> tuple[int, dict[str, object]]:
    config = folder / "gateway.toml"
    points = "".join(f'[[points]]\nname = "{each}"\nline = "pair"\nkind = "smoke"\n' for each in names)
    config.write_text(SETTINGS.format(folder=folder, port=port) + points)
    program = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tocsin", "gateway", "discover", "pair", "--json"),
        *("--config", str(config)),
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await program.communicate()
    return program.returncode or 0, json.loads(out)


async def test_a_line_that_is_right_is_said_to_be_so_with_its_round_time(tmp_path: Path) -> None:
    pair = PolledPair(PolledDetector("smoke-1", "3fa80b21"), PolledDetector("smoke-2", "7fa80b21"))
    async with open_bus_on_pty(pair, link=tmp_path / "tty") as port:
        code, said = await discover(tmp_path, port, "smoke-1", "smoke-2")
    assert code == 0
    assert said["missing"] == []
    assert said["round_s"] == 0.26
    assert said["found"] == [
        {"address": "smoke-1", "serial": "3fa80b21"},
        {"address": "smoke-2", "serial": "7fa80b21"},
    ]


async def test_double_missing_and_unknown_addresses_end_with_code_1(tmp_path: Path) -> None:
    pair = PolledPair(
        PolledDetector("smoke-1", "3fa80b21"),
        PolledDetector("smoke-1", "3fa80b2f"),
        PolledDetector("heat-9", "00000001"),
        PolledDetector("smoke-2", "00000002", fault=DetectorFault.SILENT),
    )
    async with open_bus_on_pty(pair, link=tmp_path / "tty") as port:
        code, said = await discover(tmp_path, port, "smoke-1", "smoke-2")
    assert code == 1
    assert said["double"] == {"smoke-1": ["3fa80b21", "3fa80b2f"]}
    assert said["missing"] == ["smoke-2"]
    assert said["unknown"] == ["heat-9"]
