"""The routes that each service of the center has: what it is, and the description of its HTTP."""

from functools import cache
from importlib.metadata import PackageNotFoundError, version

import msgspec
from aiohttp import web

from contract.http.checking import BadRequest, read_query
from contract.http.health import NoQuery
from contract.http.openapi import document
from contract.http.routes import ROUTES, Service
from runtime.json_answers import error_answer, json_answer
from runtime.own_thread import PurposeThreads
from runtime.web import Handler

_WITHOUT_PARAMETERS = frozenset(
    (route.method, route.path) for route in ROUTES if route.is_guarded and route.query is NoQuery
)


def api_routes(service: Service) -> list[web.RouteDef]:
    """Return ``/`` and ``/api/v1/openapi.json`` of *service*."""
    thread = PurposeThreads("description")
    start = {
        "service": service.value,
        "description": "/api/v1/openapi.json",
        "health": "/healthz",
        "metrics": "/metrics",
        "documentation": "docs/protocol.md, 8",
    }

    async def describe(_: web.Request) -> web.Response:
        return web.Response(
            body=await thread.run(_described), content_type="application/json", charset="utf-8"
        )

    async def begin(_: web.Request) -> web.Response:
        return json_answer(start)

    return [web.get("/", begin), web.get("/api/v1/openapi.json", describe)]


@web.middleware
async def json_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer every error of HTTP with JSON that names the thing, the fault and the remedy."""
    try:
        return await handler(request)
    except BadRequest as error:
        return json_answer({"error": str(error)}, status=400)
    except web.HTTPException as error:
        return error_answer(request, error)


@web.middleware
async def no_stray_parameters(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse parameters on a path that has none; raises BadRequest."""
    resource = request.match_info.route.resource
    path = "" if resource is None else resource.canonical
    if (request.method, path) in _WITHOUT_PARAMETERS:
        read_query(request.query, NoQuery)
    return await handler(request)


@cache
def _described() -> bytes:
    """Return the description; made when it is first asked for, as it takes a third of a second."""
    return msgspec.json.encode(document(_own_version()))


def _own_version() -> str:
    try:
        return version("tocsin")
    except PackageNotFoundError:
        return "unknown"
