"""A commander who asks for the scene of a fire sees in one answer what is asked first."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from accounts.domain.actor import Grant
from accounts.domain.roles import Role
from registry.domain import on_site
from tests.support.communes import LOCAL_TOKEN, LOST, RED, Province, of_area, province
from tests.support.market import FIRE_PLAN, FORM_PHONE, MARKET, PHONE, PLAN, market


@pytest.fixture
async def one(tmp_path: Path) -> AsyncIterator[Province]:
    database = f"sqlite:///{tmp_path}/center.db"
    async with province(database, communes=(RED,), content=market()) as served:
        yield served


async def scene(one: Province, token: str = LOCAL_TOKEN) -> Any:
    answer = await one.ask(token, f"/api/v1/incidents/{one.ids[RED]}/scene")
    assert answer.status == 200, answer.text
    return answer.said


async def test_what_burns_is_shown_on_the_plan_of_its_floor(one: Province) -> None:
    burning = (await scene(one))["burning"]
    [point] = burning["points"]
    assert (point["point"], point["place"], point["restored_at"]) == (
        f"smoke-0-{RED}",
        f"gian {RED}",
        None,
    )
    assert point["position"] == {"floor": "tret", "x": 0.25, "y": 0.5, "outline": []}
    [zone] = burning["zones"]
    assert (zone["name"], len(zone["positions"][0]["outline"])) == (f"Dãy {RED}", 3)
    [floor] = burning["floors"]
    assert (floor["floor"], floor["level"], floor["plan"]) == ("tret", 0, PLAN)


async def test_who_commands_is_named_in_order_with_phone_and_language(one: Province) -> None:
    command = (await scene(one))["command"]
    assert [(each["post"], each["name"]) for each in command] == [
        ("head", f"Ông {RED}"),
        ("team-leader", "Chị Hai"),
        ("hamlet-head", "Ông Ba"),
    ]
    assert (command[1]["phone"], command[1]["language"]) == (PHONE, "vi")


@pytest.mark.parametrize(("night", "part", "inside"), [(False, "day", 300), (True, "night", 4)])
async def test_who_is_inside_goes_by_the_local_hour(
    one: Province, monkeypatch: pytest.MonkeyPatch, night: bool, part: str, inside: int
) -> None:
    monkeypatch.setattr(on_site, "NIGHT_BEGINS", 0 if night else 24)
    monkeypatch.setattr(on_site, "NIGHT_ENDS", 0)
    found = (await scene(one))["inside"]
    assert (found["part"], found["now"]) == (part, inside)
    assert (found["by_day"], found["by_night"]) == (300, 4)


async def test_water_of_the_premises_comes_first_then_the_nearest_that_can_be_used(
    one: Province,
) -> None:
    water = (await scene(one))["water"]
    assert [(each["id"], each["on_premises"], each["usable"]) for each in water] == [
        ("be", True, False),
        ("tru", False, True),
        ("song", False, True),
    ]
    assert [each["distance_m"] for each in water] == [None, 100, 1457]
    assert [each["engines"] for each in water] == [1, 2, None]


async def test_units_are_shown_with_who_is_on_duty_and_which_means_are_ready(one: Province) -> None:
    found = await scene(one)
    [unit] = found["units"]
    assert (unit["id"], unit["distance_m"], unit["not_ready"]) == ("doi", 434, 1)
    assert [each["name"] for each in unit["on_duty"]] == ["Anh Tư"]
    [engine] = unit["ready"]
    assert (engine["id"], [each["name"] for each in engine["on_duty"]]) == ("xe-1", ["Anh Tư"])
    [responsible] = found["responsible"]
    assert (responsible["id"], responsible["area"]) == ("doi", f"area-{RED}")


async def test_hazards_ways_in_systems_and_plans_are_shown(one: Province) -> None:
    found = await scene(one)
    assert (found["hazards"]["hazard_class"], found["hazards"]["hazards"]) == ("C", "Vải, 20 bình gas")
    access = found["access"]
    assert (access["power_cut_off"], access["keys"]) == ("Tủ điện, cổng đông", "Phòng bảo vệ")
    assert (access["width_m"], access["parking_places"]) == (6.0, 2)
    assert [each["name"] for each in access["roads"]] == ["Cổng đông"]
    assert [(each["name"], each["state"]) for each in found["systems"]] == [("Họng nước", "impaired")]
    assert [(each["kind"], each["file"]) for each in found["plans"]] == [
        ("fire-plan", FIRE_PLAN),
        ("photo", None),
    ]
    assert [each["id"] for each in found["premises"]["areas"]] == [f"area-{RED}", "province"]
    assert found["premises"]["registered"] is True


async def test_premises_that_nobody_registered_have_a_scene_too(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path}/center.db"
    async with province(database, communes=(LOST,)) as one:
        answer = await one.ask(LOCAL_TOKEN, f"/api/v1/incidents/{one.ids[LOST]}/scene")
        assert answer.status == 200
        assert answer.said["premises"]["registered"] is False
        assert [each["point"] for each in answer.said["burning"]["points"]] == [f"smoke-0-{LOST}"]
        assert answer.said["water"] == []


async def test_phones_are_masked_for_whoever_does_not_call(one: Province) -> None:
    maintainer = one.accounts.add("maintainer", of_area(Role.MAINTAINER, RED))
    member = one.accounts.add("member", of_area(Role.TEAM_MEMBER, RED))
    for token in (maintainer, member):
        assert PHONE not in str(await scene(one, token))
    assert PHONE in str(await scene(one, one.accounts.add("commune", of_area(Role.COMMUNE, RED))))


async def test_the_list_has_the_scores_and_finds_words_without_diacritics(one: Province) -> None:
    async def found(query: str) -> list[str]:
        said = (await one.ask(LOCAL_TOKEN, f"/api/v1/premises{query}")).said
        assert said["total"] == len(said["premises"])
        return [each["id"] for each in said["premises"]]

    listed = (await one.ask(LOCAL_TOKEN, "/api/v1/premises")).said["premises"][0]
    assert listed["on_the_spot"].keys() == {"forces", "means", "command", "logistics"}
    assert (listed["name"], listed["area"]) == ("Chợ Đầm Dơi", f"area-{RED}")
    for query in ("?text=dam%20doi", f"?area=area-{RED}", "?area=province", "?text=thoi%20binh"):
        assert await found(query) == [MARKET], query
    for query in ("?text=khong%20co", f"?after={MARKET}"):
        said = (await one.ask(LOCAL_TOKEN, f"/api/v1/premises{query}")).said
        assert (said["premises"], said["next"]) == ([], None), query
    assert (await one.ask(LOCAL_TOKEN, "/api/v1/premises?area=elsewhere")).status == 404


async def test_pages_of_the_list_follow_one_another(tmp_path: Path) -> None:
    database = f"sqlite:///{tmp_path}/center.db"
    async with province(database) as one:
        first = (await one.ask(LOCAL_TOKEN, "/api/v1/premises?limit=1")).said
        after = first["next"]
        second = (await one.ask(LOCAL_TOKEN, f"/api/v1/premises?limit=1&after={after}")).said
        ids = [each["id"] for page in (first, second) for each in page["premises"]]
        assert (ids, second["next"]) == (sorted(ids), None)
        assert first["total"] == second["total"] == len(ids) == 2


async def test_premises_are_shown_with_all_that_is_known_and_all_that_is_missing(one: Province) -> None:
    found = (await one.ask(LOCAL_TOKEN, f"/api/v1/premises/{MARKET}")).said
    assert found["premises"]["facility"]["head_phone"] == FORM_PHONE
    assert [each["id"] for each in found["tables"]["documents"]] == ["anh", "pa"]
    assert len(found["tables"]["points"]) == 4
    assert [each["id"] for each in found["water"]] == ["be"]
    assert [each["id"] for each in found["units"]] == ["doi"]
    missing = {each["part"]: each["missing"] for each in found["four_on_the_spot"]}
    assert "team_leader" not in missing["forces"]
    assert "generator" in missing["means"]
    assert "delegate" in missing["command"]


async def test_phones_of_a_form_are_masked_too(one: Province) -> None:
    auditor = one.accounts.add("auditor", Grant(role=Role.AUDITOR))
    answer = await one.ask(auditor, f"/api/v1/premises/{MARKET}")
    assert answer.status == 200
    assert FORM_PHONE not in answer.text
    assert PHONE not in answer.text
