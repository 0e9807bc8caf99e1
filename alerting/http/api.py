"""The HTTP interface of alerting (docs/protocol.md, 8)."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any, Literal

import msgspec
from aiohttp import web
from pydantic import Field
from sqlalchemy.exc import DBAPIError

from alerting.domain.model.effects import Refusal
from alerting.domain.model.events import Advance, MarkSeen, OperatorAction
from alerting.domain.model.fire import Phase
from alerting.domain.model.incident import Incident, IncidentKind, Outcome
from alerting.domain.wording.explanation import Language, coming, explanation
from alerting.domain.wording.milestones import milestones
from alerting.domain.wording.webhook_body import premises
from alerting.engine.engine import ActionRefused, Engine, NoSuchIncident
from alerting.http.feed import Feed
from alerting.http.requests import Body, Person, body_of, query_of
from alerting.http.responses import damaged_response, incident_response
from alerting.store.listing import DamagedIncident
from alerting.store.store import Store
from contract.names import is_name
from runtime.clock import Clock
from runtime.web import Handler, require_token

MAX_BODY = 16_384
"""Largest request body in bytes; a real one is under 200."""


class Unreadable(Exception):
    """The stored state of this incident is damaged; its timeline and signals are not."""


class AcknowledgeBody(Body):
    """Who takes the incident."""

    by: Person


class CloseBody(Body):
    """Who ends the incident, and what it was."""

    by: Person
    outcome: Literal["genuine", "false_alarm", "malfunction", "hoax", "drill", "test"]


class _Page(Body):
    limit: int = Field(1_000, ge=1, le=10_000)


class IncidentsQuery(_Page):
    """Which incidents."""

    limit: int = Field(100, ge=1, le=1_000)
    state: Literal["open", "closed", "all"] = "open"
    kind: Literal["fire", "fault", "supervisory", "all"] = "fire"


class ExplanationQuery(Body):
    """In which language."""

    lang: Language = Language.VI


class SignalsQuery(_Page):
    """Which signals."""

    premises: str | None = None
    after: int = Field(0, ge=0, le=2**53)


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
        asked = query_of(request, IncidentsQuery)
        kinds = list(IncidentKind) if asked.kind == "all" else [IncidentKind(asked.kind)]
        found = await self._engine.read(
            lambda store: store.page_of_incidents(which=asked.state, limit=asked.limit, kinds=kinds)
        )
        listed = [_listed(each) for each in found.incidents]
        return web.json_response({"incidents": listed, "total": found.total, "limit": asked.limit})

    async def incident(self, request: web.Request) -> web.Response:
        """``GET /api/v1/incidents/{id}``."""
        number = request.match_info["id"]
        return web.json_response(await self._engine.read(lambda store: _in_full(store, number)))

    async def explanation(self, request: web.Request) -> web.Response:
        """``GET /api/v1/incidents/{id}/explanation``."""
        number, asked = request.match_info["id"], query_of(request, ExplanationQuery)
        return web.json_response(
            await self._engine.read(lambda store: _explained(store, number, asked.lang))
        )

    async def acknowledge(self, request: web.Request) -> web.Response:
        """``POST /api/v1/incidents/{id}/acknowledge``."""
        body = await body_of(request, AcknowledgeBody)
        return web.json_response(
            incident_response(
                await self._engine.acknowledge(request.match_info["id"], by=body.by, now=self._now())
            )
        )

    async def seen(self, request: web.Request) -> web.Response:
        """``POST /api/v1/incidents/{id}/seen``."""
        return await self._act(request, MarkSeen((await body_of(request, AcknowledgeBody)).by))

    async def progress(self, request: web.Request) -> web.Response:
        """``POST /api/v1/incidents/{id}/dispatch``, ``on-scene`` or ``under-control``."""
        by, phase = (await body_of(request, AcknowledgeBody)).by, STEPS[request.path.rsplit("/", 1)[1]]
        return await self._act(request, Advance(by, phase))

    async def _act(self, request: web.Request, event: OperatorAction) -> web.Response:
        incident = await self._engine.act(request.match_info["id"], event, now=self._now())
        return web.json_response(incident_response(incident))

    async def close(self, request: web.Request) -> web.Response:
        """``POST /api/v1/incidents/{id}/close``."""
        body = await body_of(request, CloseBody)
        number, outcome = request.match_info["id"], Outcome(body.outcome)
        incident = await self._engine.close(number, by=body.by, outcome=outcome, now=self._now())
        return web.json_response(incident_response(incident))

    async def signals(self, request: web.Request) -> web.Response:
        """``GET /api/v1/signals``."""
        asked = query_of(request, SignalsQuery)
        if asked.premises is not None and not is_name(asked.premises):
            raise web.HTTPBadRequest(
                text=f"premises {asked.premises!r} is no name: use a-z, 0-9 and '-'"
            )
        rows = await self._engine.read(
            lambda store: store.list_signals(
                premises=asked.premises, after=asked.after, limit=asked.limit
            )
        )
        return web.json_response({"signals": rows})

    def _now(self) -> datetime:
        return self._clock()


def make_web(
    api: IncidentsApi, feed: Feed, *, token: str | None, more: Iterable[web.RouteDef]
) -> web.Application:
    """The web application, with *more* routes; those below ``/api/`` need *token* if there is one."""
    app = web.Application(middlewares=[_errors, require_token(token)], client_max_size=MAX_BODY)
    app.add_routes(
        [
            *more,
            web.get("/api/v1/incidents", api.incidents),
            web.get("/api/v1/incidents/{id}", api.incident),
            web.get("/api/v1/incidents/{id}/explanation", api.explanation),
            web.post("/api/v1/incidents/{id}/acknowledge", api.acknowledge),
            web.post("/api/v1/incidents/{id}/seen", api.seen),
            *(web.post(f"/api/v1/incidents/{{id}}/{step}", api.progress) for step in STEPS),
            web.post("/api/v1/incidents/{id}/close", api.close),
            web.get("/api/v1/signals", api.signals),
            web.get("/api/v1/feed", feed.serve),
        ]
    )
    app.on_shutdown.append(feed.end)
    return app


def _listed(each: Incident | DamagedIncident) -> dict[str, Any]:
    return damaged_response(each) if isinstance(each, DamagedIncident) else incident_response(each)


def _explained(store: Store, number: str, language: Language) -> dict[str, Any]:
    incident, entries = _found(store, number), store.timeline_of(number)
    following = coming(incident, store.deadlines_of(number), language)
    return {
        "incident": number,
        "premises": premises(incident),
        "explanation": [asdict(each) for each in explanation(entries, language)],
        "next": [asdict(each) for each in following],
        "milestones": milestones(incident.opened_at, entries),
    }


def _in_full(store: Store, number: str) -> dict[str, Any]:
    incident = _found(store, number)
    told, entries = store.deliveries.of(number), store.timeline_of(number)
    return {**incident_response(incident), "deliveries": told, "timeline": entries}


def _found(store: Store, number: str) -> Incident:
    try:
        incident = store.incident(number)
    except (msgspec.MsgspecError, ValueError) as error:
        raise Unreadable(number) from error
    if incident is None:
        raise NoSuchIncident(number)
    return incident


@web.middleware
async def _errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Every error as JSON that says what to do."""
    try:
        return await handler(request)
    except NoSuchIncident as error:
        return web.json_response({"error": error.text}, status=404)
    except Unreadable as error:
        text = f"incident {error} is damaged in the database; act on its signals: GET /api/v1/signals"
        return web.json_response({"error": text}, status=500)
    except ActionRefused as error:
        return web.json_response({"error": _not_yours(error), "owner": error.owner}, status=409)
    except DBAPIError:
        text = "the database does not answer; try again, and look at /healthz"
        return web.json_response({"error": text}, status=503)
    except web.HTTPException as answer:
        text = answer.text or answer.reason
        return web.json_response({"error": text}, status=answer.status, headers=_kept(answer))


def _not_yours(error: ActionRefused) -> str:
    if error.refusal is Refusal.OWNED_BY_ANOTHER:
        return f"{error.owner} has taken this incident; speak with them"
    if error.refusal is Refusal.OUT_OF_ORDER:
        steps = ", ".join(STEPS)
        return f"this cannot follow {error.owner}; a confirmed fire goes by acknowledge, {steps}"
    who = error.owner or "the restoration of all points"
    return f"{who} closed this incident; a new fire opens a new one"


def _kept(answer: web.HTTPException) -> dict[str, str]:
    return {
        name: answer.headers[name] for name in ("Allow", "WWW-Authenticate") if name in answer.headers
    }
