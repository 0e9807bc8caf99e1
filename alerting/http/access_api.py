"""Tells whoever asks where it has a permission, for services without accounts of their own."""

from aiohttp import web

from alerting.http.access import rights_of
from contract.http.access import AccessQuery, PermittedPremises
from contract.http.checking import read_query
from runtime.json_answers import json_answer


def access_routes() -> list[web.RouteDef]:
    """Return the route."""
    return [web.get("/api/v1/access", access)]


async def access(request: web.Request) -> web.Response:
    """``GET /api/v1/access``."""
    asked, rights = read_query(request.query, AccessQuery), rights_of(request)
    named = rights.visible(asked.permission).named
    answer = PermittedPremises(
        account=rights.actor.account,
        permission=asked.permission,
        everywhere=named is None,
        premises=sorted(named or ()),
    )
    return json_answer(answer)
