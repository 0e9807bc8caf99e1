"""Whoever does not call reads no numbers of people; who reads them is in the audit."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, text

from accounts.domain.actor import Grant
from accounts.domain.roles import Role
from alerting.http import looks
from tests.support.communes import BLUE, LOCAL_TOKEN, RED, Province, of_area, province
from tests.support.market import MARKET, market
from tests.support.waiting import eventually

NUMBER = "0912 345 678"


@pytest.fixture
def database(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/center.db"


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looks, "WRITE_S", 0.02)


async def looked(one: Province) -> list[tuple[str, str]]:
    """Return who looked at what, as the audit has it."""

    def ask(connection: Connection) -> list[tuple[str, str]]:
        rows = connection.execute(
            text("SELECT who, about FROM audit_entries WHERE kind = 'look' ORDER BY id")
        )
        return [(row.who, row.about) for row in rows]

    return await one.engine.database.read(ask)


def paths(one: Province, commune: str) -> list[str]:
    override = one.overrides[commune]
    return [
        "/api/v1/overrides",
        "/api/v1/incidents?kind=all",
        f"/api/v1/incidents/{override}",
        f"/api/v1/incidents/{override}/explanation",
    ]


async def test_numbers_are_shown_to_roles_that_call_and_masked_for_all_others(database: str) -> None:
    async with province(database, communes=(RED,)) as one:
        await one.order(RED, note=f"gọi {NUMBER}")
        caller = one.accounts.add("caller", of_area(Role.COMMUNE, RED))
        others = [
            one.accounts.add("auditor", Grant(role=Role.AUDITOR)),
            one.accounts.add("maintainer", of_area(Role.MAINTAINER, RED)),
        ]
        for path in paths(one, RED):
            said = (await one.ask(caller, path)).text
            for each in others:
                masked = (await one.ask(each, path)).text
                assert NUMBER not in masked
                assert masked == said.replace(NUMBER, "••••678")


async def test_a_list_shows_the_numbers_of_those_premises_alone_whose_people_one_calls(
    database: str,
) -> None:
    async with province(database, communes=(RED, BLUE)) as one:
        for each in (RED, BLUE):
            await one.order(each, note=f"gọi {NUMBER} ở {each}")
        grants = of_area(Role.COMMUNE, RED), of_area(Role.MAINTAINER, BLUE)
        token = one.accounts.add("both", *grants)
        said = (await one.ask(token, "/api/v1/overrides")).text
        assert f"gọi {NUMBER} ở {RED}" in said
        assert f"gọi ••••678 ở {BLUE}" in said


async def test_a_look_at_an_incident_is_in_the_audit_once_an_hour(database: str) -> None:
    async with province(database, communes=(RED, BLUE)) as one:
        caller = one.accounts.add("caller", of_area(Role.COMMUNE, RED))
        auditor = one.accounts.add("auditor", Grant(role=Role.AUDITOR))
        fire = one.ids[RED]
        for token in (caller, auditor, caller, caller):
            for path in (f"/api/v1/incidents/{fire}", f"/api/v1/incidents/{fire}/explanation"):
                assert (await one.ask(token, path)).status == 200
        await one.ask(caller, f"/api/v1/incidents/{one.ids[BLUE]}")
        await one.ask(LOCAL_TOKEN, f"/api/v1/incidents/{fire}")
        expected: list[Any] = [("account-caller", fire), ("local", fire)]
        await eventually(lambda: _has(one, expected))
        await one.ask(caller, f"/api/v1/incidents/{one.overrides[RED]}")
        expected.append(("account-caller", one.overrides[RED]))
        await eventually(lambda: _has(one, expected))


async def test_a_look_at_a_scene_or_at_premises_is_in_the_audit(database: str) -> None:
    async with province(database, communes=(RED,), content=market()) as one:
        caller = one.accounts.add("caller", of_area(Role.COMMUNE, RED))
        auditor = one.accounts.add("auditor", Grant(role=Role.AUDITOR))
        scene, premises = f"/api/v1/incidents/{one.ids[RED]}/scene", f"/api/v1/premises/{MARKET}"
        for token in (auditor, caller, caller):
            for path in (scene, premises, "/api/v1/premises"):
                assert (await one.ask(token, path)).status == 200
        expected: list[Any] = [("account-caller", one.ids[RED]), ("account-caller", MARKET)]
        await eventually(lambda: _has(one, expected))


async def _has(one: Province, expected: list[Any]) -> bool:
    found = await looked(one)
    assert found == expected[: len(found)], "nothing twice, and nothing of who saw it masked"
    return found == expected
