"""The web application of console: pages, streams, and what is passed on."""

from collections.abc import Callable

import msgspec
from aiohttp import web
from aiohttp.typedefs import Middleware
from prometheus_client import CollectorRegistry

from console.adapters.live import LiveApi
from console.adapters.pages import Pages
from console.adapters.passing_on import PassingOn
from console.settings import ConsoleWeb
from contract.http.console import ConsoleHealth
from contract.http.routes import ROUTES
from runtime.api_routes import json_errors
from runtime.client_address import asks_from_here
from runtime.json_answers import json_answer
from runtime.refused_requests import RefusedRequests
from runtime.web import Handler, health_routes, refuse_other_sites

ARRIVALS = frozenset(each.path for each in ROUTES if each.name == "completeOpenId")
"""Paths to which another site may send a person: that of the provider of identities."""

MAX_BODY = 16_384
"""Bytes of a body that is not passed on."""

OWN = ("/api", "/live", "/metrics", "/healthz")
"""Paths that are never those of a page, nor is anything below them."""

MAP_DATA = "/map/"
"""Below the page of the map stands what it is drawn from."""


def web_app(
    *,
    settings: ConsoleWeb,
    live: LiveApi,
    passing: PassingOn,
    pages: Pages,
    metrics: CollectorRegistry,
    health: Callable[[], ConsoleHealth],
    refusals: RefusedRequests,
    more: list[web.RouteDef],
) -> web.Application:
    """Return the application."""
    other_sites = refuse_other_sites(settings.names, arrivals=ARRIVALS, refusals=refusals)
    guard = _metrics_guard(settings, refusals)
    app = web.Application(middlewares=[json_errors, other_sites, guard], client_max_size=MAX_BODY)
    app.add_routes(health_routes(metrics, lambda _: msgspec.to_builtins(health())))
    app.add_routes([web.get("/live", live.serve), *more, *passing.routes()])
    app.add_routes([web.get("/{path:.*}", _pages_alone(pages))])
    app.on_response_prepare.append(_keep_private)
    return app


def _pages_alone(pages: Pages) -> Handler:
    async def serve(request: web.Request) -> web.StreamResponse:
        if request.path.startswith((*(f"{each}/" for each in OWN), MAP_DATA)) or request.path in OWN:
            raise web.HTTPNotFound
        return await pages.serve(request)

    return serve


def _metrics_guard(settings: ConsoleWeb, refusals: RefusedRequests) -> Middleware:
    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        is_here = settings.open_metrics or asks_from_here(request.remote or "", request.headers)
        if request.path == "/metrics" and not is_here:
            refusals.note("metrics from elsewhere")
            text = "/metrics: for this machine alone; ask here, or set web.open_metrics"
            return json_answer({"error": text}, status=403)
        return await handler(request)

    return guard


async def _keep_private(_: web.Request, response: web.StreamResponse) -> None:
    """Let nothing that is answered be kept in a cache, be taken for a page, or name a page elsewhere."""
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    response.headers.setdefault("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
