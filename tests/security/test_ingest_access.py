"""Accounts of the center read at ingest what they may, and nothing of other premises."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from sqlalchemy import Connection

from accounts.domain.account import Account
from accounts.domain.actor import Grant
from accounts.domain.roles import Role
from accounts.store.credentials import set_password
from accounts.store.people import add_account
from contract.http.permissions import NEEDS_NO_ACCOUNT, Permission
from contract.http.routes import ROUTES, Route, Service
from ingest.adapters import accounts_at_alerting
from ingest.settings import IngestWeb
from tests.adapters.ingest.test_ingest import Ingest, batch, gateway, running, series, settings_for
from tests.adapters.ingest.test_ingest import now as now_micros
from tests.support.communes import BLUE, LOCAL_TOKEN, RED, Province, of_area, province
from tests.support.servers import Server, free_port
from tests.support.waiting import eventually

TOKEN = "i" * 32
AT_INGEST = [each for each in ROUTES if Service.INGEST in each.services]
GUARDED = [
    each for each in AT_INGEST if each.permission not in NEEDS_NO_ACCOUNT | {Permission.METRICS_READ}
]


@dataclass
class Both:
    """An ingest with a reading of each commune, and the center whose accounts it knows."""

    ingest: Ingest
    center: Province

    async def ask(self, token: str | None, path: str, *, elsewhere: bool = False) -> tuple[int, str]:
        sent = {} if token is None else {"Authorization": f"Bearer {token}"}
        sent |= {"X-Forwarded-For": "203.0.113.7"} if elsewhere else {}
        async with (
            aiohttp.ClientSession(headers=sent) as http,
            http.get(self.ingest.url + path) as answer,
        ):
            return answer.status, await answer.text()


@asynccontextmanager
async def both(broker: Server, folder: Path, *, accounts: str | None = None) -> AsyncIterator[Both]:
    async with province(f"sqlite:///{folder}/center.db", communes=(RED, BLUE)) as center:
        web = IngestWeb.model_validate(
            {"port": free_port(), "token": TOKEN, "accounts": accounts or center.url}
        )
        settings = settings_for(broker, folder / "ingest").model_copy(update={"web": web})
        async with running(settings) as ingest, gateway(broker) as sender:
            one = Both(ingest, center)
            for each in (RED, BLUE):
                part = series((now_micros() - 1_000_000, 0.25), point=f"smoke-0-{each}")
                topic = f"tocsin/v1/cho-{each}/gw-{each}/telemetry"
                await sender.send(batch(1, part), topic=topic)
                await eventually(lambda name=each: _stored(one, name))  # type: ignore[misc]
            yield one


async def _stored(one: Both, commune: str) -> bool:
    return f"smoke-0-{commune}" in (await one.ask(TOKEN, counts_of(commune)))[1]


def counts_of(commune: str) -> str:
    return f"/api/v1/readings/count?premises=cho-{commune}"


def path_of(route: Route, commune: str) -> str:
    """Return the path of *route* about *commune*; a new route of ingest needs a case here."""
    name = "nowhere" if commune == "nowhere" else f"cho-{commune}"
    queries = {
        "listReadings": f"?premises={name}&point=smoke-0-{commune}&quantity=smoke",
        "countReadings": f"?premises={name}",
        "getLedger": f"?premises={name}",
        "getReadingsLedger": f"?premises={name}",
        "getDescription": "",
    }
    assert route.name in queries, f"{route.name} is new: add its query here"
    return route.path + queries[route.name]


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is remembered; alerting, which answers late on a busy machine, is waited for."""
    monkeypatch.setattr(accounts_at_alerting, "KEPT_S", 0.0)
    monkeypatch.setattr(accounts_at_alerting, "ANSWER_S", 30.0)


