"""Acts at a desk over HTTP: steps with their forces, notes, calls, hand-over (docs/protocol.md, 8)."""

from collections.abc import Callable

from aiohttp import web

from accounts.domain.account import Account
from accounts.domain.actor import Actor, ActorKind, Evidence
from accounts.domain.rights import Rights
from accounts.store.people import account_of
from alerting.domain.model.effects import Refusal, RefuseAction
from alerting.domain.model.events import (
    AcceptHandOver,
    AddNote,
    Advance,
    DeclineHandOver,
    DeskAction,
    NoteCall,
    OfferHandOver,
    OperatorAction,
)
from alerting.domain.model.fire import Phase
from alerting.engine.engine import Engine
from alerting.engine.operators import ActionRefused
from alerting.http.access import rights_of
from alerting.http.acting import ActedBy, Said, operator_of
from alerting.http.contact_names import contact_name
from alerting.http.known_places import KnownPlaces
from alerting.http.lookup import Reach, check_reach, named_in
from alerting.http.named_forces import named_forces
from alerting.http.responses import incident_response
from contract.http.acts import CallRequest, HandOverRequest, NoteRequest, StepRequest
from contract.http.checking import BadRequest, read_body
from contract.http.incidents import ActionRequest
from contract.http.permissions import Permission
from runtime.clock import Clock
from runtime.json_answers import json_answer

STEPS = {
    "dispatch": Phase.DISPATCHED,
    "on-scene": Phase.ON_SCENE,
    "under-control": Phase.UNDER_CONTROL,
}
"""The steps by which a person goes on with an incident, as they stand in the path."""


class DeskActsApi:
    """Answers acts at a desk on incidents of *engine*; *known* has the forces of the registry."""

    def __init__(self, engine: Engine, clock: Clock, known: KnownPlaces) -> None:
        self._read = engine.transactions.read_for_web
        self._database = engine.database
        self._operators = engine.operators
        self._known = known
        self._clock = clock

    def routes(self) -> list[web.RouteDef]:
        """Return the routes of acts at a desk."""
        one = "/api/v1/incidents/{id}"
        return [
            *(web.post(f"{one}/{step}", self.advance) for step in STEPS),
            web.post(f"{one}/notes", self.note),
            web.post(f"{one}/calls", self.call),
            web.post(f"{one}/hand-over", self.hand_over),
            web.post(f"{one}/hand-over/accept", self.accept),
            web.post(f"{one}/hand-over/decline", self.decline),
        ]

    async def advance(self, request: web.Request) -> web.Response:
        """``POST /api/v1/incidents/{id}/dispatch``, ``on-scene`` or ``under-control``."""
        step = STEPS[request.path.rsplit("/", 1)[1]]
        asked = read_body(await request.read(), StepRequest)
        who = await self._operator(request, Said(asked.by, asked.note))
        rights = rights_of(request)
        forces = named_forces(self._known, rights, units=asked.units, means=asked.means, whom=asked.whom)
        event = Advance(who.by, step, who.account, forces=forces, skipped=asked.skipped)
        return await self._acted(request, event, who)

    async def note(self, request: web.Request) -> web.Response:
        """``POST /api/v1/incidents/{id}/notes``."""
        asked = read_body(await request.read(), NoteRequest)
        who = await self._operator(request, Said(asked.by))
        return await self._acted(request, AddNote(who.by, asked.text), who)

    async def call(self, request: web.Request) -> web.Response:
        """``POST /api/v1/incidents/{id}/calls``."""
        asked = read_body(await request.read(), CallRequest)
        who = await self._operator(request, Said(asked.by))
        contact = asked.contact or ""
        whom = asked.whom or (contact_name(self._known.index, contact) if contact else "")
        if not whom:
            raise BadRequest("body 'contact' and 'whom' are missing; say whom you called")
        event = NoteCall(who.by, whom, asked.answered, contact=contact, said=asked.said)
        return await self._acted(request, event, who)

    async def hand_over(self, request: web.Request) -> web.Response:
        """``POST /api/v1/incidents/{id}/hand-over``."""
        asked = read_body(await request.read(), HandOverRequest)
        who = await self._operator(request, Said(asked.by, asked.note))
        name = await self._name_of(request, asked.to)
        return await self._acted(request, OfferHandOver(who.by, who.account, asked.to, name), who)

    async def accept(self, request: web.Request) -> web.Response:
        """``POST /api/v1/incidents/{id}/hand-over/accept``."""
        return await self._answer(request, AcceptHandOver)

    async def decline(self, request: web.Request) -> web.Response:
        """``POST /api/v1/incidents/{id}/hand-over/decline``."""
        return await self._answer(request, DeclineHandOver)

    async def _answer(
        self, request: web.Request, answer: Callable[[str, str], DeskAction]
    ) -> web.Response:
        asked = read_body(await request.read(), ActionRequest)
        who = await self._operator(request, Said(asked.by, asked.note))
        return await self._acted(request, answer(who.by, who.account), who)

    async def _operator(self, request: web.Request, said: Said) -> ActedBy:
        """Return who acts on the incident that *request* names, which must be there for them."""
        reach = Reach(rights_of(request), Permission.INCIDENTS_ACT)
        premises = await self._premises(request, reach)
        return operator_of(reach.rights, said, needed=reach.needed, premises=premises)

    async def _premises(self, request: web.Request, reach: Reach) -> str | None:
        if reach.is_everywhere:
            return None
        incident_id = named_in(request)
        return await self._read(lambda store: check_reach(store, incident_id, reach))

    async def _acted(
        self, request: web.Request, event: OperatorAction | DeskAction, who: ActedBy
    ) -> web.Response:
        incident = await self._operators.act(
            named_in(request), event, now=self._clock(), proof=who.proof
        )
        return json_answer(incident_response(incident))

    async def _name_of(self, request: web.Request, account: str) -> str:
        """Return the name of *account*; raises ActionRefused unless it may act on the incident too.

        An account that is not there is answered as one that may not.
        """
        incident_id, rights = named_in(request), rights_of(request)
        premises = await self._read(lambda store: store.premises_of_incident(incident_id))
        found = await self._database.read(lambda connection: account_of(connection, account))
        if found is None or not may_act(found, rights, premises or ""):
            raise ActionRefused(RefuseAction(Refusal.NOBODY_TO_ACCEPT, account))
        return found.display_name


def may_act(account: Account, rights: Rights, premises: str) -> bool:
    """Return whether *account* may act in *premises*, by the areas of *rights* and its day."""
    actor = Actor(
        account=account.name,
        name=account.display_name,
        kind=ActorKind.PERSON,
        evidence=Evidence.PASSWORD,
        grants=account.grants,
    )
    its = Rights(actor, rights.tree, rights.day)
    return not account.is_disabled and its.may_in(Permission.INCIDENTS_ACT, premises)
