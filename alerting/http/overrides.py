"""Ordering tests, drills, silences and maintenance over HTTP (docs/protocol.md, 8)."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Literal

from aiohttp import web
from pydantic import AwareDatetime, Field

from alerting.domain.decisions.overrides import OverrideOrder
from alerting.domain.model.events import Close
from alerting.domain.model.fire import FireIncident
from alerting.domain.model.incident import IncidentKind, Outcome
from alerting.domain.model.override import LONGEST, OF_POINTS, OVERRIDES, Override
from alerting.engine.engine import Engine, NoSuchOverride
from alerting.http.requests import Body, Person, body_of, query_of
from alerting.http.responses import incident_response
from alerting.store.store import Store
from contract.times import SECOND, to_micros
from registry.domain.index import Index, Unregistered
from runtime.clock import Clock
from runtime.settings import Name

MOST_AHEAD = timedelta(days=90)
"""How far ahead a measure may be ordered: a mistyped year must not silence a premises for ever."""


class OrderBody(Body):
    """What is ordered, for what, by whom, and for how long."""

    kind: Literal["test", "drill", "silence", "maintenance"]
    premises: Name
    by: Person
    minutes: float = Field(gt=0)
    begins_at: AwareDatetime | None = None
    zones: tuple[Name, ...] = ()
    points: tuple[Name, ...] = ()
    tester: Name | None = None
    note: str = Field("", max_length=500)


class EndBody(Body):
    """Who ends it."""

    by: Person


class OverridesQuery(Body):
    """Which measures."""

    limit: int = Field(100, ge=1, le=1_000)
    state: Literal["open", "closed", "all"] = "open"


class OverridesApi:
    """Answers requests about measures from *engine*."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def routes(self) -> list[web.RouteDef]:
        """The routes of measures."""
        return [
            web.get("/api/v1/overrides", self.all),
            web.post("/api/v1/overrides", self.order),
            web.post("/api/v1/overrides/{id}/end", self.end),
        ]

    async def all(self, request: web.Request) -> web.Response:
        """``GET /api/v1/overrides``."""
        asked = query_of(request, OverridesQuery)
        found = await self._engine.read(
            lambda store: store.list_incidents(which=asked.state, limit=asked.limit, kinds=OVERRIDES)
        )
        return web.json_response({"overrides": [incident_response(each) for each in found]})

    async def order(self, request: web.Request) -> web.Response:
        """``POST /api/v1/overrides``."""
        asked, now = await body_of(request, OrderBody), self._clock()
        begins = asked.begins_at or now
        burning = await self._engine.read(lambda store: _burning(store, asked, self._engine.index))
        flaws = [*_flaws(asked, begins, now, self._engine.index), *burning]
        if flaws:
            raise web.HTTPBadRequest(text="; ".join(flaws))
        times = to_micros(begins), to_micros(begins + timedelta(minutes=asked.minutes))
        order = OverrideOrder(asked.by, *times, asked.zones, asked.points, asked.tester, asked.note)
        override = await self._engine.order(
            IncidentKind(asked.kind), premises=asked.premises, order=order, now=now
        )
        return web.json_response(incident_response(override), status=201)

    async def end(self, request: web.Request) -> web.Response:
        """``POST /api/v1/overrides/{id}/end``."""
        asked, number = await body_of(request, EndBody), request.match_info["id"]
        if not isinstance(await self._engine.read(lambda store: store.incident(number)), Override):
            raise NoSuchOverride(number)
        ended = await self._engine.act(number, Close(asked.by, Outcome.TEST), now=self._clock())
        return web.json_response(incident_response(ended))


def _flaws(asked: OrderBody, begins: datetime, now: datetime, index: Index) -> Iterator[str]:
    """Every mistake in what is ordered, each with what to do."""
    kind = IncidentKind(asked.kind)
    longest = LONGEST[kind] / SECOND / 60
    if asked.minutes > longest:
        yield f"a {kind} lasts at most {longest:g} minutes; order it again when it is over"
    if not now - timedelta(minutes=1) <= begins <= now + MOST_AHEAD:
        yield f"begins_at must be from now on, and within {MOST_AHEAD.days} days"
    if kind in OF_POINTS and not (asked.zones or asked.points):
        yield f"a {kind} names the zones or points that it is for; add zones or points"
    if kind is IncidentKind.TEST and asked.tester is None:
        yield "a test names who is told of its signals; add tester, a contact of the registry"
    yield from _unknown(asked, index)


def _burning(store: Store, asked: OrderBody, index: Index) -> list[str]:
    """The points that a test or drill would cover, and that are in a real fire just now."""
    if IncidentKind(asked.kind) not in OF_POINTS:
        return []
    zones = index.zones_of_points(asked.premises)
    cases = store.open_incidents_of([asked.premises]).values()
    fires = [each for each in cases if isinstance(each, FireIncident) and each.exercise is None]
    names = {point.name for fire in fires for point in fire.points.values() if point.standing}
    meant = {name for name in names if name in asked.points or zones.get(name) in asked.zones}
    return [f"{name!r} is in fire already; end that incident first" for name in sorted(meant)]


def _unknown(asked: OrderBody, index: Index) -> Iterator[str]:
    if isinstance(index.premises(asked.premises), Unregistered):
        yield f"there are no premises {asked.premises!r}; look at: tocsin registry show"
        return
    for name in asked.zones:
        if isinstance(index.zone(asked.premises, name), Unregistered):
            yield f"{asked.premises!r} has no zone {name!r}"
    for name in asked.points:
        if isinstance(index.point(asked.premises, name), Unregistered):
            yield f"{asked.premises!r} has no point {name!r}"
    if asked.tester is not None and isinstance(index.contact(asked.tester), Unregistered):
        yield f"{asked.tester!r} is no contact of the registry"
