"""The service of the duty desk asks what sessions may see: it and nobody else, and no more than that."""

from pathlib import Path

import pytest

from accounts.domain.actor import ActorKind, Grant
from accounts.domain.roles import Role
from contract.http.permissions import Permission
from tests.support.communes import BLUE, LOCAL_TOKEN, RED, Province, of_area, province
from tests.support.sign_in_desk import WATCHER, sign_in_desk

CHECK = "/api/v1/access/sessions"


@pytest.fixture
def database(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/center.db"


async def check(
    one: Province, token: str | None, *sessions: str, stamp: str = ""
) -> list[dict[str, object]]:
    body = {"sessions": [{"session": each, "stamp": stamp} for each in sessions]}
    answer = await one.ask(token, CHECK, method="POST", body=body)
    assert answer.status == 200, answer.text
    found: list[dict[str, object]] = answer.said["sessions"]
    return found


async def test_a_session_is_told_to_see_what_its_roles_allow_and_nothing_else(database: str) -> None:
    async with province(database, communes=(RED, BLUE)) as one:
        one.accounts.add("red", of_area(Role.COMMUNE, RED))
        one.accounts.add("team", of_area(Role.TEAM_MEMBER, BLUE))
        red, team, nobody = await check(one, LOCAL_TOKEN, "red", "team", "nobody")
        own = {"everywhere": False, "premises": [f"cho-{RED}"]}
        assert red["sight"] == {"incidents": own, "feed": own, "clear": own, "named": own}
        none = {"everywhere": False, "premises": []}
        blue = {"everywhere": False, "premises": [f"cho-{BLUE}"]}
        assert team["sight"] == {"incidents": blue, "feed": none, "clear": none, "named": none}
        assert nobody == {"stamp": "", "who": None, "sight": None}


async def test_what_is_known_is_not_told_again_until_it_changes(database: str) -> None:
    async with province(database, communes=(RED,)) as one:
        one.accounts.add("red", of_area(Role.COMMUNE, RED))
        (first,) = await check(one, LOCAL_TOKEN, "red")
        (again,) = await check(one, LOCAL_TOKEN, "red", stamp=str(first["stamp"]))
        assert again == {"stamp": first["stamp"], "who": None, "sight": None}
        one.accounts.add("red", of_area(Role.TEAM_MEMBER, RED))
        (changed,) = await check(one, LOCAL_TOKEN, "red", stamp=str(first["stamp"]))
        assert changed["stamp"] != first["stamp"]
        assert changed["sight"] is not None


async def test_only_a_system_of_the_whole_center_with_that_scope_may_ask(database: str) -> None:
    async with province(database, communes=(RED,)) as one:
        scopes = frozenset({Permission.DESK_SERVE})
        one.accounts.add("desk", Grant(role=Role.INTEGRATION), kind=ActorKind.SYSTEM, scopes=scopes)
        await check(one, "desk", "anybody")
        part = of_area(Role.INTEGRATION, RED)
        one.accounts.add("part", part, kind=ActorKind.SYSTEM, scopes=scopes)
        one.accounts.add("officer", Grant(role=Role.SHIFT_LEADER))
        one.accounts.add("administrator", Grant(role=Role.ADMINISTRATOR))
        for token in ("part", "officer", "administrator"):
            refused = await one.ask(token, CHECK, method="POST", body={"sessions": []})
            assert refused.status == 403, token


async def test_the_token_of_a_system_and_this_machine_are_no_session(database: str) -> None:
    async with province(database, communes=(RED,)) as one:
        (found,) = await check(one, LOCAL_TOKEN, LOCAL_TOKEN)
        assert found["stamp"] == ""


async def test_asking_of_a_session_does_not_hold_it_open(database: str) -> None:
    async with sign_in_desk(database) as desk:
        await desk.add("an", WATCHER)
        browser = await desk.signed_in("an")
        cookie = next(iter(browser.cookies.values())).value
        ours = dict.fromkeys(("X-Forwarded-For", "X-Forwarded-Proto", "Cookie"))
        asked = {"sessions": [{"session": cookie}]}
        headers = {**ours, "Authorization": f"Bearer {LOCAL_TOKEN}"}
        for _ in range(2):
            desk.pass_time(minutes=25)
            found = await browser.post(CHECK, asked, headers=headers)
            assert found.said["sessions"][0]["who"]["account"] == "an"
        desk.pass_time(minutes=25)
        over = await browser.post(CHECK, asked, headers=headers)
        assert over.said["sessions"][0]["stamp"] == ""
