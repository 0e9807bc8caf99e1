"""The small HTTP server answers as a service should, whatever its clients do."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import aiohttp
import pytest
from prometheus_client import CollectorRegistry, Counter

from runtime import small_web
from runtime.process import CannotStart
from runtime.small_web import SmallWeb, health_answer, json_body, metrics_answer
from tests.support.waiting import eventually

HEALTH: dict[str, object] = {"ok": True}


@asynccontextmanager
async def served(token: str | None = None) -> AsyncIterator[int]:
    metrics = CollectorRegistry()
    Counter("tocsin_test_alarms", "Alarms", registry=metrics).inc(3)
    routes = {
        "/healthz": lambda: health_answer(HEALTH),
        "/metrics": lambda: metrics_answer(metrics),
        "/status": lambda: json_body({"place": "Chợ An Bình"}),
    }
    web = SmallWeb(routes, guarded=frozenset({"/status"}), token=token)
    async with web.serving("127.0.0.1", 0) as port:
        yield port


async def asked(port: int, request: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    try:
        return await reader.read()
    finally:
        writer.close()


@pytest.mark.parametrize(("ok", "status"), [(True, 200), (False, 503)])
async def test_health_is_200_while_all_is_well_and_503_otherwise(
    ok: bool, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(HEALTH, "ok", ok)
    async with (
        served() as port,
        aiohttp.ClientSession() as http,
        http.get(f"http://127.0.0.1:{port}/healthz?verbose=1") as answer,
    ):
        assert (answer.status, await answer.json()) == (status, {"ok": ok})


async def test_metrics_and_texts_are_exposed_as_their_readers_expect_them() -> None:
    async with served() as port, aiohttp.ClientSession() as http:
        async with http.get(f"http://127.0.0.1:{port}/metrics") as answer:
            assert answer.content_type == "text/plain"
            assert "\ntocsin_test_alarms_total 3.0\n" in await answer.text()
        async with http.get(f"http://127.0.0.1:{port}/status") as answer:
            assert await answer.json() == {"place": "Chợ An Bình"}
        async with http.head(f"http://127.0.0.1:{port}/healthz") as answer:
            assert (answer.status, await answer.read()) == (200, b"")


async def test_a_guarded_path_is_for_those_who_have_the_token() -> None:
    async with served("s3cret") as port, aiohttp.ClientSession() as http:
        url = f"http://127.0.0.1:{port}"
        for header in ("", "Bearer wrong", "Bearer s3cret2", "s3cret", "Bearer sécret"):
            async with http.get(f"{url}/status", headers={"Authorization": header}) as refused:
                assert refused.status == 401
                assert refused.headers["WWW-Authenticate"] == "Bearer"
                assert "Authorization: Bearer" in (await refused.json())["error"]
        async with http.get(f"{url}/status", headers={"authorization": "Bearer s3cret"}) as answer:
            assert answer.status == 200
        async with http.get(f"{url}/healthz") as answer:
            assert answer.status == 200


@pytest.mark.parametrize(
    ("request_line", "status"),
    [
        (b"GET /nothing HTTP/1.1", b"404"),
        (b"POST /healthz HTTP/1.1", b"405"),
        (b"GET /healthz", b"200"),
        (b"nonsense", b"404"),
        (b"", b"404"),
        (b"\xff\xfe\x00", b"404"),
        (b"GET /healthz HTTP/1.1\r\nX: " + b"x" * 20_000, b"431"),
    ],
)
async def test_any_request_gets_an_answer_that_names_what_is_wrong(
    request_line: bytes, status: bytes
) -> None:
    async with served() as port:
        answer = await asked(port, request_line + b"\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 " + status)
        assert b"\r\nConnection: close\r\n" in answer


async def test_requests_that_never_end_neither_stay_nor_hold_up_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(small_web, "DEADLINE_S", 0.3)
    async with served() as port:
        ends = [await asyncio.open_connection("127.0.0.1", port) for _ in range(100)]
        for _, writer in ends:
            writer.write(b"GET /healthz HTTP/1.1\r\n")

        async def answers() -> bool:
            try:
                return (await asked(port, b"GET /healthz HTTP/1.1\r\n\r\n")).startswith(b"HTTP/1.1 200")
            except ConnectionError:
                return False

        await eventually(answers)
        for reader, writer in ends:
            with suppress(ConnectionError):
                assert await reader.read() == b""
            writer.close()


async def test_a_port_that_is_taken_is_an_error_with_its_remedy() -> None:
    async with served() as port:
        with pytest.raises(CannotStart, match=f"{port}.*set another web.port"):
            async with SmallWeb({}, guarded=frozenset(), token=None).serving("127.0.0.1", port):
                pass
