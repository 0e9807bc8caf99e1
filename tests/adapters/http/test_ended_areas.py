"""An area that ended is no empty list: the one that succeeded it is named."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from accounts.domain.roles import Role
from registry.model.registry import Registry
from tests.support.communes import BLUE, LOCAL_TOKEN, RED, Province, of_area, province, registered


def reformed() -> Registry:
    """Return two communes, one of which received two others on the day of the law."""
    document = registered(RED, BLUE).model_dump(mode="json")
    document["areas"] += [
        {"id": "older", "name": "Xã cũ nhất", "valid_to": "2020-01-01"},
        {"id": "old", "name": "Xã cũ", "valid_from": "2020-01-01", "valid_to": "2025-07-01"},
        {"id": "alone", "name": "Xã không ai kế tục", "valid_to": "2025-07-01"},
    ]
    document["successions"] = [
        {"id": "s-1", "old": "older", "new": "old", "day": "2020-01-01"},
        {"id": "s-2", "old": "old", "new": f"area-{RED}", "day": "2025-07-01"},
    ]
    return Registry.model_validate(document)


@pytest.fixture
async def one(tmp_path: Path) -> AsyncIterator[Province]:
    database = f"sqlite:///{tmp_path}/center.db"
    async with province(database, content=reformed(), communes=(RED, BLUE)) as served:
        served.accounts.add("red", of_area(Role.COMMUNE, RED))
        served.accounts.add("blue", of_area(Role.COMMUNE, BLUE))
        yield served


@pytest.mark.parametrize("path", ["/api/v1/duties", "/api/v1/duties/board", "/api/v1/premises"])
async def test_an_ended_area_is_answered_with_its_successor(one: Province, path: str) -> None:
    for area, ended in (("old", "2025-07-01"), ("older", "2020-01-01")):
        answer = await one.ask(LOCAL_TOKEN, f"{path}?area={area}")
        said = f"area {area} ended on {ended}; name area-{RED} instead"
        assert (answer.status, answer.said["error"]) == (404, said)
    assert (await one.ask(LOCAL_TOKEN, f"{path}?area=area-{RED}")).status == 200
    assert (await one.ask(LOCAL_TOKEN, f"{path}?area=alone")).status == 200, "its last law goes on"


async def test_an_ended_area_elsewhere_tells_nothing_of_its_successor(one: Province) -> None:
    answer = await one.ask("blue", "/api/v1/duties?area=old")
    assert (answer.status, RED in answer.text) == (404, False)


async def test_premises_are_found_by_the_names_of_all_areas_that_theirs_received(one: Province) -> None:
    for text in ("Xã cũ", "xa cu nhat"):
        found = (await one.ask(LOCAL_TOKEN, f"/api/v1/premises?text={text}")).said
        assert [each["id"] for each in found["premises"]] == [f"cho-{RED}"], text
