"""Ordering tests, drills, silences and maintenance over HTTP (docs/protocol.md, 8)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

from aiohttp import web

from alerting.domain.decisions.overrides import OverrideOrder
from alerting.domain.model.events import Close
from alerting.domain.model.fire import FireIncident
from alerting.domain.model.incident import IncidentKind, Outcome
from alerting.domain.model.override import LONGEST, OF_POINTS, OVERRIDES, Override
from alerting.domain.notification.protection import call_points
from alerting.engine.engine import Engine
from alerting.engine.operators import NoSuchOverride, OrderRefused
from alerting.http.access import rights_of
from alerting.http.acting import ActedBy, Said, operator_of
from alerting.http.lookup import Reach, check_reach, incident_of, named_in
from alerting.http.responses import incident_response, override_response
from alerting.http.second_person import SecondPerson
from alerting.store.store import CenterStore
from contract.http.checking import BadRequest, read_body, read_query
from contract.http.incidents import ActionRequest
from contract.http.overrides import OverrideRequest, Overrides, OverridesQuery
from contract.http.permissions import Permission
from contract.ids import IncidentId
from contract.times import SECOND, to_micros
from registry.domain.index import Index, Unregistered
from runtime.clock import Clock
from runtime.json_answers import json_answer

SHORTEST = timedelta(seconds=1)
"""The shortest override: of a shorter one nothing could be told, nor counted in a row."""

MOST_AHEAD = timedelta(days=90)
"""The latest begin of an override from now: a mistyped year must not silence premises for ever."""


class OverridesApi:
    """Answers requests about overrides from *engine*."""

    def __init__(self, engine: Engine, clock: Clock, second: SecondPerson) -> None:
        self._second = second
        self._read = engine.transactions.read_for_web
        self._refresh_registry = engine.transactions.refresh_registry
        self._registry = engine.registry
        self._operators = engine.operators
        self._clock = clock

    def routes(self) -> list[web.RouteDef]:
        """Return the routes of overrides."""
        return [
            web.get("/api/v1/overrides", self.all),
            web.post("/api/v1/overrides", self.order),
            web.post("/api/v1/overrides/{id}/end", self.end),
        ]

    async def all(self, request: web.Request) -> web.Response:
        """``GET /api/v1/overrides``."""
        asked = read_query(request.query, OverridesQuery)
        within = rights_of(request).visible(Permission.OVERRIDES_READ).named
        found = await self._read(
            lambda store: store.list_incidents(
                which=asked.state, limit=asked.limit, kinds=OVERRIDES, within=within
            )
        )
        listed = [override_response(each) for each in found if isinstance(each, Override)]
        return json_answer(Overrides(overrides=listed))

    async def order(self, request: web.Request) -> web.Response:
        """``POST /api/v1/overrides``."""
        asked, now = read_body(await request.read(), OverrideRequest), self._clock()
        await self._refresh_registry()  # the order may be about what was imported just before
        begins = asked.begins_at or now
        index = self._registry.current.index
        reach = _reach(request)
        is_there = reach.has(asked.premises)
        errors = [*_errors(asked, begins, now), *_unknown(asked, index, is_there=is_there)]
        of = None if reach.is_everywhere else asked.premises
        errors += _unknown_tester(asked.tester, index, of, day=reach.rights.day)
        if is_there:
            errors += await self._read(lambda store: _burning(store, asked, index))
        if errors:
            raise BadRequest("; ".join(errors))
        said = Said(asked.by)
        operator = operator_of(reach.rights, said, needed=reach.needed, premises=asked.premises)
        order, kind = _order(asked, begins, operator), IncidentKind(asked.kind)
        if order.extends:
            replace(reach, needed=Permission.EXTEND).has(asked.premises)
        terms = await self._second.terms(
            reach.rights.actor, kind, order, premises=asked.premises, index=index
        )
        try:
            override = await self._operators.order_override(
                kind, premises=asked.premises, order=order, now=now, terms=terms, proof=operator.proof
            )
        except OrderRefused as error:
            raise BadRequest(str(error)) from None
        return json_answer(override_response(override), status=201)

    async def end(self, request: web.Request) -> web.Response:
        """``POST /api/v1/overrides/{id}/end``."""
        asked = read_body(await request.read(), ActionRequest)
        override_id, reach = named_in(request, NoSuchOverride), _reach(request)
        found = await self._read(lambda store: _existing(store, override_id, reach))
        operator = operator_of(
            reach.rights, Said(asked.by, asked.note), needed=reach.needed, premises=found.site.id
        )
        event = Close(operator.by, Outcome.TEST)
        ended = await self._operators.act(override_id, event, now=self._clock(), proof=operator.proof)
        return json_answer(incident_response(ended))


def _reach(request: web.Request) -> Reach:
    return Reach(rights_of(request), Permission.OVERRIDES_ORDER, Permission.OVERRIDES_READ)


def _existing(store: CenterStore, override_id: IncidentId, reach: Reach) -> Override:
    """Return the override called *override_id*; raises NoSuchOverride."""
    check_reach(store, override_id, reach, missing=NoSuchOverride)
    found = incident_of(store, override_id)
    if not isinstance(found, Override):
        raise NoSuchOverride(override_id)
    return found


def _order(asked: OverrideRequest, begins: datetime, operator: ActedBy) -> OverrideOrder:
    times = to_micros(begins), to_micros(begins + timedelta(minutes=asked.minutes))
    zones, points = tuple(asked.zones), tuple(asked.points)
    note = ": ".join(each for each in (operator.proof.note, asked.note) if each)
    return OverrideOrder(
        operator.by,
        *times,
        zones,
        points,
        asked.tester,
        note,
        account=operator.account,
        extends=asked.extends,
    )


def _errors(asked: OverrideRequest, begins: datetime, now: datetime) -> Iterator[str]:
    """Return every error in what is ordered, with its remedy."""
    kind = IncidentKind(asked.kind)
    longest = LONGEST[kind] / SECOND / 60
    if asked.minutes > longest:
        yield f"a {kind} lasts at most {longest:g} minutes; order it again when it is over"
    if asked.minutes < SHORTEST / timedelta(minutes=1):
        yield "minutes are less than a second; order it for a minute at least"
    if not now - timedelta(minutes=1) <= begins <= now + MOST_AHEAD:
        yield f"begins_at must be from now on, and within {MOST_AHEAD.days} days"
    if kind in OF_POINTS and not (asked.zones or asked.points):
        yield f"a {kind} names the zones or points that it is for; add zones or points"
    if kind is IncidentKind.TEST and asked.tester is None:
        yield "a test names who is told of its signals; add tester, a contact of the registry"


def _burning(store: CenterStore, asked: OverrideRequest, index: Index) -> list[str]:
    """Return an error for each point that a test or drill would cover, and that is in a real fire."""
    if IncidentKind(asked.kind) not in OF_POINTS:
        return []
    zones = index.zones_of_points(asked.premises)
    cases = store.open_incidents_of([asked.premises])
    fires = [each for each in cases if isinstance(each, FireIncident)]
    real = [each for each in fires if each.exercise is None and not each.is_unverified]
    names = {point.name for fire in real for point in fire.standing}
    calls = call_points(index, asked.premises)
    of_zones = {name for name in names - calls if zones.get(name) in asked.zones}
    meant = of_zones | (names & set(asked.points))
    return [f"{name!r} is in fire already; end that incident first" for name in sorted(meant)]


def _unknown(asked: OverrideRequest, index: Index, *, is_there: bool) -> Iterator[str]:
    if not is_there or isinstance(index.premises(asked.premises), Unregistered):
        yield f"there are no premises {asked.premises!r}; look at: tocsin registry show"
        return
    for name in asked.zones:
        if isinstance(index.zone(asked.premises, name), Unregistered):
            yield f"{asked.premises!r} has no zone {name!r}"
    for name in asked.points:
        if isinstance(index.point(asked.premises, name), Unregistered):
            yield f"{asked.premises!r} has no point {name!r}"


def _unknown_tester(
    tester: str | None, index: Index, premises: str | None, *, day: date
) -> Iterator[str]:
    """Yield an error where *tester* is unknown, or one of others than *premises*, where these count."""
    if tester is None:
        return
    is_others = premises is not None and tester in _of_others(index, premises, day)
    if is_others or isinstance(index.contact(tester), Unregistered):
        yield f"{tester!r} is not a contact of the registry; look at: tocsin registry show"


def _of_others(index: Index, premises: str, day: date) -> frozenset[str]:
    """Return the people and teams of other premises and areas, who are nobody to *premises*."""
    place = index.premises(premises)
    own = frozenset(() if isinstance(place, Unregistered) else place.people)
    teams = frozenset(name for area in index.areas() for name in area.team)
    return (index.people() | teams) - own - frozenset(index.area_team(premises, day))
