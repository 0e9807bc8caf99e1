"""Alerting answers every request as its description says, right and wrong ones."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from contract.http.routes import Service
from tests.adapters.alerting.center import Center, center, gateway
from tests.adapters.http.by_description import operations, try_out
from tests.support.servers import Server
from tests.support.waiting import eventually

EXAMPLES = 8


@pytest.mark.slow
@pytest.mark.timeout(600)  # texts of any characters take seconds to make up, for each operation
async def test_every_operation_answers_as_described(broker: Server, tmp_path: Path) -> None:
    async with center(tmp_path, broker_port=broker.port) as one, gateway(broker.port) as market:
        await market.fire("button-01", quantity="manual")
        await market.receipted(1)
        ids = [each["id"] for each in await eventually(lambda: _incidents(one))]
        document = await one.get("/api/v1/openapi.json")
        for operation in operations(document, Service.ALERTING):
            await asyncio.to_thread(try_out, operation, one.api, examples=EXAMPLES, ids=ids)


async def _incidents(one: Center) -> Any:
    return (await one.get("/api/v1/incidents"))["incidents"]


async def ask(one: Center, path: str, *, method: str = "GET") -> tuple[int, Any, Mapping[str, str]]:
    async with aiohttp.ClientSession() as http, http.request(method, one.api + path) as answer:
        return answer.status, await answer.json(), answer.headers


async def test_whoever_knows_nothing_is_told_where_to_go(broker: Server, tmp_path: Path) -> None:
    async with center(tmp_path, broker_port=broker.port) as one:
        status, start, _ = await ask(one, "/")
        assert (status, start["service"]) == (200, "alerting")
        assert (await ask(one, start["description"]))[1]["openapi"].startswith("3.1")

        status, lost, _ = await ask(one, "/api/v2/incidents")
        assert status == 404
        assert lost["error"].startswith("/api/v2/incidents: no such path; GET /api/v1/openapi.json")

        status, refused, headers = await ask(one, "/api/v1/feed", method="DELETE")
        assert (status, headers["Allow"]) == (405, "GET,HEAD")
        assert refused["error"] == "/api/v1/feed: not for DELETE; use GET, HEAD"

        status, strayed, _ = await ask(one, "/api/v1/openapi.json?format=yaml")
        assert status == 400
        assert "query 'format' is unknown; leave it out" in strayed["error"]


async def test_letters_are_written_as_they_are(broker: Server, tmp_path: Path) -> None:
    async with (
        center(tmp_path, broker_port=broker.port) as one,
        aiohttp.ClientSession() as http,
        http.get(f"{one.api}/api/v1/gateways") as answer,
    ):
        assert "Tủ".encode() in await answer.read()
        assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
