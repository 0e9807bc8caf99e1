"""Information of people who signed in, about a fire: real, false, being checked (docs/answering.md)."""

from collections.abc import Mapping

from aiohttp import web

from accounts.domain.roles import Role
from alerting.domain.model.events import PersonAnswered
from alerting.domain.model.fire import FireIncident
from alerting.engine.engine import Engine
from alerting.engine.person_answers import weight_of
from alerting.http.access import rights_of
from alerting.http.account_contacts import AccountContacts
from alerting.http.acting import ActedBy, Said, operator_of
from alerting.http.lookup import Reach, existing_incident, named_in
from alerting.http.responses import incident_response
from contract.answers import AnswerKind, AnswerWay, AnswerWeight
from contract.http.acts import InformationRequest
from contract.http.checking import BadRequest, read_body
from contract.http.permissions import Permission
from registry.domain.index import Index
from runtime.clock import Clock
from runtime.json_answers import json_answer

ACCOUNT = "account:"
"""The beginning of what stands for the contact of an account that has none."""

_NO_FIRE = "the incident is not a fire; write a note instead: POST .../notes"
_NO_NUMBER = "body 'people' is missing; say how many are inside, 0 for nobody"

_OF_PREMISES: Mapping[str, AnswerWeight] = {
    Role.HEAD_OF_PREMISES: AnswerWeight.HEAD,
    Role.TEAM_MEMBER: AnswerWeight.PREMISES,
}
"""The weights of those whose role says that the premises are theirs."""


class InformationApi:
    """Takes what people who signed in say of fires of *engine*."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._read = engine.transactions.read_for_web
        self._registry = engine.registry
        self._operators = engine.operators
        self._contacts = AccountContacts(engine.database)
        self._clock = clock

    def routes(self) -> list[web.RouteDef]:
        """Return the route."""
        return [web.post("/api/v1/incidents/{id}/answers", self.answer)]

    async def answer(self, request: web.Request) -> web.Response:
        """``POST /api/v1/incidents/{id}/answers``: it ends, holds back and escalates nothing."""
        asked = read_body(await request.read(), InformationRequest)
        incident_id = named_in(request)
        reach = Reach(rights_of(request), Permission.INCIDENTS_ACT)
        fire = await self._read(lambda store: existing_incident(store, incident_id, reach))
        _check(asked, is_fire=isinstance(fire, FireIncident))
        premises = fire.site.id
        who = operator_of(reach.rights, Said(asked.by), needed=reach.needed, premises=premises)
        contact = await self._contacts.of(reach.rights)
        weight = _weight(self._registry.current.index, premises, contact, who)
        event = PersonAnswered(
            by=who.by,
            contact=contact or f"{ACCOUNT}{who.account}",
            kind=AnswerKind(asked.answer),
            weight=weight,
            way=AnswerWay.HTTP,
            people=asked.people,
            text=asked.note,
        )
        after = await self._operators.act(incident_id, event, now=self._clock(), proof=who.proof)
        return json_answer(incident_response(after))


def _check(asked: InformationRequest, *, is_fire: bool) -> None:
    if not is_fire:
        raise BadRequest(_NO_FIRE)
    if asked.answer == AnswerKind.PEOPLE_INSIDE.value and asked.people is None:
        raise BadRequest(_NO_NUMBER)


def _weight(index: Index, premises: str, contact: str, who: ActedBy) -> AnswerWeight:
    """Return the weight of what *who* says: by the role in the premises, else by the contact."""
    return _OF_PREMISES.get(who.proof.role) or weight_of(index, premises, contact)
