"""The HTTP API of ingest (docs/protocol.md, 8): readings, counts, health, metrics."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from aiohttp import web
from aiohttp.typedefs import Middleware

from contract.http.checking import BadRequest, read_query
from contract.http.common import Error
from contract.http.health import IngestHealth, without_names
from contract.http.readings import Count, Counts, CountsQuery, Readings, ReadingsQuery
from contract.http.routes import Service
from contract.quantities import QUANTITIES
from contract.times import Micros, to_micros
from ingest.adapters.access import IngestGuard, reach_if_known, reach_of
from ingest.adapters.metrics import Metrics
from ingest.adapters.stores.store import CurveQuery, ReadingSource, StoreAway
from ingest.domain.readable_premises import ALL
from ingest.domain.thinning import Curve
from ingest.settings import ReadingsApiSettings, Settings
from runtime.api_routes import api_routes, json_errors, no_stray_parameters
from runtime.clock import Clock
from runtime.json_answers import json_answer
from runtime.refused_requests import RefusedRequests
from runtime.web import Handler, health_routes, refuse_other_sites

NO_CURVE = Curve(t=[], v=[], thinned=False)
"""The readings of premises that are not there for whoever asks."""

DEFAULT_SPAN = timedelta(hours=24)
"""The time before ``to`` that readings are returned of, where ``from`` is not given."""


def web_app(
    settings: Settings,
    clock: Clock,
    *,
    store: ReadingSource,
    metrics: Metrics,
    health: Callable[[], IngestHealth],
    more: Iterable[web.RouteDef] = (),
) -> web.Application:
    """Return the server's routes and *more*, guarded by the token of *settings* where there is one."""
    api = _Api(store, settings.reading, clock)
    own = [_counting(metrics), json_errors, _store_errors]
    refusals = RefusedRequests(metrics.http.refused_requests)
    refused = refuse_other_sites(settings.web.names, refusals=refusals)
    guard = IngestGuard(settings.web, refusals).guard
    middlewares = [*own, refused, guard, no_stray_parameters]
    app = web.Application(middlewares=middlewares)
    app.add_routes(health_routes(metrics.registry, lambda request: _health_for(request, health())))
    app.add_routes(api_routes(Service.INGEST))
    app.add_routes(
        [web.get("/api/v1/readings", api.readings), web.get("/api/v1/readings/count", api.count)]
    )
    app.add_routes(more)
    return app


class _Api:
    def __init__(self, store: ReadingSource, figures: ReadingsApiSettings, clock: Clock) -> None:
        self._store = store
        self._figures = figures
        self._clock = clock

    async def readings(self, request: web.Request) -> web.Response:
        asked = read_query(request.query, ReadingsQuery)
        wanted = _wanted(asked, self._figures, self._clock())
        is_there = reach_of(request).has(asked.premises)
        curve = await self._store.read_curve(wanted) if is_there else NO_CURVE
        quantity = QUANTITIES.get(wanted.quantity)
        found = Readings(
            premises=wanted.premises,
            point=wanted.point,
            quantity=wanted.quantity,
            unit=quantity.unit if quantity else "",
            t=curve.t,
            v=curve.v,
            thinned=curve.thinned,
        )
        return json_answer(found)

    async def count(self, request: web.Request) -> web.Response:
        asked = read_query(request.query, CountsQuery)
        is_there = reach_of(request).has(asked.premises)
        counts = await self._store.count_readings(asked.premises) if is_there else []
        found = [Count(point=each.point, quantity=each.quantity, count=each.count) for each in counts]
        return json_answer(Counts(counts=found))


def _health_for(request: web.Request, health: IngestHealth) -> dict[str, Any]:
    knows = reach_if_known(request) == ALL
    shown: dict[str, Any] = msgspec.to_builtins(health if knows else without_names(health))
    return shown


def _wanted(asked: ReadingsQuery, figures: ReadingsApiSettings, now: datetime) -> CurveQuery:
    end = _time("to", asked.end, now)
    start = _time("from", asked.start, now - DEFAULT_SPAN)
    if start > end:
        raise BadRequest("query 'from' is after 'to'; exchange them")
    return CurveQuery(
        premises=asked.premises,
        point=asked.point,
        quantity=asked.quantity,
        start=start,
        end=end,
        max_points=_max_points(asked, figures),
    )


def _time(name: str, text: str | None, default: datetime) -> Micros:
    if text is None:
        return to_micros(default)
    number = _number(text)
    if number is not None and number <= 2**53:
        return number
    try:
        return _micros(datetime.fromisoformat(text))
    except (ValueError, OverflowError):
        raise BadRequest(
            f"query '{name}' {text[:40]!r} is not a time; give microseconds since 1970, or ISO 8601 as "
            f"{default:%Y-%m-%dT%H:%M:%SZ} (write '+' as %2B)"
        ) from None


def _micros(moment: datetime) -> Micros:
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0, to_micros(aware.astimezone(UTC)))


def _max_points(asked: ReadingsQuery, figures: ReadingsApiSettings) -> int:
    number = figures.default_points if asked.max_points is None else asked.max_points
    if not 2 <= number <= figures.most_points:
        remedy = f"give a number from 2 to {figures.most_points}"
        raise BadRequest(f"query 'max_points' '{number}' cannot be used; {remedy}")
    return number


def _number(text: str) -> int | None:
    """Return the whole number that *text* is, if it is one of up to 16 digits."""
    return int(text) if len(text) <= 16 and text.isascii() and text.isdigit() else None


def _counting(metrics: Metrics) -> Middleware:
    @web.middleware
    async def counting(request: web.Request, handler: Handler) -> web.StreamResponse:
        response = await handler(request)
        metrics.requests.labels(str(response.status)).inc()
        return response

    return counting


@web.middleware
async def _store_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except StoreAway as error:
        text = f"the readings store does not answer, try again: {error}"
        return json_answer(Error(error=text), status=503)
