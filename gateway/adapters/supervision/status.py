"""The HTTP server of a gateway: /status, /healthz and /metrics, and the page for a technician."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import structlog

from contract.messages import Scope
from gateway.adapters.metrics import Metrics
from gateway.adapters.sources.intake import SourceIntake
from gateway.adapters.supervision.heard_path import heard_path
from gateway.adapters.supervision.page import page_routes
from gateway.adapters.supervision.supervisor import Supervisor
from gateway.adapters.uplink.uplink import Uplink
from gateway.domain.dialects.outcome import MessageOutcome
from gateway.domain.points.point import MonitoredPoint
from gateway.domain.points.site_points import DetectorAddress, OpenConditions
from gateway.domain.supervision.line_journal import LineJournal
from gateway.domain.supervision.line_watch import LineWatch
from gateway.domain.supervision.trips import TripTimes
from gateway.plan import GatewayPlan
from runtime.connection_places import ConnectionLimits, ConnectionPlaces
from runtime.small_web import Route, SmallWeb, WebAnswer, health_answer, json_body, metrics_answer

log = structlog.get_logger(__name__)


@asynccontextmanager
async def serve_status(
    plan: GatewayPlan,
    *,
    uplink: Uplink,
    supervisor: Supervisor,
    sources: Sequence[SourceIntake],
    trips: TripTimes,
    journals: Mapping[str, LineJournal],
    is_progressing: Callable[[], bool],
    metrics: Metrics,
) -> AsyncIterator[None]:
    """Serve within the block, if ``web`` is configured."""
    if plan.web is None:
        yield
        return

    def health() -> WebAnswer:
        return health_answer({"ok": is_progressing(), "connected": uplink.paths.connected})

    def status() -> WebAnswer:
        return json_body(_status(plan, uplink, supervisor, sources, trips))

    heard = {heard_path(name): _heard(journal) for name, journal in journals.items()}
    limits = ConnectionLimits(plan.web.connections, plan.web.connections_by_address)
    web = SmallWeb(
        {
            "/status": status,
            "/healthz": health,
            "/metrics": lambda: metrics_answer(metrics.registry),
            **heard,
            **page_routes(plan.web.page_words),
        },
        guarded=frozenset({"/status", *heard, *({"/metrics"} if plan.web.guards_metrics else ())}),
        token=plan.web.secret(),
        hosts=plan.web.names,
        places=ConnectionPlaces(limits, metrics.http),
    )
    async with web.serving(plan.web.host, plan.web.port) as port:
        log.info("status server listening", host=plan.web.host, port=port)
        yield


def _heard(journal: LineJournal) -> Route:
    return lambda: json_body({"entries": journal.entries})


def _status(
    plan: GatewayPlan,
    uplink: Uplink,
    supervisor: Supervisor,
    sources: Sequence[SourceIntake],
    trips: TripTimes,
) -> dict[str, Any]:
    open_conditions = supervisor.open_conditions()
    return {
        "premises": plan.premises,
        "gateway": plan.gateway,
        "at": supervisor.now().at,
        "connected": uplink.paths.connected,
        "paths": [
            {"name": name, "state": state.value, "selected": name == uplink.paths.selected}
            for name, state in uplink.paths.states.items()
        ],
        "alarm": msgspec.to_builtins(uplink.alarm.state()),
        "memory": msgspec.to_builtins(uplink.memory.state()),
        "telemetry": msgspec.to_builtins(uplink.telemetry.state()),
        "pending_readings": supervisor.pending_readings,
        "unknown_points": supervisor.site.unknown_points,
        "ignored_samples": supervisor.site.ignored_samples,
        "missed_sentences": supervisor.site.missed_sentences,
        "sources": [_source(each) for each in sources],
        "lines": [_line(line, open_conditions) for line in supervisor.lines],
        "points": [
            {**_point(at, point, open_conditions), "tripped_at": trips.tripped_at(point.name)}
            for at, point in supervisor.site.points.items()
        ],
        "conditions": [
            {"scope": scope.value, "name": name, "kind": kind.value, "reason": reason}
            for (scope, name), conditions in open_conditions.items()
            for kind, reason in conditions
        ],
        "incidents": [msgspec.to_builtins(each) for each in reversed(uplink.notices.values())],
    }


def _source(intake: SourceIntake) -> dict[str, Any]:
    """Return the outcomes of one source's messages, by reason, and its unknown fields and senders."""
    return {
        "name": intake.source.name,
        "dialect": intake.source.dialect.value,
        "connected": intake.connected,
        **{outcome.value: intake.outcomes.counts_of(outcome) for outcome in MessageOutcome},
        "unknown_fields": dict(intake.outcomes.unknown_fields),
        "unreadable_senders": list(intake.unreadable.senders),
        "silent_radio_gateways": intake.radio.silent,
    }


def _line(line: LineWatch, open_conditions: OpenConditions) -> dict[str, Any]:
    return {
        "name": line.name,
        "state": line.state.value,
        "valid_sentences": line.valid_sentences,
        "damaged_sentences": line.damaged_sentences,
        "conditions": _conditions(open_conditions, Scope.LINE, line.name),
    }


def _point(
    address: DetectorAddress, point: MonitoredPoint, open_conditions: OpenConditions
) -> dict[str, Any]:
    return {
        "name": point.name,
        "heard_on": address[0],
        "address": address[1],
        "kind": point.kind.value if point.kind else None,
        "state": point.state.value,
        "heard_at": point.heard_at,
        "values": point.values(),
        "conditions": _conditions(open_conditions, Scope.POINT, point.name),
    }


def _conditions(open_conditions: OpenConditions, scope: Scope, name: str) -> list[dict[str, str]]:
    return [
        {"kind": kind.value, "reason": reason} for kind, reason in open_conditions.get((scope, name), [])
    ]
