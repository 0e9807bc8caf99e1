"""The HTTP interface of alerting (docs/protocol.md, 8)."""

from collections.abc import Iterable
from datetime import datetime

import msgspec
from aiohttp import web
from sqlalchemy.exc import DBAPIError

from alerting.domain.model.effects import Refusal
from alerting.domain.model.events import Advance, MarkSeen, OperatorAction
from alerting.domain.model.fire import Phase
from alerting.domain.model.incident import Incident, IncidentKind, Outcome
from alerting.domain.wording.explanation import Language, Sentence, coming, explanation
from alerting.domain.wording.incident_parts import premises
from alerting.domain.wording.milestones import milestones
from alerting.engine.engine import ActionRefused, Engine, NoSuchIncident
from alerting.http.feed import Feed
from alerting.http.lookup import Unreadable, existing_incident
from alerting.http.responses import damaged_response, incident_response
from alerting.store.listing import DamagedIncident
from alerting.store.store import Store
from contract.http import incidents as wire
from contract.http.checking import read_body, read_query
from contract.http.common import Error
from contract.http.incidents import (
    ActionRequest,
    CloseRequest,
    ExplanationQuery,
    Incidents,
    IncidentsQuery,
    WhichKind,
)
from contract.http.routes import Service
from contract.http.signals import Signals, SignalsQuery
from runtime.api_routes import api_routes, json_errors, no_stray_parameters
from runtime.clock import Clock
from runtime.json_answers import json_answer
from runtime.web import Handler, require_token

MAX_BODY = 16_384
"""Largest request body in bytes; a real one is under 200."""


STEPS = {
    "dispatch": Phase.DISPATCHED,
    "on-scene": Phase.ON_SCENE,
    "under-control": Phase.UNDER_CONTROL,
}
"""The steps by which a person goes on with an incident, as they stand in the path."""


