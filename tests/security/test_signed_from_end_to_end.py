"""A gateway that was enrolled by its verb signs what the center believes, with nothing set by hand."""

from asyncio import to_thread
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest

from gateway.settings import Settings
from tests.adapters.gateway.rig import PtyLine, gateway
from tests.security.test_enrolment import alerting, enroll, front
from tests.support.authority import CenterFiles, center_files, run_apart
from tests.support.house import GATEWAY, PREMISES
from tests.support.servers import Server, free_port
from tests.support.waiting import eventually


@pytest.fixture
def files(tmp_path: Path, broker: Server) -> CenterFiles:
    made = center_files(tmp_path, extra=f"[broker]\nport = {broker.port}", web_port=free_port())
    return replace(made, tocsin=run_apart)


async def counted(url: str, verdict: str) -> float:
    async with aiohttp.ClientSession() as http, http.get(f"{url}/metrics") as answer:
        lines = (await answer.text()).splitlines()
    name = f'tocsin_alerting_signatures_total{{verdict="{verdict}"}}'
    return sum(float(each.rsplit(" ", 1)[1]) for each in lines if each.startswith(name))


async def test_an_enrolled_gateway_signs_what_the_center_believes(
    files: CenterFiles, broker: Server, tmp_path: Path
) -> None:
    line = PtyLine(tmp_path)
    settings = Settings.model_validate(
        {
            "premises": PREMISES,
            "gateway": GATEWAY,
            "data_dir": tmp_path / "gateway",
            "broker": {"port": broker.port},
            "heartbeat_s": 0.2,
            "lines": [{"name": "line-1", "port": line.port}],
            "points": [{"name": "button-01", "line": "line-1", "kind": "manual"}],
        }
    )
    async with alerting(files) as url:
        code = await to_thread(files.invite)
        async with front(files, url) as one:
            done = await to_thread(enroll, tmp_path, one.url, code)
            assert done.exit_code == 0, done.output
        async with gateway(settings):
            line.say("button-01", "manual", 1.0)
            await eventually(lambda: has_fire(url), within=30.0)
            await eventually(lambda: has_valid(url))
        assert await counted(url, "signature_missing") == 0
        assert await counted(url, "signature_unknown_key") == 0
        assert await counted(url, "signature_wrong") == 0


async def has_valid(url: str) -> bool:
    return await counted(url, "valid") > 2


async def has_fire(url: str) -> bool:
    async with aiohttp.ClientSession() as http, http.get(f"{url}/api/v1/incidents") as answer:
        found = (await answer.json()).get("incidents", [])
    return any(each["phase"] == "confirmed" for each in found)
