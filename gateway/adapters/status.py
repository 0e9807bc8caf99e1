"""What a gateway shows of itself on site: /status, besides /healthz and /metrics."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import structlog
from aiohttp import web

from contract.messages import Scope
from gateway.adapters.intake import SourceIntake
from gateway.adapters.metrics import Metrics
from gateway.adapters.supervisor import Supervisor
from gateway.adapters.uplink import Uplink
from gateway.domain.dialects.outcome import Fate
from gateway.settings import Settings
from runtime.web import health_routes, require_token, serve

log = structlog.get_logger(__name__)


@asynccontextmanager
async def serve_status(
    settings: Settings,
    *,
    uplink: Uplink,
    supervisor: Supervisor,
    sources: Sequence[SourceIntake],
    moving: Callable[[], bool],
    metrics: Metrics,
) -> AsyncIterator[None]:
    """Serve within the block, if that was asked for."""
    if settings.web is None:
        yield
        return

    def health() -> dict[str, Any]:
        return {"ok": moving(), "connected": uplink.paths.connected}

    async def status(_: web.Request) -> web.Response:
        return web.json_response(_status(settings, uplink, supervisor, sources))

    guard = require_token(settings.web.secret(), below="/status")
    app = web.Application(middlewares=[guard])
    app.add_routes([*health_routes(metrics.registry, health), web.get("/status", status)])
    async with serve(app, settings.web.host, settings.web.port) as port:
        log.info("status server listens", host=settings.web.host, port=port)
        yield


def _status(
    settings: Settings, uplink: Uplink, supervisor: Supervisor, sources: Sequence[SourceIntake]
) -> dict[str, Any]:
    held = supervisor.held()
    return {
        "premises": settings.premises,
        "gateway": settings.gateway,
        "at": supervisor.now().at,
        "connected": uplink.paths.connected,
        "paths": [
            {"name": name, "state": state.value, "taken": name == uplink.paths.taken}
            for name, state in uplink.paths.states.items()
        ],
        "alarm": msgspec.to_builtins(uplink.alarm.state()),
        "memory": msgspec.to_builtins(uplink.memory.state()),
        "telemetry": msgspec.to_builtins(uplink.telemetry.state()),
        "readings_in_hand": supervisor.readings_in_hand,
        "unknown_points": supervisor.site.unknown_points,
        "ignored_samples": supervisor.site.ignored,
        "missed_sentences": supervisor.site.missed,
        "sources": [_source(each) for each in sources],
        "lines": [_line(line, held) for line in supervisor.lines],
        "points": [_point(at, point, held) for at, point in supervisor.site.points.items()],
        "conditions": [
            {"scope": scope.value, "name": name, "kind": kind.value, "reason": reason}
            for (scope, name), conditions in held.items()
            for kind, reason in conditions
        ],
        "incidents": [msgspec.to_builtins(each) for each in reversed(uplink.notices.values())],
    }


def _source(intake: SourceIntake) -> dict[str, Any]:
    """Return what became of the messages of one source, by reason, and what is not understood there."""
    return {
        "name": intake.source.name,
        "dialect": intake.source.dialect.value,
        "connected": intake.connected,
        **{fate.value: intake.fates.of(fate) for fate in Fate},
        "unknown_fields": dict(intake.fates.unknown_fields),
        "unreadable": list(intake.readable.senders),
    }


def _line(line: Any, held: Any) -> dict[str, Any]:
    return {
        "name": line.name,
        "state": line.state.value,
        "sound": line.sound,
        "damaged": line.damaged,
        "conditions": _conditions(held, Scope.LINE, line.name),
    }


def _point(at: tuple[str, str], point: Any, held: Any) -> dict[str, Any]:
    return {
        "name": point.name,
        "heard_on": at[0],
        "address": at[1],
        "kind": point.kind.value if point.kind else None,
        "state": point.state.value,
        "heard_at": point.heard_at,
        "values": point.values(),
        "conditions": _conditions(held, Scope.POINT, point.name),
    }


def _conditions(held: Any, scope: Scope, name: str) -> list[dict[str, str]]:
    return [{"kind": kind.value, "reason": reason} for kind, reason in held.get((scope, name), [])]
