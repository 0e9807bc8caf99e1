"""The HTTP server of a service: health, metrics, and the routes that the service adds."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Middleware
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from contract.http.request_header import REQUEST_HEADER
from runtime.json_answers import json_answer
from runtime.process import CannotStart
from runtime.refused_requests import RefusedRequests
from runtime.unreadable_requests import LONGEST_LINE, RequestsWithJsonErrors, server_log
from runtime.uploads import takes_file
from runtime.web_connections import HEADER_S, WebConnections
from runtime.web_origin import REMEDY, STATUS, Asked, why_refused

PORT_KEY = "web.port"
"""The setting that names the port of a service."""

BACKLOG = 128
"""Connections that the kernel keeps until they are accepted."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def refuse_other_sites(
    hosts: frozenset[str],
    *,
    arrivals: frozenset[str] = frozenset(),
    secret_paths: tuple[str, ...] = (),
    refusals: RefusedRequests | None = None,
) -> Middleware:
    """Return a middleware that refuses what a web page of another site may have made a browser send.

    *hosts* are the names of this server besides those of loopback; *arrivals* are paths to which other
    sites may send a person. Below *secret_paths* the path itself is a secret, which no other site can
    know: there only the name of the server counts, and forms are taken.
    """
    refused = refusals or RefusedRequests()

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        asked = _asked(request, arrivals)
        if request.path.startswith(secret_paths):
            asked = Asked(method="GET", host=asked.host)
        if (reason := why_refused(asked, hosts)) is not None:
            refused.note(reason)
            return json_answer({"error": REMEDY[reason]}, status=STATUS[reason])
        return await handler(request)

    return guard


def _asked(request: web.Request, arrivals: frozenset[str]) -> Asked:
    headers = request.headers
    return Asked(
        method="GET"
        if request.match_info.http_exception
        else request.method,  # 404 and 405 change nothing
        host=headers.get("Host", ""),
        origin=headers.get("Origin", ""),
        site=headers.get("Sec-Fetch-Site", ""),
        content_type=headers.get("Content-Type", ""),
        is_upload=takes_file(request),
        is_arrival=request.path in arrivals and _is_navigation(request),
        has_token="Authorization" in headers,
        has_header=REQUEST_HEADER in headers,
    )


def _is_navigation(request: web.Request) -> bool:
    """Return whether a person's browser goes to the path, as a whole and not within another page."""
    headers = request.headers
    mode, destination = headers.get("Sec-Fetch-Mode"), headers.get("Sec-Fetch-Dest")
    return request.method == "GET" and mode == "navigate" and destination == "document"


def health_routes(
    metrics: CollectorRegistry, health: Callable[[web.Request], dict[str, Any]]
) -> list[web.RouteDef]:
    """Return ``/healthz``, 200 while *health* has ``"ok": true`` and 503 otherwise, and ``/metrics``."""

    async def healthz(request: web.Request) -> web.Response:
        state = health(request)
        return json_answer(state, status=200 if state["ok"] else 503)

    exposed = ExposedMetrics(metrics)

    async def expose(_: web.Request) -> web.Response:
        body = exposed.body(asyncio.get_running_loop().time())
        return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})

    return [web.get("/healthz", healthz), web.get("/metrics", expose)]


class ExposedMetrics:
    """The text of *metrics*, which takes about a millisecond to make.

    Whoever asks MANY times a second gets it once in AGAIN_S: an alarm waits for each making.
    """

    MANY = 200
    AGAIN_S = 0.1

    def __init__(self, metrics: CollectorRegistry) -> None:
        self._metrics = metrics
        self._asked: deque[float] = deque(maxlen=self.MANY)
        self._made_at = 0.0
        self._body = b""

    def body(self, now: float) -> bytes:
        """Return the text, as of *now* or, in a flood of requests, of a moment ago."""
        self._asked.append(now)
        is_flood = len(self._asked) == self.MANY and now - self._asked[0] < 1.0
        if not is_flood or now - self._made_at >= self.AGAIN_S:
            self._body, self._made_at = generate_latest(self._metrics), now
        return self._body


@asynccontextmanager
async def serve(
    app: web.Application,
    host: str,
    port: int,
    *,
    connections: WebConnections | None = None,
    port_named: str = PORT_KEY,
) -> AsyncIterator[int]:
    """Serve *app* within the block; yield the port, which differs from *port* where that is 0.

    *connections* bounds its clients. Raises CannotStart where the address cannot be used; *port_named*
    is the setting to change.
    """
    connections = connections or WebConnections()
    app.middlewares.insert(0, connections.track_request)
    runner = web.AppRunner(app, shutdown_timeout=2.0)
    await runner.setup()
    try:
        server = await _listen(runner, connections, (host, port), port_named=port_named)
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            server.close()
    finally:
        await runner.cleanup()


async def _listen(
    runner: web.AppRunner, connections: WebConnections, address: tuple[str, int], *, port_named: str
) -> asyncio.Server:
    """Return a listening server of *connections*; raises CannotStart."""
    serving = runner.server
    if serving is None:
        raise RuntimeError("the runner is not set up")
    loop = asyncio.get_running_loop()
    # A client that sends no complete header is idle for aiohttp, and its connection is not kept.
    handler = partial(
        RequestsWithJsonErrors,
        serving,
        loop=loop,
        access_log=None,  # type: ignore[arg-type]  # as the runners of aiohttp hand it over
        logger=server_log(),
        keepalive_timeout=HEADER_S,
        max_line_size=LONGEST_LINE,
    )
    try:
        return await loop.create_server(lambda: connections.protocol(handler), *address, backlog=BACKLOG)
    except OSError as error:
        where = f"{address[0]}:{address[1]}"
        text = f"{where}: {error.strerror}; end what listens there, or set another {port_named}"
        raise CannotStart(text) from error
