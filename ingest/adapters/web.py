"""The HTTP API of ingest (docs/protocol.md, 8): readings, counts, health, metrics."""

from collections.abc import Callable, Iterable
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web

from contract.names import is_name
from contract.quantities import QUANTITIES
from contract.times import Micros, to_micros
from ingest.adapters.metrics import Metrics
from ingest.adapters.stores.base import Store, StoreAway, Wanted
from ingest.settings import Reading, Settings
from runtime.clock import Clock
from runtime.web import Handler, health_routes, require_token

DEFAULT_SPAN = timedelta(hours=24)
"""How far back readings are given where ``from`` is not said."""


class BadParameter(ValueError):
    """A parameter that cannot be used; the text names it and says what it must be."""


def web_app(
    settings: Settings,
    clock: Clock,
    *,
    store: Store,
    metrics: Metrics,
    health: Callable[[], dict[str, Any]],
    more: Iterable[web.RouteDef] = (),
) -> web.Application:
    """The server's routes and *more*, guarded by the token of *settings* where there is one."""
    api = _Api(store, settings.reading, clock)
    app = web.Application(middlewares=[_plain_errors(metrics), require_token(settings.web.secret())])
    app.add_routes(health_routes(metrics.registry, health))
    app.add_routes(
        [web.get("/api/v1/readings", api.readings), web.get("/api/v1/readings/count", api.count)]
    )
    app.add_routes(more)
    return app


class _Api:
    def __init__(self, store: Store, figures: Reading, clock: Clock) -> None:
        self._store = store
        self._figures = figures
        self._clock = clock

    async def readings(self, request: web.Request) -> web.Response:
        wanted = _wanted(request, self._figures, self._clock())
        curve = await self._store.series(wanted)
        quantity = QUANTITIES.get(wanted.quantity)
        names = {"premises": wanted.premises, "point": wanted.point, "quantity": wanted.quantity}
        unit = {"unit": quantity.unit if quantity else ""}
        return web.json_response(names | unit | {"t": curve.t, "v": curve.v, "thinned": curve.thinned})

    async def count(self, request: web.Request) -> web.Response:
        counts = await self._store.counts(_name(request, "premises"))
        return web.json_response({"counts": [asdict(each) for each in counts]})


def _wanted(request: web.Request, figures: Reading, now: datetime) -> Wanted:
    end = _time(request, "to", now)
    start = _time(request, "from", now - DEFAULT_SPAN)
    if start > end:
        raise BadParameter("'from' is after 'to'; exchange them")
    return Wanted(
        premises=_name(request, "premises"),
        point=_name(request, "point"),
        quantity=_name(request, "quantity"),
        start=start,
        end=end,
        max_points=_max_points(request, figures),
    )


def _name(request: web.Request, key: str) -> str:
    text = request.query.get(key, "")
    if not is_name(text):
        problem = f"{text!r} is no name" if text else "is missing"
        raise BadParameter(f"'{key}' {problem}; give 1 to 63 of a-z, 0-9 and '-'")
    return text


def _time(request: web.Request, key: str, default: datetime) -> Micros:
    text = request.query.get(key)
    if text is None:
        return to_micros(default)
    number = _number(text)
    if number is not None and number <= 2**53:
        return number
    try:
        return _micros(datetime.fromisoformat(text))
    except (ValueError, OverflowError):
        raise BadParameter(
            f"'{key}' {text[:40]!r} is no time; give microseconds since 1970, or ISO 8601 as "
            f"{default:%Y-%m-%dT%H:%M:%SZ} (write '+' as %2B)"
        ) from None


def _micros(moment: datetime) -> Micros:
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0, to_micros(aware.astimezone(UTC)))


def _max_points(request: web.Request, figures: Reading) -> int:
    text = request.query.get("max_points", str(figures.default_points))
    number = _number(text)
    if number is None or not 2 <= number <= figures.most_points:
        raise BadParameter(
            f"'max_points' {text[:40]!r} is not usable; give a number from 2 to {figures.most_points}"
        )
    return number


def _number(text: str) -> int | None:
    """The whole number that *text* is, if it is one of up to 16 digits."""
    return int(text) if len(text) <= 16 and text.isascii() and text.isdigit() else None


def _plain_errors(metrics: Metrics) -> Any:
    @web.middleware
    async def plain_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            response = await handler(request)
        except BadParameter as error:
            response = _error(400, str(error))
        except StoreAway as error:
            response = _error(503, f"the readings store does not answer, try again: {error}")
        except web.HTTPException as error:
            response = _error(error.status, f"{error.reason}; see docs/protocol.md, 8")
        metrics.requests.labels(str(response.status)).inc()
        return response

    return plain_errors


def _error(status: int, text: str) -> web.Response:
    return web.json_response({"error": text}, status=status)
