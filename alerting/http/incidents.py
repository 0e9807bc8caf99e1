"""Incidents and signals over HTTP (docs/protocol.md, 8)."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import NamedTuple

import msgspec
from aiohttp import web

from alerting.domain.model.desk import desk_watch
from alerting.domain.model.events import Acknowledge, Close, MarkSeen, OperatorAction
from alerting.domain.model.fire import FireIncident
from alerting.domain.model.incident import IncidentKind, Outcome
from alerting.domain.wording.explanation import ExplanationSentence, coming, explanation, missing_rows
from alerting.domain.wording.incident_parts import SHOWN, premises
from alerting.domain.wording.milestones import milestones
from alerting.domain.wording.names import Names
from alerting.engine.engine import Engine
from alerting.http.access import rights_of
from alerting.http.account_contacts import AccountContacts
from alerting.http.acting import ActedBy, Said, operator_of
from alerting.http.failure_words import with_failures_in_words
from alerting.http.lookup import Reach, check_reach, existing_incident, named_in
from alerting.http.neighbouring_fires import with_neighbours
from alerting.http.queue_rows import QueueRows
from alerting.http.responses import damaged_response, incident_response
from alerting.http.second_person import SecondPerson
from alerting.http.told import people_told
from alerting.store.listing import DamagedIncident, Listed
from alerting.store.store import CenterStore
from contract.http import incidents as wire
from contract.http.checking import read_body, read_query
from contract.http.incidents import (
    ActionRequest,
    CloseRequest,
    ExplanationQuery,
    Incidents,
    IncidentsQuery,
    WhichKind,
)
from contract.http.permissions import Permission
from contract.http.signals import Signals, SignalsQuery
from contract.ids import IncidentId
from contract.times import Micros, to_micros
from registry.domain.index import Index
from registry.domain.local_days import local_day_at
from registry.model.contacts import ChannelKind
from runtime.clock import Clock
from runtime.json_answers import json_answer
from words.catalogue import Words
from words.loading import catalogue


class IncidentsApi:
    """Answers requests about incidents and signals from *engine*."""

    def __init__(
        self,
        engine: Engine,
        clock: Clock,
        second: SecondPerson,
        *,
        usable: frozenset[ChannelKind] = frozenset(ChannelKind),
    ) -> None:
        self._usable = usable
        self._second = second
        self._read = engine.transactions.read_for_web
        self._registry = engine.registry
        self._operators = engine.operators
        self._contacts = AccountContacts(engine.database)
        self._clock = clock

    def routes(self) -> list[web.RouteDef]:
        """Return the routes of incidents and signals."""
        one = "/api/v1/incidents/{id}"
        return [
            web.get("/api/v1/incidents", self.incidents),
            web.get(one, self.incident),
            web.get(f"{one}/explanation", self.explanation),
            web.post(f"{one}/acknowledge", self.acknowledge),
            web.post(f"{one}/seen", self.seen),
            web.post(f"{one}/close", self.close),
            web.get("/api/v1/signals", self.signals),
        ]

    async def incidents(self, request: web.Request) -> web.Response:
        """``GET /api/v1/incidents``."""
        asked = read_query(request.query, IncidentsQuery)
        kinds = list(IncidentKind) if asked.kind is WhichKind.ALL else [IncidentKind(asked.kind)]
        within = rights_of(request).visible(Permission.INCIDENTS_READ).named
        ids = None if asked.ids is None else [IncidentId(each) for each in asked.ids.split(",")]
        listed = Listed(asked.state, kinds, within, ids, asked.after)
        index, now = self._registry.current.index, to_micros(self._clock())
        found = await self._read(lambda store: _page(store, listed, asked.limit, index=index, now=now))
        return json_answer(Incidents(incidents=found.incidents, total=found.total, limit=asked.limit))

    async def incident(self, request: web.Request) -> web.Response:
        """``GET /api/v1/incidents/{id}``."""
        incident_id, reach = _id(request), _reach(request, Permission.INCIDENTS_READ)
        index, now = self._registry.current.index, to_micros(self._clock())
        return json_answer(
            await self._read(
                lambda store: _in_full(
                    store, incident_id, reach, index=index, usable=self._usable, now=now
                )
            )
        )

    async def explanation(self, request: web.Request) -> web.Response:
        """``GET /api/v1/incidents/{id}/explanation``."""
        incident_id, asked = _id(request), read_query(request.query, ExplanationQuery)
        words, index = catalogue().words(asked.lang), self._registry.current.index
        reach, now = _reach(request, Permission.INCIDENTS_READ), to_micros(self._clock())
        return json_answer(
            await self._read(
                lambda store: _explained(store, incident_id, reach, names=(words, index), now=now)
            )
        )

    async def acknowledge(self, request: web.Request) -> web.Response:
        """``POST /api/v1/incidents/{id}/acknowledge``."""
        return await self._act(request, lambda who: Acknowledge(who.by, who.account))

    async def seen(self, request: web.Request) -> web.Response:
        """``POST /api/v1/incidents/{id}/seen``."""
        contact = await self._contacts.of(rights_of(request))
        return await self._act(request, lambda who: MarkSeen(who.by, contact))

    async def _act(self, request: web.Request, act: Callable[[ActedBy], OperatorAction]) -> web.Response:
        asked = read_body(await request.read(), ActionRequest)
        operator = await self._operator(request, asked, Permission.INCIDENTS_ACT)
        return await self._acted(request, act(operator), operator)

    async def _acted(
        self, request: web.Request, event: OperatorAction, operator: ActedBy
    ) -> web.Response:
        incident = await self._operators.act(_id(request), event, now=self._now(), proof=operator.proof)
        return json_answer(incident_response(incident))

    async def _operator(
        self, request: web.Request, asked: ActionRequest | CloseRequest, needed: Permission
    ) -> ActedBy:
        """Return who acts on the incident that *request* names, which must be there for them."""
        incident_id, reach, premises = _id(request), _reach(request, needed), None
        if not reach.is_everywhere:
            premises = await self._read(lambda store: check_reach(store, incident_id, reach))
        said = Said(asked.by, asked.note)
        return operator_of(reach.rights, said, needed=needed, premises=premises)

    async def close(self, request: web.Request) -> web.Response:
        """``POST /api/v1/incidents/{id}/close``."""
        asked = read_body(await request.read(), CloseRequest)
        operator = await self._operator(request, asked, Permission.INCIDENTS_CLOSE)
        within = await self._second.to_close(rights_of(request).actor)
        event = Close(
            operator.by,
            Outcome(asked.outcome),
            operator.account,
            approve_within=within,
            cause=asked.cause,
            instead_of=asked.instead_of,
        )
        return await self._acted(request, event, operator)

    async def signals(self, request: web.Request) -> web.Response:
        """``GET /api/v1/signals``."""
        asked = read_query(request.query, SignalsQuery)
        within = rights_of(request).visible(Permission.SIGNALS_READ).named
        found = await self._read(
            lambda store: store.list_signals(
                premises=asked.premises,
                after=asked.after,
                limit=asked.limit,
                within=within,
                stored=(asked.stored_from, asked.stored_to),
            )
        )
        return json_answer(Signals(signals=found))

    def _now(self) -> datetime:
        return self._clock()


def _id(request: web.Request) -> IncidentId:
    return named_in(request)


def _reach(request: web.Request, needed: Permission) -> Reach:
    return Reach(rights_of(request), needed)


def _page(store: CenterStore, listed: Listed, limit: int, *, index: Index, now: Micros) -> "_ShownPage":
    """Return up to *limit* incidents as they are *listed*, and their total."""
    page = store.page_of_incidents(
        which=listed.which,
        limit=limit,
        kinds=listed.kinds,
        within=listed.within,
        ids=listed.ids,
        after=listed.after,
    )
    known = [each for each in page.incidents if not isinstance(each, DamagedIncident)]
    rows = QueueRows(known, store=store, index=index, now=now)
    shown = [
        damaged_response(each) if isinstance(each, DamagedIncident) else rows.shown(each, most=SHOWN)
        for each in page.incidents
    ]
    return _ShownPage(shown, page.total)


class _ShownPage(NamedTuple):
    incidents: list[wire.Incident]
    total: int


def _explained(
    store: CenterStore,
    incident_id: IncidentId,
    reach: Reach,
    *,
    names: tuple[Words, Index],
    now: Micros,
) -> wire.Explanation:
    incident, entries = existing_incident(store, incident_id, reach), store.timeline_of(incident_id)
    said = with_failures_in_words(entries, names[0])
    missing = store.missing_rows_of(incident, now)
    named = Names(*names, incident.site.id)
    index = names[1]
    above = set(index.areas_above(incident.site.id, local_day_at(now)))
    watch = desk_watch(store.desks.all(), incident.site.id, above=above, now=now)
    deadlines = store.deadlines_of(incident_id)
    following = coming(incident, deadlines, named, has_desk=watch.in_use)
    return wire.Explanation(
        incident=incident_id,
        premises=premises(incident),
        explanation=_sentences([*missing_rows(missing, now, named), *explanation(said, named)]),
        next=_sentences(following),
        milestones=milestones(incident.opened_at, entries),
    )


def _sentences(sentences: Iterable[ExplanationSentence]) -> list[wire.ExplanationSentence]:
    return [wire.ExplanationSentence(at=each.at, text=each.text) for each in sentences]


def _in_full(
    store: CenterStore,
    incident_id: IncidentId,
    reach: Reach,
    *,
    index: Index,
    usable: frozenset[ChannelKind],
    now: Micros,
) -> wire.Incident:
    incident = existing_incident(store, incident_id, reach)
    shown = QueueRows([incident], store=store, index=index, now=now).shown(incident, most=None)
    deliveries, entries = store.deliveries.of(incident_id), store.entries_of(incident_id)
    told = people_told(deliveries, entries, index, usable=usable)
    if isinstance(incident, FireIncident) and isinstance(shown, wire.FireIncident):
        shown = with_neighbours(store, incident, shown)
    return msgspec.structs.replace(shown, deliveries=deliveries, timeline=entries, told=told)