class IncidentsApi:
    """Answers requests about incidents and signals from *engine*."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    async def incidents(self, request: web.Request) -> web.Response:
        """``GET /api/v1/incidents``."""
        asked = read_query(request.query, IncidentsQuery)
        kinds = list(IncidentKind) if asked.kind is WhichKind.ALL else [IncidentKind(asked.kind)]
        found = await self._engine.read(
            lambda store: store.page_of_incidents(which=asked.state, limit=asked.limit, kinds=kinds)
        )
        listed = [_listed(each) for each in found.incidents]
        return json_answer(Incidents(incidents=listed, total=found.total, limit=asked.limit))

    async def incident(self, request: web.Request) -> web.Response:
        """``GET /api/v1/incidents/{id}``."""
        incident_id = request.match_info["id"]
        return json_answer(await self._engine.read(lambda store: _in_full(store, incident_id)))

    async def explanation(self, request: web.Request) -> web.Response:
        """``GET /api/v1/incidents/{id}/explanation``."""
        incident_id, asked = request.match_info["id"], read_query(request.query, ExplanationQuery)
        language = Language(asked.lang)
        return json_answer(
            await self._engine.read(lambda store: _explained(store, incident_id, language))
        )

    async def acknowledge(self, request: web.Request) -> web.Response:
        """``POST /api/v1/incidents/{id}/acknowledge``."""
        asked = read_body(await request.read(), ActionRequest)
        incident_id = request.match_info["id"]
        incident = await self._engine.acknowledge(incident_id, by=asked.by, now=self._now())
        return json_answer(incident_response(incident))

    async def seen(self, request: web.Request) -> web.Response:
        """``POST /api/v1/incidents/{id}/seen``."""
        return await self._act(request, MarkSeen(read_body(await request.read(), ActionRequest).by))

    async def advance(self, request: web.Request) -> web.Response:
        """``POST /api/v1/incidents/{id}/dispatch``, ``on-scene`` or ``under-control``."""
        asked = read_body(await request.read(), ActionRequest)
        return await self._act(request, Advance(asked.by, STEPS[request.path.rsplit("/", 1)[1]]))

    async def _act(self, request: web.Request, event: OperatorAction) -> web.Response:
        incident = await self._engine.act(request.match_info["id"], event, now=self._now())
        return json_answer(incident_response(incident))

    async def close(self, request: web.Request) -> web.Response:
        """``POST /api/v1/incidents/{id}/close``."""
        asked = read_body(await request.read(), CloseRequest)
        incident_id, outcome = request.match_info["id"], Outcome(asked.outcome)
        incident = await self._engine.close(incident_id, by=asked.by, outcome=outcome, now=self._now())
        return json_answer(incident_response(incident))

    async def signals(self, request: web.Request) -> web.Response:
        """``GET /api/v1/signals``."""
        asked = read_query(request.query, SignalsQuery)
        found = await self._engine.read(
            lambda store: store.list_signals(
                premises=asked.premises, after=asked.after, limit=asked.limit
            )
        )
        return json_answer(Signals(signals=found))

    def _now(self) -> datetime:
        return self._clock()


def make_web(
    api: IncidentsApi, feed: Feed, *, token: str | None, more: Iterable[web.RouteDef]
) -> web.Application:
    """The web application, with *more* routes; those below ``/api/`` need *token* if there is one."""
    middlewares = [json_errors, _errors, require_token(token), no_stray_parameters]
    app = web.Application(middlewares=middlewares, client_max_size=MAX_BODY)
    app.add_routes(
        [
            *more,
            *api_routes(Service.ALERTING),
            web.get("/api/v1/incidents", api.incidents),
            web.get("/api/v1/incidents/{id}", api.incident),
            web.get("/api/v1/incidents/{id}/explanation", api.explanation),
            web.post("/api/v1/incidents/{id}/acknowledge", api.acknowledge),
            web.post("/api/v1/incidents/{id}/seen", api.seen),
            *(web.post(f"/api/v1/incidents/{{id}}/{step}", api.advance) for step in STEPS),
            web.post("/api/v1/incidents/{id}/close", api.close),
            web.get("/api/v1/signals", api.signals),
            web.get("/api/v1/feed", feed.serve),
        ]
    )
    app.on_shutdown.append(feed.end)
    return app


def _listed(each: Incident | DamagedIncident) -> wire.Incident:
    return damaged_response(each) if isinstance(each, DamagedIncident) else incident_response(each)


def _explained(store: Store, incident_id: str, language: Language) -> wire.Explanation:
    incident, entries = existing_incident(store, incident_id), store.timeline_of(incident_id)
    following = coming(incident, store.deadlines_of(incident_id), language)
    return wire.Explanation(
        incident=incident_id,
        premises=premises(incident),
        explanation=_sentences(explanation(entries, language)),
        next=_sentences(following),
        milestones=milestones(incident.opened_at, entries),
    )


def _sentences(sentences: Iterable[Sentence]) -> list[wire.Sentence]:
    return [wire.Sentence(at=each.at, text=each.text) for each in sentences]


def _in_full(store: Store, incident_id: str) -> wire.Incident:
    shown = incident_response(existing_incident(store, incident_id))
    deliveries, entries = store.deliveries.of(incident_id), store.entries_of(incident_id)
    return msgspec.structs.replace(shown, deliveries=deliveries, timeline=entries)


@web.middleware
async def _errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer what alerting cannot do with JSON that names the thing, the fault and the remedy."""
    try:
        return await handler(request)
    except NoSuchIncident as error:
        return _error(404, error.text)
    except Unreadable as error:
        text = f"incident {error} is damaged in the database; act on its signals: GET /api/v1/signals"
        return _error(500, text)
    except ActionRefused as error:
        return json_answer(Error(error=_not_yours(error), owner=error.owner), status=409)
    except DBAPIError:
        return _error(503, "the database does not answer; try again, and look at /healthz")


def _error(status: int, text: str) -> web.Response:
    return json_answer(Error(error=text), status=status)


def _not_yours(error: ActionRefused) -> str:
    if error.refusal is Refusal.OWNED_BY_ANOTHER:
        return f"{error.owner} has taken this incident; speak with them"
    if error.refusal is Refusal.OUT_OF_ORDER:
        steps = ", ".join(STEPS)
        return f"this cannot follow {error.owner}; a confirmed fire goes by acknowledge, {steps}"
    who = error.owner or "the restoration of all points"
    return f"{who} closed this incident; a new fire opens a new one"