@pytest.mark.slow
async def test_an_account_reads_its_own_premises_and_others_are_not_there(
    broker: Server, tmp_path: Path
) -> None:
    async with both(broker, tmp_path) as one:
        red = one.center.accounts.add("red", of_area(Role.COMMUNE, RED))
        for route in GUARDED:
            status, own = await one.ask(red, path_of(route, RED))
            assert status == 200, route.name
            assert BLUE not in own, route.name
            status, elsewhere = await one.ask(red, path_of(route, BLUE))
            assert status == 200, route.name
            nowhere = (await one.ask(red, path_of(route, "nowhere")))[1]
            assert _plain(elsewhere, BLUE) == _plain(nowhere, "nowhere"), route.name
        assert f"smoke-0-{RED}" in (await one.ask(red, counts_of(RED)))[1]
        account = (await one.ask(red, "/api/v1/ledger"))[1]
        assert (RED in account, BLUE in account) == (True, False)


def _plain(text: str, name: str) -> Any:
    said = json.loads(text.replace(f"cho-{name}", "it").replace(name, "it"))
    said.pop("at", None)
    return said


@pytest.mark.slow
async def test_whoever_shows_no_account_or_has_no_permission_is_refused(
    broker: Server, tmp_path: Path
) -> None:
    async with both(broker, tmp_path) as one:
        member = one.center.accounts.add("member", Grant(role=Role.TEAM_MEMBER))
        for route in GUARDED:
            for nobody in (None, "wrong"):
                assert (await one.ask(nobody, path_of(route, RED)))[0] == 401, route.name
            if route.permission is not Permission.SIGNED_IN:
                assert (await one.ask(member, path_of(route, RED)))[0] == 403, route.name


@pytest.mark.slow
async def test_a_revoked_token_reads_no_further(broker: Server, tmp_path: Path) -> None:
    async with both(broker, tmp_path) as one:
        red = one.center.accounts.add("red", of_area(Role.COMMUNE, RED))
        assert (await one.ask(red, counts_of(RED)))[0] == 200
        del one.center.accounts.actors[red]
        assert (await one.ask(red, counts_of(RED)))[0] == 401


@pytest.mark.slow
async def test_without_alerting_accounts_are_told_to_try_again_and_the_own_token_reads_on(
    broker: Server, tmp_path: Path
) -> None:
    nobody_there = f"http://127.0.0.1:{free_port()}"
    async with both(broker, tmp_path, accounts=nobody_there) as one:
        status, text = await one.ask("any", counts_of(RED))
        assert (status, "try again, or use the token of the settings" in text) == (503, True)
        assert (await one.ask(TOKEN, counts_of(RED)))[0] == 200
        assert (await one.ask(None, counts_of(RED)))[0] == 401


@pytest.mark.slow
async def test_tokens_of_settings_read_at_ingest_on_this_machine_alone_once_there_are_accounts(
    broker: Server, tmp_path: Path
) -> None:
    async with both(broker, tmp_path) as one:
        await _add_administrator(one.center)
        for token in (TOKEN, LOCAL_TOKEN):
            assert (await one.ask(token, counts_of(RED)))[0] == 200
            status, text = await one.ask(token, counts_of(RED), elsewhere=True)
            assert status == 401
            assert (token == TOKEN) == ("tocsin accounts token add" in text)
        red = one.center.accounts.add("red", of_area(Role.COMMUNE, RED))
        assert (await one.ask(red, counts_of(RED), elsewhere=True))[0] == 200


async def _add_administrator(center: Province) -> None:
    first = Account(name="an", display_name="An", grants=(Grant(role=Role.ADMINISTRATOR),))

    def add(connection: Connection) -> None:
        add_account(connection, first, at=1, by="test")
        set_password(connection, "an", "hash", at=1)

    await center.engine.database.write(add)


async def test_rights_are_told_to_whoever_has_them(tmp_path: Path) -> None:
    async with province(f"sqlite:///{tmp_path}/center.db", communes=(RED, BLUE)) as one:
        red = one.accounts.add("red", of_area(Role.COMMUNE, RED))
        found = await one.ask(red, "/api/v1/access?permission=readings:read")
        assert (found.said["everywhere"], found.said["premises"]) == (False, [f"cho-{RED}"])
        none = await one.ask(red, "/api/v1/access?permission=accounts:manage")
        assert (none.said["everywhere"], none.said["premises"]) == (False, [])
