"""A web page that a person opens orders nothing of a service, whatever name it asks by."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from ingest.adapters.access import IngestGuard
from ingest.settings import IngestWeb
from runtime.small_web import SmallWeb, json_body
from runtime.web import refuse_other_sites, serve
from runtime.web_origin import Asked, RequestRefusal, why_refused

PROGRAM = {"X-Tocsin-Request": "1", "Content-Type": "application/json"}
TOKEN = "0123456789abcdef" * 2
BEARER = f"Bearer {TOKEN}"


@asynccontextmanager
async def service(settings: IngestWeb) -> AsyncIterator[str]:
    async def done(_: web.Request) -> web.Response:
        return web.json_response({})

    middlewares = [refuse_other_sites(settings.names), IngestGuard(settings).guard]
    app = web.Application(middlewares=middlewares)
    app.add_routes([web.get("/metrics", done), web.post("/api/v1/overrides", done)])
    app.add_routes([web.get("/api/v1/overrides", done)])
    async with serve(app, "127.0.0.1", 0) as port:
        yield f"http://127.0.0.1:{port}"


async def status_of(method: str, url: str, headers: dict[str, str]) -> int:
    async with aiohttp.ClientSession() as http, http.request(method, url, headers=headers) as answer:
        return answer.status


@pytest.mark.parametrize(
    ("more", "status"),
    [
        pytest.param({}, 200, id="a program"),
        pytest.param({"Host": "localhost:8080"}, 200, id="by the name of loopback"),
        pytest.param({"Host": "[::1]:8080"}, 200, id="by an address"),
        pytest.param({"Host": "desk.example"}, 200, id="by a name of web.hosts"),
        pytest.param({"Host": "desk.example", "Origin": "https://desk.example"}, 200, id="its own page"),
        pytest.param({"Host": "evil.example:8080"}, 421, id="a name that was made to point here"),
        pytest.param({"Host": "localhost.evil.example"}, 421, id="a name that begins like ours"),
        pytest.param({"Host": "127.0.0.1@evil.example"}, 421, id="a name behind a user"),
        pytest.param({"Origin": "http://evil.example"}, 403, id="a page of another site"),
        pytest.param({"Origin": "null"}, 403, id="a page without a site"),
        pytest.param({"Origin": "http://127.0.0.1:1"}, 403, id="a page of another server here"),
        pytest.param({"Sec-Fetch-Site": "cross-site"}, 403, id="as the browser says"),
        pytest.param({"Sec-Fetch-Site": "same-site"}, 403, id="a page of a neighbour"),
        pytest.param({"Content-Type": "text/plain"}, 415, id="as a form can send it"),
        pytest.param({"Content-Type": "text/plain; application/json"}, 415, id="JSON as a remark"),
        pytest.param(
            {"Content-Type": "application/json; charset=utf-8"}, 200, id="JSON with its charset"
        ),
    ],
)
async def test_an_order_is_taken_from_programs_only(more: dict[str, str], status: int) -> None:
    async with service(IngestWeb(port=0, hosts=("Desk.example",))) as url:
        assert await status_of("POST", f"{url}/api/v1/overrides", PROGRAM | more) == status


async def test_an_order_without_token_and_header_is_refused() -> None:
    async with service(IngestWeb(port=0)) as url:
        plain = {"Content-Type": "application/json"}
        assert await status_of("POST", f"{url}/api/v1/overrides", plain) == 403


async def test_a_token_takes_the_place_of_the_header() -> None:
    async with service(IngestWeb(port=0, token=TOKEN)) as url:
        with_token = {"Content-Type": "application/json", "Authorization": BEARER}
        assert await status_of("POST", f"{url}/api/v1/overrides", with_token) == 200


@pytest.mark.parametrize("given_", ["Bearer \u00e9\u1ec7", "Bearer \udcff"], ids=["letters", "bytes"])
async def test_a_token_of_other_letters_is_refused_like_any_wrong_one(given_: str) -> None:
    async with service(IngestWeb(port=0, token=TOKEN)) as url:
        headers = {"Authorization": given_.encode("utf-8", "surrogateescape").decode("latin-1")}
        assert await status_of("GET", f"{url}/api/v1/overrides", headers) == 401


@pytest.mark.parametrize(("is_open", "status"), [(False, 401), (True, 200)])
async def test_metrics_need_the_token_where_other_machines_reach_them(
    is_open: bool, status: int
) -> None:
    guarded = IngestWeb(port=0, host="0.0.0.0", token=TOKEN, open_metrics=is_open)  # noqa: S104
    async with service(guarded) as url:
        assert await status_of("GET", f"{url}/metrics", {}) == status
        assert await status_of("GET", f"{url}/metrics", {"Authorization": BEARER}) == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Host": "gateway.example"}, 200),
        ({"Host": "evil.example"}, 421),
        ({"Origin": "http://evil.example"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
    ],
)
async def test_the_status_of_a_gateway_is_not_for_pages_of_other_sites(
    headers: dict[str, str], status: int
) -> None:
    routes = {"/status": lambda: json_body({})}
    small = SmallWeb(
        routes, guarded=frozenset({"/status"}), token=None, hosts=frozenset({"gateway.example"})
    )
    async with small.serving("127.0.0.1", 0) as port:
        assert await status_of("GET", f"http://127.0.0.1:{port}/status", headers) == status


@given(host=st.text(), origin=st.text(), site=st.text(), kind=st.text())
def test_any_headers_are_decided(host: str, origin: str, site: str, kind: str) -> None:
    asked = Asked(method="POST", host=host, origin=origin, site=site, content_type=kind)
    assert why_refused(asked, frozenset()) in set(RequestRefusal)
