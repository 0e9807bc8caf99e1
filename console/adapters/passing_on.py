"""Passes requests of browsers on to alerting and ingest, as the person who signed in."""

import asyncio
from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass
from functools import partial

import aiohttp
import structlog
from aiohttp import web
from multidict import CIMultiDict
from yarl import URL

from console.adapters.asking import no_session, session_of
from console.adapters.center import CenterAway, read_bounded
from console.adapters.center_places import CenterPlaces, Crowded
from console.adapters.metrics import Metrics
from console.adapters.session_checks import Sessions
from console.domain.passing import (
    ANSWERED,
    NOT_PASSED,
    Pace,
    Passed,
    asked_headers,
    is_straight,
    passed_routes,
)
from console.settings import CenterSettings
from contract.http.request_header import REQUEST_HEADER, SESSION_COOKIE
from contract.http.routes import Service
from runtime.client_address import IpNetwork
from runtime.json_answers import json_answer
from runtime.uploads import pieces_of
from runtime.web_clients import client_of

log = structlog.get_logger(__name__)

MOST_BODY = 1_048_576
"""Bytes of a body in JSON; alerting takes less of most."""

MOST_ANSWER = 33_554_432
"""Bytes of an answer that is kept in memory, because several may have asked for it."""

LONG = 10.0
"""Times that reports, forms and files may take as long."""

AWAY = "the center: {service} does not answer ({reason}); try again, and look at its /healthz"
SLOW = (
    "the center: {service} did not answer within {seconds:g} s; try again. An act may have been stored: "
    "look at the incident first"
)
SPOILED = "the center: the answer of {service} cannot be understood; look at its log"
CROWDED = "the center: too many requests wait for it; try again in {seconds} s"
NOT_HERE = "{path}: not passed on by the desk; systems ask alerting, and a screen reads /live"

AGAIN_S = 2

_BY_NAME = {each.route.name: each for each in passed_routes()}
OWN_READ, OWN_ACT = _BY_NAME["listPremises"], _BY_NAME["reportDesk"]
"""Routes whose places console takes for requests that it makes itself in the name of a person."""


