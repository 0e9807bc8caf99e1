"""Which detectors answer: two at one address, and those that were never heard."""

import json
from pathlib import Path
from typing import Any

import aiohttp

from contract.detectors import encode_sample
from contract.sentences import Sentence, Status
from contract.sentences import encode as encode_sentence
from tests.adapters.gateway.rig import PtyLine, center, gateway, settings_for
from tests.adapters.gateway.test_lines import one_line
from tests.adapters.gateway.test_sources import site
from tests.support.servers import Server, free_port
from tests.support.waiting import eventually

DOUBLE = "khoi-01 fault raised: duplicate_address"


def pair(address: str) -> list[Sentence]:
    """Return the sentences, in turn, of two detectors with one address and counters of their own."""
    return [
        Sentence(address, begins + number, "smoke", 0.01, Status.NORMAL)
        for number in range(6)
        for begins in (3, 41_000)
    ]


async def test_two_detectors_at_one_address_of_a_line_are_a_fault(
    broker: Server, line: PtyLine, tmp_path: Path
) -> None:
    async with center(broker) as rct, gateway(settings_for(tmp_path, broker, **one_line(line.port))):
        await eventually(lambda: rct.sees_lines)
        line.send(b"".join(encode_sentence(each) for each in pair("khoi-01")))
        await eventually(lambda: DOUBLE in rct.story)
        assert rct.story.count(DOUBLE) == 1


async def test_two_detectors_at_one_address_of_a_source_are_a_fault(
    broker: Server, tmp_path: Path
) -> None:
    async with site(tmp_path, broker) as (rct, detectors):
        for each in pair("khoi-01"):
            await detectors.publish("site/detectors/khoi-01", encode_sample(each), qos=1)
        await eventually(lambda: DOUBLE in rct.story)


async def test_a_point_is_never_heard_until_its_first_message_and_then_kept_as_heard(
    broker: Server, line: PtyLine, tmp_path: Path
) -> None:
    web = free_port()
    points = [
        {"name": name, "address": name, "line": "line-1", "kind": "manual"} for name in ("c-1", "c-2")
    ]
    parts = {**one_line(line.port), "points": points, "web": {"port": web}}
    settings = settings_for(tmp_path, broker, **parts)
    counts = {"normal": 1, "never_heard": 1}
    async with center(broker) as rct:
        async with gateway(settings):
            await eventually(lambda: _states(web, {"c-1": "never_heard", "c-2": "never_heard"}))
            line.say("c-1", "manual", 0.0)
            await eventually(lambda: _states(web, {"c-1": "normal", "c-2": "never_heard"}))
            await eventually(lambda: [each.points for each in rct.heartbeats[-1:]] == [counts])
        async with gateway(settings):
            await eventually(lambda: _states(web, {"c-1": "expected", "c-2": "never_heard"}))


async def _states(port: int, wanted: dict[str, str]) -> bool:
    status = await _status(port)
    return {each["name"]: each["state"] for each in status["points"]} == wanted


async def _status(port: int) -> Any:
    try:
        async with (
            aiohttp.ClientSession() as http,
            http.get(f"http://127.0.0.1:{port}/status") as answer,
        ):
            return json.loads(await answer.read())
    except aiohttp.ClientError:
        return {"points": []}


async def test_the_center_is_sent_the_points_at_the_start_when_one_is_heard_and_when_it_asks(
    broker: Server, line: PtyLine, tmp_path: Path
) -> None:
    points = [
        {"name": name, "address": name, "line": "line-1", "kind": kind}
        for name, kind in (("c-1", "manual"), ("s-1", "smoke"))
    ]
    settings = settings_for(tmp_path, broker, **one_line(line.port), points=points)
    async with center(broker) as rct, gateway(settings):
        await eventually(lambda: rct.inventories)
        assert rct.inventories[-1].never_heard == {"manual": ["c-1"], "smoke": ["s-1"]}
        line.say("c-1", "manual", 0.0)
        await eventually(lambda: rct.inventories[-1].heard == {"manual": ["c-1"]})
        line.say("x-1", "smoke", 0.0)
        await eventually(lambda: rct.inventories[-1].unconfigured == ["x-1"])
        latest = rct.inventories[-1]
        await eventually(lambda: rct.heartbeats[-1].inventory_digest == latest.digest)
        sent = len(rct.inventories)
        await rct.ask_for_points()
        await eventually(lambda: len(rct.inventories) > sent)
        assert rct.inventories[-1].digest == latest.digest
