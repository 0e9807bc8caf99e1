"""The command center that does not exist takes only what a real one could take."""

import json
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from firmware_sim.peers.command_center import CommandCenter, open_command_center

GOOD: dict[str, Any] = {
    "v": 1,
    "delivery": "d1",
    "incident": "i1",
    "event": "confirmed",
    "kind": "fire",
    "stage": 0,
    "phase": "confirmed",
    "reason": "manual_call_point",
    "premises": {"id": "cho", "name": "Chợ", "address": ""},
    "exercise": False,
    "zones": [],
    "points": [],
    "opened_at": 1,
    "at": 1,
    "text": {"vi": "", "en": ""},
    "call": "114",
}


async def post(url: str, body: bytes, key: str | None = "d1") -> int:
    headers = {"webhook-id": key} if key else {}
    async with aiohttp.ClientSession() as http, http.post(url, data=body, headers=headers) as answer:
        return answer.status


async def test_a_relay_is_written_down_once_however_often_it_comes(tmp_path: Path) -> None:
    center = CommandCenter(log=tmp_path / "relays.jsonl")
    async with open_command_center(center=center) as url:
        assert [await post(url, json.dumps(GOOD).encode()) for _ in range(3)] == [200, 200, 200]

    lines = (tmp_path / "relays.jsonl").read_text().splitlines()
    assert len(lines) == len(center.relays) == 1
    assert json.loads(lines[0])["arrived_at"] == center.relays[0].arrived_at


@pytest.mark.parametrize(
    ("body", "key"),
    [
        (b"not json", "d1"),
        (b"[]", "d1"),
        (json.dumps({**GOOD, "v": 2}).encode(), "d1"),
        (json.dumps({**GOOD, "event": "rumour"}).encode(), "d1"),
        (json.dumps({**GOOD, "points": None}).encode(), "d1"),
        (json.dumps(GOOD).encode(), "d2"),
        (json.dumps(GOOD).encode(), None),
    ],
)
async def test_what_is_no_relay_is_refused(body: bytes, key: str | None) -> None:
    center = CommandCenter()
    async with open_command_center(center=center) as url:
        assert await post(url, body, key) == 400
    assert center.relays == []


async def test_it_fails_when_told_to() -> None:
    center = CommandCenter(status=503)
    async with open_command_center(center=center) as url:
        assert await post(url, json.dumps(GOOD).encode()) == 503
    assert (center.requests, center.relays) == (1, [])


async def test_it_plays_each_person_by_a_path_of_their_own(tmp_path: Path) -> None:
    center = CommandCenter(log=tmp_path / "relays.jsonl")
    async with open_command_center(center=center) as url:
        for person in ("", "/owner", "/owner", "/delegate"):
            assert await post(f"{url}{person}", json.dumps(GOOD).encode()) == 200
    lines = [json.loads(line) for line in (tmp_path / "relays.jsonl").read_text().splitlines()]
    assert [(each["channel"], each["address"]) for each in lines] == [
        ("webhook", "/relay"),
        ("webhook", "/relay/owner"),
        ("webhook", "/relay/delegate"),
    ]


async def test_a_fault_names_what_is_out_of_order_instead_of_points() -> None:
    of_fire = ("zones", "points")
    fault = {key: value for key, value in GOOD.items() if key not in of_fire}
    fault |= {"event": "fault", "kind": "fault"}
    center = CommandCenter()
    async with open_command_center(center=center) as url:
        assert await post(url, json.dumps(fault).encode()) == 400
        assert await post(url, json.dumps({**fault, "conditions": []}).encode()) == 200
    assert center.events() == ["fault"]