@dataclass(frozen=True, slots=True)
class CenterAnswer:
    """An answer of the center: its *status*, the *headers* that are passed back, its *body*."""

    status: int
    headers: "CIMultiDict[str]"
    body: bytes


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request as it goes to the center."""

    method: str
    url: URL
    headers: dict[str, str]
    passed: Passed
    session: str


class PassingOn:
    """Passes requests on over *http*, within *places*; the same question is asked once at a time."""

    def __init__(
        self,
        settings: CenterSettings,
        http: aiohttp.ClientSession,
        sessions: Sessions,
        *,
        proxies: Collection[IpNetwork],
        metrics: Metrics,
    ) -> None:
        self._settings = settings
        self._http = http
        self._sessions = sessions
        self._proxies = proxies
        self._metrics = metrics
        self._places = CenterPlaces(settings)
        self._urls = {Service.ALERTING: settings.alerting, Service.INGEST: settings.ingest}
        self._under_way: dict[tuple[object, ...], asyncio.Task[CenterAnswer]] = {}

    def routes(self) -> list[web.RouteDef]:
        """Return the routes that are passed on."""
        return [
            web.route(
                each.route.method,
                each.route.path,
                not_passed if each.route.name in NOT_PASSED else partial(self._serve, each),
            )
            for each in passed_routes()
        ]

    def client_headers(self, request: web.Request) -> dict[str, str]:
        """Return the headers that say who asks, and by which way."""
        client = client_of(request, self._proxies)
        # Alerting asks of the way whether others can read along: on this machine nobody can.
        return {
            "X-Forwarded-For": client.address or "unknown",
            "X-Forwarded-Proto": "https" if client.is_private else "http",
        }

    async def get_as(self, request: web.Request, path: str) -> CenterAnswer:
        """Return what alerting answers at *path* to whoever sent *request*; raises CenterAway."""
        headers = self.client_headers(request)
        return await self._ask_as(session_of(request) or "", headers, path, None)

    async def post_as(
        self, session: str, headers: dict[str, str], path: str, body: bytes
    ) -> CenterAnswer:
        """Return what alerting answers to *body* in *session*; a fault is an answer too."""
        sent = headers | {"Content-Type": "application/json", REQUEST_HEADER: "1"}
        try:
            return await self._ask_as(session, sent, path, body)
        except CenterAway as error:
            return CenterAnswer(503, CIMultiDict(), str(error).encode())

    async def _ask_as(
        self, session: str, headers: dict[str, str], path: str, body: bytes | None
    ) -> CenterAnswer:
        passed = OWN_ACT if body is not None else OWN_READ
        sent = headers | {"Cookie": f"{SESSION_COOKIE}={session}", "Accept-Encoding": "identity"}
        url = URL(self._settings.alerting + path, encoded=True)
        asked = _Asked(passed.route.method, url, sent, passed, session)
        try:
            return await (self._shared(asked) if body is None else self._ask(asked, body))
        except Crowded:
            raise CenterAway("too many requests wait") from None

    async def _serve(self, passed: Passed, request: web.Request) -> web.StreamResponse:
        if not is_straight(request.rel_url.raw_path):
            raise web.HTTPNotFound
        session = session_of(request)
        if session is None and passed.needs_session:
            return no_session()
        asked = self._asked(request, passed, session or "")
        try:
            return await self._answered(request, asked)
        except Crowded:
            return _refused(503, CROWDED.format(seconds=AGAIN_S), again=True)

    def _asked(self, request: web.Request, passed: Passed, session: str) -> _Asked:
        headers = asked_headers(request.headers, request.cookies) | self.client_headers(request)
        headers["Accept-Encoding"] = "identity"
        address = self._urls[passed.service] + request.rel_url.raw_path_qs
        return _Asked(request.method, URL(address, encoded=True), headers, passed, session)

    async def _answered(self, request: web.Request, asked: _Asked) -> web.StreamResponse:
        if asked.passed.pace is Pace.LONG:
            return await self._stream(request, asked)
        if asked.passed.pace is Pace.READ:
            answer = await self._shared(asked)
        else:
            body = await request.clone(client_max_size=MOST_BODY).read()
            # An empty body would be given a type, which alerting refuses.
            answer = await self._ask(asked, body or None)
        if asked.passed.changes_session and asked.session:
            self._sessions.doubt(asked.session)
        return web.Response(status=answer.status, headers=answer.headers, body=answer.body)

    async def _shared(self, asked: _Asked) -> CenterAnswer:
        """Ask, unless the same is asked for the same session already."""
        key = asked.session, asked.method, str(asked.url), *sorted(asked.headers.items())
        if key in self._under_way:
            self._metrics.shared.inc()
        else:
            task = self._under_way[key] = asyncio.create_task(self._ask(asked, None))
            task.add_done_callback(lambda _: self._under_way.pop(key, None))
        return await asyncio.shield(self._under_way[key])

    async def _ask(self, asked: _Asked, body: bytes | None) -> CenterAnswer:
        async with self._places.place(asked.passed.pace, asked.session):
            try:
                async with self._request(asked, body, self._settings.timeout_s) as answer:
                    content = await read_bounded(answer.content, MOST_ANSWER)
                    self._metrics.passed.labels(str(answer.status)).inc()
                    return CenterAnswer(answer.status, _passed_back(answer), content)
            except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
                return self._failed(asked, error)

    def _request(
        self, asked: _Asked, body: bytes | AsyncIterator[bytes] | None, seconds: float
    ) -> "aiohttp.client._RequestContextManager":
        return self._http.request(
            asked.method,
            asked.url,
            headers=asked.headers,
            data=body,
            timeout=aiohttp.ClientTimeout(total=seconds),
            allow_redirects=False,
        )

    def _failed(self, asked: _Asked, error: Exception) -> CenterAnswer:
        status, text = _fault(asked.passed.service, error, self._settings.timeout_s)
        log.warning("request not answered by the center", status=status, reason=str(error))
        self._metrics.passed.labels(str(status)).inc()
        refusal = _refused(status, text, again=status == 503)
        body = refusal.body if isinstance(refusal.body, bytes) else b""
        return CenterAnswer(status, CIMultiDict(refusal.headers), body)

    async def _stream(self, request: web.Request, asked: _Asked) -> web.StreamResponse:
        """Pass a file on, piece by piece, and the answer back in the same way."""
        body = pieces_of(request, self._settings.largest_upload) if request.body_exists else None
        if (length := request.headers.get("Content-Length")) is not None:
            asked.headers["Content-Length"] = length
        async with self._places.place(Pace.LONG, asked.session):
            try:
                seconds = self._settings.timeout_s * LONG
                async with self._request(asked, body, seconds) as answer:
                    return await self._copy(request, answer)
            except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
                failed = self._failed(asked, error)
                return web.Response(status=failed.status, headers=failed.headers, body=failed.body)

    async def _copy(self, request: web.Request, answer: aiohttp.ClientResponse) -> web.StreamResponse:
        self._metrics.passed.labels(str(answer.status)).inc()
        response = web.StreamResponse(status=answer.status, headers=_passed_back(answer))
        if answer.content_length is not None:
            response.content_length = answer.content_length
        await response.prepare(request)
        try:
            async for piece in answer.content.iter_chunked(65_536):
                await response.write(piece)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            # The status is sent: only a broken connection tells the browser that the file is not whole.
            log.warning("file not passed on in full", reason=str(error))
            if request.transport is not None:
                request.transport.abort()
            return response
        await response.write_eof()
        return response


async def not_passed(request: web.Request) -> web.StreamResponse:
    """Answer a route of openapi.yaml that is for others than browsers."""
    return json_answer({"error": NOT_HERE.format(path=request.path[:200])}, status=404)


def _passed_back(answer: aiohttp.ClientResponse) -> "CIMultiDict[str]":
    found = CIMultiDict[str]()
    for name in ANSWERED:
        for value in answer.headers.getall(name, ()):
            found.add(name, value)
    return found


def _fault(service: Service, error: Exception, seconds: float) -> tuple[int, str]:
    if isinstance(error, TimeoutError):
        return 504, SLOW.format(service=service.value, seconds=seconds)
    if isinstance(error, aiohttp.ClientConnectorError | OSError):
        return 503, AWAY.format(service=service.value, reason="no connection")
    if isinstance(error, aiohttp.ServerDisconnectedError):
        return 503, AWAY.format(service=service.value, reason="the connection ended")
    return 502, SPOILED.format(service=service.value)


def _refused(status: int, text: str, *, again: bool) -> web.Response:
    headers = {"Retry-After": str(AGAIN_S)} if again else {}
    return json_answer({"error": text}, status=status, headers=headers)
