"""Half-open and slow connections take no places from clients that speak, and no files from alarms."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web
from prometheus_client import CollectorRegistry

from runtime import connection_places, web_connections
from runtime.file_limits import files_for_clients, raise_file_limit
from runtime.http_metrics import HttpMetrics
from runtime.web import serve
from runtime.web_connections import ConnectionLimits, WebConnections
from tests.support.waiting import eventually

HALF = b"POST /echo HTTP/1.1\r\nHost: here\r\n"
SLOW = HALF + b"Content-Length: 1000\r\n\r\nabc"
WHOLE = b"GET /echo HTTP/1.1\r\nHost: here\r\n\r\n"


class Client:
    """A raw connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def answer(self) -> str:
        """Return all that arrives until the server closes; "" if nothing did."""
        try:
            return (await self.reader.read()).decode()
        except ConnectionResetError:
            return ""


class Served:
    """A server whose handler can be held up; *metrics* are those of its connections."""

    def __init__(self, limits: ConnectionLimits) -> None:
        self.metrics = CollectorRegistry()
        self.connections = WebConnections(limits, HttpMetrics(self.metrics))
        self.gate = asyncio.Event()
        self.held = 0
        self.port = 0

    async def echo(self, request: web.Request) -> web.Response:
        return web.Response(body=await request.read())

    async def hold(self, _: web.Request) -> web.Response:
        self.held += 1
        await self.gate.wait()
        return web.Response(text="at last")

    async def connect(self, data: bytes = b"", *, source: str = "127.0.0.1") -> Client:
        client = Client(*await asyncio.open_connection("127.0.0.1", self.port, local_addr=(source, 0)))
        await client.send(data)
        return client

    async def get(self, path: str) -> int:
        async with (
            aiohttp.ClientSession() as http,
            http.get(f"http://127.0.0.1:{self.port}{path}") as reply,
        ):
            return reply.status

    def refused(self, reason: str) -> float:
        name = "tocsin_http_connections_refused_total"
        return self.metrics.get_sample_value(name, {"reason": reason}) or 0.0

    def open(self) -> float:
        return self.metrics.get_sample_value("tocsin_http_connections") or 0.0


@asynccontextmanager
async def serving(*, total: int = 1_000, by_address: int = 250) -> AsyncIterator[Served]:
    one = Served(ConnectionLimits(total, by_address))
    app = web.Application()
    app.add_routes([web.route("*", "/echo", one.echo), web.get("/hold", one.hold)])
    async with serve(app, "127.0.0.1", 0, connections=one.connections) as one.port:
        try:
            yield one
        finally:
            one.gate.set()


async def test_a_client_that_speaks_takes_the_place_of_the_oldest_half_open_connection() -> None:
    async with serving(total=20) as one:
        half = [await one.connect(HALF) for _ in range(20)]
        await eventually(lambda: one.open() == 20)
        assert await one.get("/echo") == 200
        assert await half[0].answer() == ""
        assert one.refused("idle") == 1
        assert one.connections.trouble is None


async def test_a_flood_of_half_open_connections_never_exceeds_the_bound() -> None:
    async with serving(total=10) as one:
        half = [await one.connect(HALF) for _ in range(100)]
        await eventually(lambda: one.refused("idle") == 90)
        assert one.open() == 10
        assert await one.get("/echo") == 200
        assert len(half) == 100


async def test_a_client_is_told_when_all_places_are_taken_by_requests() -> None:
    async with serving(total=3) as one:
        busy = [asyncio.create_task(one.get("/hold")) for _ in range(3)]
        await eventually(lambda: one.held == 3)
        refused = await (await one.connect(WHOLE)).answer()
        assert refused.startswith("HTTP/1.1 503 ")
        assert "Retry-After: 5" in refused
        head, _, body = refused.partition("\r\n\r\n")
        assert f"Content-Length: {len(body)}" in head
        assert one.refused("full") == 1
        assert one.connections.trouble == "3 connections; further ones are refused"
        one.gate.set()
        assert await asyncio.gather(*busy) == [200, 200, 200]
        assert await one.get("/echo") == 200


async def test_one_address_cannot_take_the_places_of_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection_places, "_is_own", lambda address: address == "127.0.0.1")
    async with serving(by_address=2) as one:
        busy = [await one.connect(WHOLE.replace(b"echo", b"hold"), source="127.0.0.5") for _ in range(2)]
        await eventually(lambda: one.held == 2)
        assert (await (await one.connect(WHOLE, source="127.0.0.5")).answer()).startswith("HTTP/1.1 503")
        assert one.refused("address") == 1
        other = await one.connect(WHOLE, source="127.0.0.6")
        assert b"200 OK" in await other.reader.readline()
        assert await one.get("/echo") == 200
        assert len(busy) == 2


async def test_a_header_that_does_not_end_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runtime.web.HEADER_S", 0.2)
    async with serving() as one:
        half = await one.connect(HALF)
        assert await half.answer() == ""
        again = await one.connect(WHOLE)
        await again.reader.readuntil(b"\r\n\r\n")
        await again.send(HALF)
        assert await again.answer() == ""


async def test_a_body_that_does_not_end_is_answered_408(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web_connections, "BODY_S", 0.2)
    monkeypatch.setattr(web_connections, "HEADER_S", 600.0)
    async with serving() as one:
        slow = await one.connect(SLOW)
        answer = await slow.reader.readuntil(b"\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 408 ")
        assert one.refused("slow_body") == 1
        assert one.connections.trouble is None


async def test_places_are_given_back_when_clients_leave() -> None:
    async with serving(total=5) as one:
        for _ in range(20):
            client = await one.connect(WHOLE)
            await client.reader.readline()
            client.writer.close()
            await client.writer.wait_closed()
        await eventually(lambda: one.open() == 0)
        assert one.refused("full") == 0


def test_clients_get_half_of_the_files_of_a_process() -> None:
    limit = raise_file_limit()
    assert files_for_clients() == limit // 2
