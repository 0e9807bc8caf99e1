"""Premises that a membership moved are those of the new commune alone, through every door."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from accounts.domain.actor import ActorKind
from accounts.domain.roles import Role
from registry.model.registry import TABLES, Registry
from tests.support.communes import BLUE, RED, Province, of_area, province, registered

MOVED = "moved"
DRAFTS = "/api/v1/registry/drafts"


def content() -> Registry:
    """Return two communes, and premises that name the one and belong to the other."""
    document = registered(RED, BLUE).model_dump(mode="json")
    document["premises"].append(
        {"id": MOVED, "name": f"Kho {BLUE}", "area": f"area-{RED}", "people": [f"head-{BLUE}"]}
    )
    document["zones"].append({"id": "hall", "premises": MOVED, "name": "Kho", "rule": "immediate"})
    document["memberships"].append(
        {"id": "reform", "premises": MOVED, "area": f"area-{BLUE}", "valid_from": "2025-07-01"}
    )
    return Registry.model_validate(document)


@pytest.fixture
async def one(tmp_path: Path) -> AsyncIterator[Province]:
    async with province(
        f"sqlite:///{tmp_path}/center.db", communes=(RED, BLUE), content=content()
    ) as served:
        for commune in (RED, BLUE):
            served.accounts.add(commune, of_area(Role.INTEGRATION, commune), kind=ActorKind.SYSTEM)
        yield served


async def changed(one: Province, token: str, edits: Any) -> int:
    draft = await one.ask(token, DRAFTS, method="POST", body={"note": "sửa"})
    path = f"{DRAFTS}/{draft.said['id']}/rows"
    return (await one.ask(token, path, method="POST", body=edits)).status


PATHS = (
    *(f"/api/v1/registry/{each}" for each in TABLES),
    f"/api/v1/registry/premises/{MOVED}/history",
    f"/api/v1/registry/zones/{MOVED}%2Fhall/history",
    f"/api/v1/registry/contacts/head-{BLUE}/history",
    "/api/v1/exchange/snapshot",
    "/api/v1/premises",
    "/api/v1/duties",
)


async def test_the_commune_of_before_sees_nothing_of_them(one: Province) -> None:
    said = {path: (await one.ask(RED, path)).text for path in PATHS}
    assert [path for path, text in said.items() if MOVED in text or BLUE in text] == []


async def test_the_commune_of_before_changes_nothing_of_them(one: Province) -> None:
    assert await changed(one, RED, {"fields": {"premises": {MOVED: {"name": "Kho mới"}}}}) == 400
    assert await changed(one, RED, {"fields": {"zones": {f"{MOVED}/hall": {"name": "Nhà"}}}}) == 400
    assert await changed(one, RED, {"remove": {"memberships": [f"{MOVED}/reform"]}}) == 400


async def test_the_commune_of_today_sees_and_changes_them(one: Province) -> None:
    history = await one.ask(BLUE, f"/api/v1/registry/premises/{MOVED}/history")
    assert history.status == 200
    assert f'"{MOVED}"' in (await one.ask(BLUE, "/api/v1/exchange/snapshot")).text
    assert await changed(one, BLUE, {"fields": {"premises": {MOVED: {"name": "Kho mới"}}}}) == 200
