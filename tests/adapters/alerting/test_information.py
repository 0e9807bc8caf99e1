"""A head of premises says over HTTP what is with the fire: information with a weight, and no more."""

from pathlib import Path
from typing import Any

import pytest

from accounts.domain.actor import Grant
from accounts.domain.roles import Role
from tests.support.communes import BLUE, RED, Province, of_area, province

HEAD = Grant(role=Role.HEAD_OF_PREMISES, premises=f"cho-{RED}")


@pytest.fixture
def database(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/center.db"


async def say(one: Province, token: str, commune: str = RED, **body: object) -> Any:
    path = f"/api/v1/incidents/{one.ids[commune]}/answers"
    return await one.ask(token, path, method="POST", body=body)


async def shown(one: Province, token: str) -> Any:
    return (await one.ask(token, f"/api/v1/incidents/{one.ids[RED]}")).said


@pytest.mark.parametrize("answer", ["real", "false", "checking", "evacuating"])
async def test_what_the_head_says_stands_with_its_weight_and_changes_nothing_else(
    database: str, answer: str
) -> None:
    async with province(database) as one:
        head = one.accounts.add("head", HEAD)
        before = await shown(one, head)
        assert (await say(one, head, answer=answer, note="tầng 2")).status == 200
        after = await shown(one, head)
        said = [(each["answer"], each["weight"], each["way"]) for each in after["answers"]]
        assert said == [(answer, "head", "http")]
        kept = ("phase", "owner", "seen_by", "closed_at", "deadlines", "notified")
        assert [after.get(each) for each in kept] == [before.get(each) for each in kept]
        entry = after["timeline"][-1]
        assert entry["event"] == "answered"
        assert (entry["data"]["account"], entry["data"]["text"]) == ("account-head", "tầng 2")


async def test_people_inside_are_counted_and_the_latest_count_stands(database: str) -> None:
    async with province(database) as one:
        head = one.accounts.add("head", HEAD)
        assert (await say(one, head, answer="people_inside")).status == 400
        for count in (5, 2):
            assert (await say(one, head, answer="people_inside", people=count)).status == 200
        assert [each["people"] for each in (await shown(one, head))["answers"]] == [2]
        for count in (-1, 10_000):
            assert (await say(one, head, answer="people_inside", people=count)).status == 400


async def test_the_same_said_twice_stands_once(database: str) -> None:
    async with province(database) as one:
        head = one.accounts.add("head", HEAD)
        for _ in range(3):
            await say(one, head, answer="checking")
        events = [each["event"] for each in (await shown(one, head))["timeline"]]
        assert events.count("answered") == 1


async def test_two_people_without_a_contact_do_not_replace_one_another(database: str) -> None:
    async with province(database) as one:
        first = one.accounts.add("first", HEAD)
        other = one.accounts.add("other", of_area(Role.COMMUNE, RED))
        await say(one, first, answer="false")
        await say(one, other, answer="real")
        answers = (await shown(one, first))["answers"]
        assert [(each["contact"], each["weight"]) for each in answers] == [
            ("account:account-first", "head"),
            ("account:account-other", "other"),
        ]


async def test_seen_and_taken_are_no_information_and_a_fire_elsewhere_is_not_there(
    database: str,
) -> None:
    async with province(database) as one:
        head = one.accounts.add("head", HEAD)
        for answer in ("seen", "taken", "closed", None):
            assert (await say(one, head, answer=answer)).status == 400
        assert (await say(one, head, BLUE, answer="false")).status == 404
