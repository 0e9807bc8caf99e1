"""Approving or refusing, as a second person, what another one asked for (docs/protocol.md, 8)."""

from dataclasses import replace

from aiohttp import web

from accounts.domain.actor import ActorKind
from alerting.domain.model.events import Approve, EndProposal
from alerting.domain.model.incident import Incident
from alerting.domain.model.override import Override
from alerting.engine.engine import Engine
from alerting.engine.operators import NoSuchIncident, NoSuchOverride
from alerting.http.access import rights_of
from alerting.http.acting import ActedBy, Said, operator_of
from alerting.http.lookup import NotPermitted, Reach, check_reach, incident_of, named_in
from alerting.http.responses import incident_response
from alerting.store.store import CenterStore
from contract.http.checking import read_body
from contract.http.incidents import ActionRequest, RefusalRequest
from contract.http.permissions import Permission
from contract.ids import IncidentId
from runtime.clock import Clock
from runtime.json_answers import json_answer


class NotAPerson(NotPermitted):
    """A token of this machine is nobody's second person."""

    @property
    def text(self) -> str:
        """Return what is wrong, and what to do."""
        return "a token of this machine approves nothing; sign in as the second person, and approve it"


class ApprovalsApi:
    """Answers second persons from *engine*."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._read = engine.transactions.read_for_web
        self._operators = engine.operators
        self._clock = clock

    def routes(self) -> list[web.RouteDef]:
        """Return the routes of approvals."""
        return [
            web.post("/api/v1/overrides/{id}/approve", self.override),
            web.post("/api/v1/incidents/{id}/approve", self.incident),
            web.post("/api/v1/overrides/{id}/refuse", self.refuse_override),
            web.post("/api/v1/incidents/{id}/refuse", self.refuse_close),
            web.post("/api/v1/incidents/{id}/withdraw", self.withdraw_close),
        ]

    async def override(self, request: web.Request) -> web.Response:
        """``POST /api/v1/overrides/{id}/approve``."""
        reach = Reach(rights_of(request), Permission.APPROVE, Permission.OVERRIDES_READ)
        return await self._approve(request, reach, missing=NoSuchOverride)

    async def incident(self, request: web.Request) -> web.Response:
        """``POST /api/v1/incidents/{id}/approve``."""
        reach = Reach(rights_of(request), Permission.APPROVE)
        return await self._approve(request, reach, missing=NoSuchIncident)

    async def _approve(
        self, request: web.Request, reach: Reach, *, missing: type[NoSuchIncident]
    ) -> web.Response:
        asked, incident_id = read_body(await request.read(), ActionRequest), _id(request)
        found = await self._read(lambda store: _existing(store, incident_id, reach, missing=missing))
        if isinstance(found, Override) and found.extends:
            replace(reach, needed=Permission.EXTEND).has(found.site.id)
        if reach.rights.actor.kind is ActorKind.LOCAL:
            raise NotAPerson
        said = Said(asked.by, asked.note)
        who = operator_of(reach.rights, said, needed=reach.needed, premises=found.site.id)
        approved = await self._operators.approve(
            incident_id, Approve(who.by, who.account), now=self._clock(), proof=who.proof
        )
        return json_answer(incident_response(approved))

    async def refuse_override(self, request: web.Request) -> web.Response:
        """``POST /api/v1/overrides/{id}/refuse``."""
        reach = Reach(rights_of(request), Permission.APPROVE, Permission.OVERRIDES_READ)
        return await self._refuse(request, reach, missing=NoSuchOverride)

    async def refuse_close(self, request: web.Request) -> web.Response:
        """``POST /api/v1/incidents/{id}/refuse``."""
        reach = Reach(rights_of(request), Permission.APPROVE)
        return await self._refuse(request, reach, missing=NoSuchIncident)

    async def _refuse(
        self, request: web.Request, reach: Reach, *, missing: type[NoSuchIncident]
    ) -> web.Response:
        asked = read_body(await request.read(), RefusalRequest)
        if reach.rights.actor.kind is ActorKind.LOCAL:
            raise NotAPerson
        said = Said(asked.by, asked.note)
        who, incident_id = await self._who(request, reach, said, missing=missing)
        event = EndProposal(who.by, who.account, asked.reason, refuses=True)
        return await self._ended(incident_id, who, event)

    async def withdraw_close(self, request: web.Request) -> web.Response:
        """``POST /api/v1/incidents/{id}/withdraw``."""
        asked = read_body(await request.read(), ActionRequest)
        reach, said = Reach(rights_of(request), Permission.INCIDENTS_CLOSE), Said(asked.by, asked.note)
        who, incident_id = await self._who(request, reach, said, missing=NoSuchIncident)
        return await self._ended(incident_id, who, EndProposal(who.by, who.account))

    async def _who(
        self, request: web.Request, reach: Reach, said: Said, *, missing: type[NoSuchIncident]
    ) -> tuple[ActedBy, IncidentId]:
        """Return who acts, and the id of what waits, which must be there for them."""
        incident_id = _id(request)
        found = await self._read(lambda store: _existing(store, incident_id, reach, missing=missing))
        who = operator_of(reach.rights, said, needed=reach.needed, premises=found.site.id)
        return who, incident_id

    async def _ended(self, incident_id: IncidentId, who: ActedBy, event: EndProposal) -> web.Response:
        ended = await self._operators.act(incident_id, event, now=self._clock(), proof=who.proof)
        return json_answer(incident_response(ended))


def _id(request: web.Request) -> IncidentId:
    return named_in(request)


def _existing(
    store: CenterStore, incident_id: IncidentId, reach: Reach, *, missing: type[NoSuchIncident]
) -> Incident:
    """Return what is to be approved; raises *missing* where it is not there, or of the other sort."""
    check_reach(store, incident_id, reach, missing=missing)
    found = incident_of(store, incident_id)
    if found is None or isinstance(found, Override) is not (missing is NoSuchOverride):
        raise missing(incident_id)
    return found
