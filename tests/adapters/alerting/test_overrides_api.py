"""Overrides are ordered, listed and ended over HTTP and by the command line, with every error named."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from alerting.settings import ActsSettings
from tests.adapters.alerting.center import Center, center, gateway
from tests.support.servers import Server
from tests.support.waiting import eventually

ON_TEST = {
    "kind": "test",
    "premises": "cho",
    "by": "Trực ban",
    "minutes": 30,
    "points": ["button-01"],
    "tester": "owner",
}


async def tocsin(one: Center, *words: str) -> tuple[int, Any]:
    command = [sys.executable, "-m", "tocsin", "override", *words, "--alerting", one.api, "--json"]
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, err = await process.communicate()
    return process.returncode or 0, json.loads(out) if out else err.decode()


async def test_a_test_that_is_ordered_keeps_the_center_calm_until_it_is_ended(
    broker: Server, tmp_path: Path
) -> None:
    async with center(tmp_path, broker_port=broker.port) as one, gateway(broker.port) as gw:
        begin = ("begin", "test", "cho", "--by", "Trực ban", "--minutes", "30")
        code, made = await tocsin(one, *begin, "--point", "button-01", "--tester", "owner")
        assert (code, made["kind"], made["phase"]) == (0, "test", "ordered")
        await gw.receipted(await gw.fire("button-01", quantity="manual"))
        assert (await one.get("/api/v1/incidents"))["incidents"] == []

        _, answer = await tocsin(one, "list")
        (listed,) = answer["overrides"]
        assert [each["name"] for each in listed["signals"]] == ["button-01"]
        _, ended = await tocsin(one, "end", made["id"], "--by", "Trực ban")
        assert (ended["phase"], ended["reason"]) == ("closed", "ended_by_operator")
        (fire,) = (await one.get("/api/v1/incidents"))["incidents"]
        assert fire["phase"] == "confirmed", "it still stood when the test ended"
        assert await eventually(lambda: one.received.relays)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"minutes": 481}, "at most 480 minutes"),
        ({"points": []}, "add zones or points"),
        ({"tester": None}, "add tester"),
        ({"tester": "nobody"}, "'nobody' is not a contact"),
        ({"points": ["lost"], "zones": ["gone"]}, "no zone 'gone'; 'cho' has no point 'lost'"),
        ({"premises": "lost"}, "no premises 'lost'"),
        ({"begins_at": "2020-01-01T00:00:00Z"}, "from now on"),
        ({"kind": "nap"}, "kind"),
        ({"by": " "}, "by"),
    ],
)
async def test_every_mistake_of_an_order_is_named(
    broker: Server, tmp_path: Path, changes: dict[str, Any], said: str
) -> None:
    async with center(tmp_path, broker_port=broker.port) as one:
        status, answer = await one.post("/api/v1/overrides", ON_TEST | changes)
        assert status == 400
        assert said in answer["error"]


async def test_a_point_that_burns_cannot_be_put_on_test(broker: Server, tmp_path: Path) -> None:
    async with center(tmp_path, broker_port=broker.port) as one, gateway(broker.port) as gw:
        await gw.receipted(await gw.fire("button-01", quantity="manual"))
        status, answer = await one.post("/api/v1/overrides", ON_TEST)
        assert status == 400
        assert "'button-01' is in fire already" in answer["error"]
        (number,) = [each["id"] for each in (await one.get("/api/v1/incidents"))["incidents"]]

        command = [sys.executable, "-m", "tocsin", "incident"]
        for words in (["acknowledge", number], ["close", number, "drill"], ["list"]):
            by = [] if words == ["list"] else ["--by", "Trực ban"]
            done = await asyncio.create_subprocess_exec(
                *command, *words, *by, "--alerting", one.api, stdout=asyncio.subprocess.PIPE
            )
            out, _ = await done.communicate()
            assert done.returncode == 0, out
        assert out.decode() == "No incidents.\n"
        (closed,) = (await one.get("/api/v1/incidents?state=closed"))["incidents"]
        assert (closed["owner"], closed["outcome"]) == ("Trực ban", "drill")


async def test_only_an_override_is_ended(broker: Server, tmp_path: Path) -> None:
    async with center(tmp_path, broker_port=broker.port) as one, gateway(broker.port) as gw:
        await gw.receipted(await gw.fire("button-01", quantity="manual"))
        (fire,) = (await one.get("/api/v1/incidents"))["incidents"]
        status, answer = await one.post(f"/api/v1/overrides/{fire['id']}/end", {"by": "A"})
        assert status == 404
        error = f"there is no override {fire['id']}; list them with GET /api/v1/overrides"
        assert answer["error"] == error
        assert (await one.get("/api/v1/incidents"))["incidents"][0]["phase"] == "confirmed"


async def said_by(one: Center, *words: str) -> tuple[int, str]:
    """Return the exit code of a command, and all that it said for people."""
    command = [sys.executable, "-m", "tocsin", *words, "--by", "Trực ban", "--alerting", one.api]
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    out, _ = await process.communicate()
    return process.returncode or 0, " ".join(out.decode().split())


async def test_a_center_that_always_asks_a_second_person_says_so_and_takes_no_token_for_one(
    broker: Server, tmp_path: Path
) -> None:
    async with center(tmp_path, broker_port=broker.port) as one, gateway(broker.port) as gw:
        await one.stop()
        always = ActsSettings.model_validate(
            {"second_person": "always", "second_person_to_close": "always"}
        )
        one.settings = one.settings.model_copy(update={"acts": always})
        await one.start()
        test = ("test", "cho", "--minutes", "30", "--point", "button-01", "--tester", "owner")
        code, said = await said_by(one, "override", "begin", *test)
        assert (code, "not in force: to be approved by a second person" in said) == (0, True)
        code, refused = await said_by(one, "override", "approve", said.split()[0])
        assert (code, "a token of this machine approves nothing; sign in" in refused) == (2, True)

        await gw.receipted(await gw.fire("button-01", quantity="manual"))
        (fire,) = (await one.get("/api/v1/incidents"))["incidents"]
        code, said = await said_by(one, "incident", "close", fire["id"], "false_alarm")
        assert (code, "not closed: to be approved by a second person until" in said) == (0, True)
        code, refused = await said_by(one, "incident", "approve", fire["id"])
        assert (code, "a token of this machine approves nothing; sign in" in refused) == (2, True)
        (fire,) = (await one.get("/api/v1/incidents"))["incidents"]
        assert fire["phase"] == "confirmed"
