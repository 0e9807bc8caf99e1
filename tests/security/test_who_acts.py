"""The actor is the one who signed in: no other name in a request is taken for the actor's."""

import json
from pathlib import Path
from typing import Any

import pytest

from accounts.domain.actor import ActorKind, Grant
from accounts.domain.roles import Role
from tests.support.communes import LOCAL_TOKEN, RED, Answered, Province, of_area, province


@pytest.fixture
def database(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/center.db"


async def act(one: Province, token: str, step: str, **body: object) -> Answered:
    return await one.ask(token, f"/api/v1/incidents/{one.ids[RED]}/{step}", method="POST", body=body)


async def entry(one: Province, event: str) -> Any:
    """Return the data of the last entry about *event*."""
    found = (await one.ask(LOCAL_TOKEN, f"/api/v1/incidents/{one.ids[RED]}")).said["timeline"]
    return [each["data"] for each in found if each["event"] == event][-1]


async def test_an_act_has_the_name_role_place_and_evidence_of_the_account(database: str) -> None:
    async with province(database, communes=(RED,)) as one:
        token = one.accounts.add("hai", of_area(Role.COMMUNE, RED))
        taken = await act(one, token, "acknowledge", note="đang đi")
        assert (taken.status, taken.said["owner"]) == (200, "Chị hai")
        assert await entry(one, "acknowledged") == {
            "by": "Chị hai",
            "account": "account-hai",
            "role": "commune",
            "place": "Bàn trực hai",
            "evidence": "password",
            "note": "đang đi",
        }


@pytest.mark.parametrize("step", ["seen", "acknowledge", "close"])
async def test_another_name_in_the_request_is_a_note_and_nobody_acted_under_it(
    database: str, step: str
) -> None:
    async with province(database, communes=(RED,)) as one:
        token = one.accounts.add("hai", Grant(role=Role.SHIFT_LEADER))
        outcome = {"outcome": "false_alarm"} if step == "close" else {}
        acted = await act(one, token, step, by="Giám đốc", note="qua điện thoại", **outcome)
        assert acted.status == 200
        data = await entry(one, {"acknowledge": "acknowledged", "close": "approval"}.get(step, step))
        assert (data["by"], data["note"]) == ("Chị hai", "Giám đốc: qua điện thoại")
        said = json.dumps({**acted.said}, ensure_ascii=False)
        assert "Giám đốc" not in said, "neither owner, nor who saw or closed it"


async def test_an_override_is_ordered_and_ended_by_who_signed_in(database: str) -> None:
    async with province(database, communes=(RED,)) as one:
        token = one.accounts.add("hai", of_area(Role.MAINTAINER, RED))
        order = {"kind": "maintenance", "premises": f"cho-{RED}", "minutes": 10, "by": "Người khác"}
        made = await one.ask(token, "/api/v1/overrides", method="POST", body=order)
        assert (made.status, made.said["by"], made.said["note"]) == (201, "Chị hai", "Người khác")
        path = f"/api/v1/overrides/{made.said['id']}/end"
        ended = await one.ask(token, path, method="POST", body={})
        assert (ended.status, ended.said["closed_by"]) == (200, "Chị hai")


async def test_a_system_acts_under_its_own_name_with_the_person_as_a_note(database: str) -> None:
    async with province(database, communes=(RED,)) as one:
        token = one.accounts.add("cad", Grant(role=Role.INTEGRATION), kind=ActorKind.SYSTEM)
        await act(one, token, "acknowledge", by="Trực ban 3")
        data = await entry(one, "acknowledged")
        assert (data["by"], data["evidence"], data["note"]) == ("Chị cad", "token", "Trực ban 3")


async def test_only_this_machine_itself_names_who_acts_and_must(database: str) -> None:
    async with province(database, communes=(RED,)) as one:
        nameless = await act(one, LOCAL_TOKEN, "acknowledge")
        assert (nameless.status, "'by' is missing; sign in, or give" in nameless.text) == (400, True)
        assert (await act(one, LOCAL_TOKEN, "acknowledge", by="Anh Ba")).said["owner"] == "Anh Ba"
        data = await entry(one, "acknowledged")
        assert data == {"by": "Anh Ba", "account": "local", "evidence": "local token"}


async def test_the_role_of_an_act_is_the_one_held_where_it_happened(database: str) -> None:
    async with province(database, communes=(RED,)) as one:
        grants = Grant(role=Role.SHIFT_LEADER, area="elsewhere"), of_area(Role.AREA_TEAM, RED)
        await act(one, one.accounts.add("hai", *grants), "seen")
        assert (await entry(one, "seen"))["role"] == "area-team"
