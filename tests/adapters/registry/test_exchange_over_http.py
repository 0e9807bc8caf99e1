"""Another system reads the registry over HTTP: all of it or its areas, signed, then what changed."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from accounts.domain.actor import ActorKind, Grant
from accounts.domain.roles import Role
from contract.http.permissions import Permission
from registry.exchange.verify import verify
from tests.support.communes import BLUE, RED, Province, of_area, province, registered
from tests.support.exchange_reader import ExchangeReader

READS = frozenset({Permission.REGISTRY_READ})


@pytest.fixture
async def one(tmp_path: Path) -> AsyncIterator[Province]:
    async with province(f"sqlite:///{tmp_path}/center.db", communes=(RED, BLUE)) as served:
        everywhere, red = Grant(role=Role.INTEGRATION), of_area(Role.INTEGRATION, RED)
        served.accounts.add("national", everywhere, kind=ActorKind.SYSTEM, scopes=READS)
        served.accounts.add("limited", red, kind=ActorKind.SYSTEM, scopes=READS)
        yield served


def reader(one: Province, token: str) -> ExchangeReader:
    loop = asyncio.get_running_loop()

    def ask(path: str) -> tuple[int, bytes]:
        answer = asyncio.run_coroutine_threadsafe(one.ask(token, path), loop).result(30)
        return answer.status, answer.text.encode()

    return ExchangeReader(ask, one.center_key)


async def test_a_reader_follows_changes_and_a_limited_one_sees_its_areas_alone(one: Province) -> None:
    national, limited = reader(one, "national"), reader(one, "limited")
    for each in (national, limited):
        await asyncio.to_thread(each.follow, limit=3)
    assert f"points/cho-{BLUE}/smoke-0-{BLUE}@center" in national.rows
    assert BLUE not in json.dumps(limited.rows)
    assert RED in json.dumps(limited.rows)
    moved = [each.model_copy(update={"area": f"area-{BLUE}"}) for each in registered(RED, BLUE).premises]
    await one.register(registered(RED, BLUE).model_copy(update={"premises": tuple(moved)}))
    for each in (national, limited):
        await asyncio.to_thread(each.follow)
    assert national.rows[f"premises/cho-{RED}@center"]["area"] == f"area-{BLUE}"
    assert not [each for each in limited.rows if "cho-" in each]
    assert (national.begun_anew, limited.begun_anew) == (0, 0)


async def test_nothing_new_is_304_and_a_cursor_of_others_is_410(one: Province) -> None:
    first = await one.ask("national", "/api/v1/exchange/snapshot")
    verify(first.text.encode(), one.center_key)
    path = f"/api/v1/exchange/deltas?cursor={first.said['cursor']}"
    async with one.http.get(one.url + path, headers={"Authorization": "Bearer national"}) as answer:
        tag = answer.headers["ETag"]
    again = await one.ask("national", path, headers={"If-None-Match": tag})
    assert again.status == 304
    other = await one.ask("limited", path)
    assert (other.status, "begin anew" in other.said["error"]) == (410, True)


async def test_numbers_of_phones_are_masked_before_the_document_is_signed(one: Province) -> None:
    content = registered(RED)
    facility = {"facility": {"head_phone": "0912345678"}}
    rows = [type(each).model_validate(each.model_dump() | facility) for each in content.premises]
    await one.register(content.model_copy(update={"premises": tuple(rows)}))
    sent = (await one.ask("national", "/api/v1/exchange/snapshot")).text
    assert "0912345678" not in sent
    verify(sent.encode(), one.center_key)
