"""The web application of alerting: every route that it serves (docs/protocol.md, 8)."""

from collections.abc import Callable
from dataclasses import dataclass

import msgspec
from aiohttp import web
from prometheus_client import CollectorRegistry

from alerting.engine.engine import Engine
from alerting.http.errors import alerting_errors
from alerting.http.feed import Feed
from alerting.http.gateways import GatewaysApi
from alerting.http.incidents import IncidentsApi
from alerting.http.ledger import LedgerApi
from alerting.http.overrides import OverridesApi
from alerting.mqtt.points_watch import PointsWatch
from alerting.mqtt.supervision import Supervision
from contract.http.health import AlertingHealth
from contract.http.routes import Service
from runtime.api_routes import api_routes, json_errors, no_stray_parameters
from runtime.clock import Clock
from runtime.settings import GuardedWeb
from runtime.web import guards, health_routes

MAX_BODY = 16_384
"""Largest request body in bytes; a real one is under 200."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """The parts that the routes answer from."""

    engine: Engine
    supervision: Supervision
    points: PointsWatch
    feed: Feed
    clock: Clock


def web_app(
    served: Served,
    *,
    guarded: GuardedWeb,
    metrics: CollectorRegistry,
    health: Callable[[], AlertingHealth],
) -> web.Application:
    """Return the application; its paths below ``/api/`` need the token of *guarded*, if any."""
    middlewares = [json_errors, alerting_errors, *guards(guarded), no_stray_parameters]
    app = web.Application(middlewares=middlewares, client_max_size=MAX_BODY)
    app.add_routes(health_routes(metrics, lambda: msgspec.to_builtins(health())))
    app.add_routes(api_routes(Service.ALERTING))
    app.add_routes(_routes(served))
    app.on_shutdown.append(served.feed.end)
    return app


def _routes(served: Served) -> list[web.RouteDef]:
    return [
        *IncidentsApi(served.engine, served.clock).routes(),
        *OverridesApi(served.engine, served.clock).routes(),
        *LedgerApi(served.engine, served.supervision, served.clock).routes(),
        *GatewaysApi(served.engine, served.supervision, served.points).routes(),
        web.get("/api/v1/feed", served.feed.serve),
    ]
