"""The rounds of the synthetic fire, over HTTP: whether an alarm would still travel."""

from collections.abc import Callable

from aiohttp import web

from contract.http.checking import read_query
from contract.http.health import NoQuery
from contract.http.synthetic_fire import SyntheticFire
from runtime.json_answers import json_answer


class SyntheticFireApi:
    """Answers with the rounds as *shown* at the moment."""

    def __init__(self, shown: Callable[[], SyntheticFire]) -> None:
        self._shown = shown

    def routes(self) -> list[web.RouteDef]:
        """Return the route of rounds."""
        return [web.get("/api/v1/synthetic-fire", self.synthetic_fire)]

    async def synthetic_fire(self, request: web.Request) -> web.Response:
        """``GET /api/v1/synthetic-fire``."""
        read_query(request.query, NoQuery)
        return json_answer(self._shown())
