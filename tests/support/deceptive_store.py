"""A deceptive proxy before a readings store: it answers to have stored what never gets there.

It stands for login pages, captive portals, caches, mistyped addresses and broken gateways of companies.
As long as it is ``HONEST`` it passes everything on.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum

import aiohttp
from aiohttp import web

from runtime.web import serve

PAGE = "<!doctype html><title>Please log in</title>"

WRITES = frozenset({"/write", "/api/v2/write"})
IDENTITY = frozenset({"/ping", "/health", "/api/v1/status/buildinfo"})


class Deception(StrEnum):
    """The ways in which the proxy treats requests."""

    HONEST = "honest"
    SWALLOWS = "says 204 and passes nothing on"
    SHOWS_A_PAGE = "answers a page with 200"
    SAYS_200 = "says 200 and passes nothing on"
    REFUSES_WITH_A_PAGE = "answers a page with 400"
    REFUSES_ALL = "says 422 to everything"
    TO_HTTPS = "redirects with 302 to https"
    MOVED = "redirects with 301 to a page"
    MOVED_FOR_GOOD = "redirects writes with 308 to who says 204"
    FOR_A_WHILE = "redirects writes with 307 to who says 204"
    ELSEWHERE = "passes writes on to another database"
    FIRST_HALF = "passes the first half of the lines on"
    LAST_HALF = "passes the last half of the lines on"
    EVERY_SECOND = "passes every second reading on"
    CUT = "passes a body on that lacks its end"
    NO_READINGS = "passes on what is no reading"
    LATER = "says 204 and passes the write on much later"
    FROM_MEMORY = "says 204, and answers questions as it did before"
    HALF_AN_ANSWER = "says 204, and breaks answers off"
    STRANGER = "says 204, and that it is something else"


REDIRECTS = {
    Deception.TO_HTTPS: 302,
    Deception.MOVED: 301,
    Deception.MOVED_FOR_GOOD: 308,
    Deception.FOR_A_WHILE: 307,
}
"""The status of each redirection."""

LATER_S = 3_600.0

Lines = list[bytes]

_PARTS: dict[Deception, Callable[[Lines], Lines]] = {
    Deception.HONEST: lambda lines: lines,
    Deception.FIRST_HALF: lambda lines: lines[: len(lines) // 2],
    Deception.LAST_HALF: lambda lines: lines[len(lines) // 2 :],
    Deception.EVERY_SECOND: lambda lines: [
        line for number, line in enumerate(lines) if number % 2 or not line.startswith(b"reading")
    ],
    Deception.NO_READINGS: lambda lines: [line for line in lines if not line.startswith(b"reading")],
    Deception.CUT: lambda lines: lines[:-1],
}


@dataclass
class DeceptiveStore:
    """The proxy before the store at *target*."""

    target: str
    deception: Deception = Deception.HONEST
    url: str = ""
    swallowed: int = 0
    writes: int = 0
    _answers: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    _late: set[asyncio.Task[None]] = field(default_factory=set)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer *request*, truly or not."""
        body = await request.read()
        if request.path == "/somewhere":
            return web.Response(status=204)
        if request.path in WRITES:
            self.writes += 1
            return await self._write(request, body)
        return await self._question(request, body)

    async def _write(self, request: web.Request, body: bytes) -> web.StreamResponse:
        if part := _PARTS.get(self.deception):
            return await self._pass(request, b"\n".join(part(body.split(b"\n"))))
        if self.deception is Deception.ELSEWHERE:
            return await self._pass(request, body, elsewhere=True)
        if self.deception is Deception.LATER:
            self._late.add(asyncio.create_task(self._pass_later(request, body)))
        self.swallowed += 1
        return self._redirect() if self.deception in REDIRECTS else self._invented()

    def _invented(self) -> web.Response:
        match self.deception:
            case Deception.SHOWS_A_PAGE:
                return self._page(200)
            case Deception.REFUSES_WITH_A_PAGE:
                return self._page(400)
            case Deception.SAYS_200:
                return web.json_response({})
            case Deception.REFUSES_ALL:
                return web.json_response({"error": "no"}, status=422)
            case _:
                return web.Response(status=204)

    async def _question(self, request: web.Request, body: bytes) -> web.StreamResponse:
        kind = f"{request.path} {' '.join(request.query.get('q', '').split()[:4])}"
        if self.deception is Deception.FROM_MEMORY and kind in self._answers:
            status, said = self._answers[kind]
            return web.Response(status=status, body=said, content_type="application/json")
        if self.deception is Deception.STRANGER and request.path in IDENTITY:
            return web.json_response({"name": "something else"})
        if self.deception in {Deception.SHOWS_A_PAGE, Deception.MOVED} and request.method == "GET":
            return self._page(200)
        answer, said = await self._ask(request, body)
        if self.deception is Deception.HONEST:
            self._answers[kind] = answer.status, said
        if self.deception is Deception.HALF_AN_ANSWER and request.path not in IDENTITY:
            return web.Response(status=answer.status, body=said[:-20])
        return answer

    async def _pass(self, request: web.Request, body: bytes, *, elsewhere: bool = False) -> web.Response:
        answer, _ = await self._ask(request, body, elsewhere=elsewhere)
        return answer

    async def _ask(
        self, request: web.Request, body: bytes, *, elsewhere: bool = False
    ) -> tuple[web.Response, bytes]:
        """Return the answer of the store, and its body."""
        params = dict(request.query)
        if elsewhere:
            params |= {"db": "elsewhere"}
        async with (
            aiohttp.ClientSession() as http,
            http.request(request.method, self.target + request.path, params=params, data=body) as answer,
        ):
            said = await answer.read()
            headers = {
                name: text
                for name, text in answer.headers.items()
                if name.startswith("X-Influxdb") or name in {"Content-Type", "Retry-After"}
            }
            return web.Response(status=answer.status, body=said, headers=headers), said

    async def _pass_later(self, request: web.Request, body: bytes) -> None:
        await asyncio.sleep(LATER_S)
        await self._pass(request, body)

    def _page(self, status: int) -> web.Response:
        return web.Response(status=status, text=PAGE, content_type="text/html")

    def _redirect(self) -> web.Response:
        to = (
            "https://127.0.0.1:1/write"
            if self.deception is Deception.TO_HTTPS
            else f"{self.url}/somewhere"
        )
        return web.Response(status=REDIRECTS[self.deception], headers={"Location": to})

    def close(self) -> None:
        """Forget what was to be passed on later."""
        for task in self._late:
            task.cancel()


@asynccontextmanager
async def deceptive_store(target: str) -> AsyncIterator[DeceptiveStore]:
    """A proxy on a free loopback port before the store at *target*, within the block."""
    proxy = DeceptiveStore(target)
    app = web.Application(client_max_size=64 * 1_048_576)
    app.add_routes([web.route("*", "/{path:.*}", proxy.handle)])
    async with serve(app, "127.0.0.1", 0) as port:
        proxy.url = f"http://127.0.0.1:{port}"
        try:
            yield proxy
        finally:
            proxy.close()
