"""Lists those to whom an incident may be handed over, so that nobody learns account names by heart."""

from aiohttp import web

from accounts.store.people import all_accounts
from alerting.engine.engine import Engine
from alerting.http.access import rights_of
from alerting.http.desk_acts import may_act
from alerting.http.lookup import Reach, check_reach, named_in
from contract.http.acts import Successor, Successors
from contract.http.permissions import Permission
from runtime.json_answers import json_answer

MOST = 200
"""People that are listed: those at a desk first."""


class SuccessorsApi:
    """Answers who may take an incident of *engine* over."""

    def __init__(self, engine: Engine) -> None:
        self._read = engine.transactions.read_for_web
        self._database = engine.database
        self._desks = engine.desks

    def routes(self) -> list[web.RouteDef]:
        """Return the route."""
        return [web.get("/api/v1/incidents/{id}/hand-over", self.list_successors)]

    async def list_successors(self, request: web.Request) -> web.Response:
        """``GET /api/v1/incidents/{id}/hand-over``."""
        incident_id, rights = named_in(request), rights_of(request)
        reach = Reach(rights, Permission.INCIDENTS_ACT)
        premises = await self._read(lambda store: check_reach(store, incident_id, reach))
        there = {each.account for each in await self._desks.listed()}
        accounts = await self._database.read(all_accounts)
        people = [
            Successor(account=each.name, name=each.display_name, attends=each.name in there)
            for each in accounts
            if each.name != rights.actor.account and may_act(each, rights, premises)
        ]
        people.sort(key=lambda each: (not each.attends, each.name.casefold(), each.account))
        return json_answer(Successors(people=people[:MOST]))
