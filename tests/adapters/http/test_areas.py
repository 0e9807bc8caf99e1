"""Areas over HTTP: the tree as of a day, old names, and nothing of other communes."""

from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path

import pytest

from accounts.domain.actor import Grant
from accounts.domain.roles import Role
from registry.files import read_registry
from registry.model.registry import Registry
from tests.support.communes import RED, Answered, Province, province, registered

DELIVERED = Path(__file__).parents[3] / "deploy" / "registry" / "areas-ca-mau.toml"


def content() -> Registry:
    delivered, places = read_registry([DELIVERED]), registered(RED)
    premises = [each.model_copy(update={"area": "xa-31876"}) for each in places.premises]
    return places.model_copy(
        update={
            "areas": delivered.areas,
            "successions": delivered.successions,
            "premises": tuple(premises),
        }
    )


@pytest.fixture
async def center(tmp_path: Path) -> AsyncIterator[Province]:
    async with province(f"sqlite:///{tmp_path}/c.db", communes=(), content=content()) as one:
        one.accounts.add("desk", Grant(role=Role.DUTY_OFFICER))
        one.accounts.add("commune", Grant(role=Role.COMMUNE, area="xa-31876-2025"))
        one.accounts.add("head", Grant(role=Role.HEAD_OF_PREMISES, premises=f"cho-{RED}"))
        yield one


def ids(answer: Answered) -> set[str]:
    return {each["id"] for each in answer.said["areas"]}


async def test_the_areas_of_a_day_make_its_tree(center: Province) -> None:
    today = await center.ask("desk", "/api/v1/areas")
    assert today.said["total"] == 66  # 64 communes, their province, the country
    parents = {each["id"]: each["parents"] for each in today.said["areas"]}
    assert parents["xa-31876-2025"] == ["tinh-96-2025"]
    before = await center.ask("desk", "/api/v1/areas?day=2025-06-30&limit=5000")
    assert {"xa-31876", "huyen-957", "tinh-95"} <= ids(before)
    assert before.said["day"] == str(date(2025, 6, 30))


async def test_an_old_name_finds_the_area_of_its_territory(center: Province) -> None:
    found = await center.ask("desk", "/api/v1/areas?text=phuoc%20long")
    one = next(each for each in found.said["areas"] if each["id"] == "xa-31876-2025")
    assert one["name"] == "Xã Vĩnh Phước"
    assert one["found"] == {
        "by": "predecessor",
        "name": "Xã Phước Long",
        "extent": "whole",
        "predecessor": "xa-31876",
    }
    assert {each["area"] for each in one["predecessors"]} == {"xa-31873", "xa-31876"}


async def test_a_commune_knows_its_own_areas_those_above_and_those_before(center: Province) -> None:
    assert ids(await center.ask("commune", "/api/v1/areas")) == {
        "xa-31876-2025",
        "tinh-96-2025",
        "viet-nam",
    }
    before = await center.ask("commune", "/api/v1/areas?day=2025-06-30")
    assert ids(before) == {"xa-31873", "xa-31876", "viet-nam"}
    found = await center.ask("commune", "/api/v1/areas?text=phuoc%20long")
    assert ids(found) == {"xa-31876-2025"}
    province_row = (await center.ask("commune", "/api/v1/areas?text=ca%20mau")).said["areas"][0]
    assert province_row["predecessors"] == []


async def test_the_head_of_premises_knows_the_areas_above_them(center: Province) -> None:
    assert ids(await center.ask("head", "/api/v1/areas")) == {
        "xa-31876-2025",
        "tinh-96-2025",
        "viet-nam",
    }


@pytest.mark.parametrize("query", ["day=yesterday", "limit=0", "text=", "place=a"])
async def test_a_query_that_cannot_be_read_is_refused(center: Province, query: str) -> None:
    assert (await center.ask("desk", f"/api/v1/areas?{query}")).status == 400
