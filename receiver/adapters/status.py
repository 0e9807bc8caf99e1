"""The HTTP server of the receiver: /status, /healthz and /metrics."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import structlog

from receiver.adapters.account_gateway import AccountGateway
from receiver.adapters.account_numbers import AccountNumbers
from receiver.adapters.account_supervisor import AccountSupervisor
from receiver.adapters.metrics import Metrics
from receiver.adapters.shared_uplink import SharedUplink
from runtime.connection_places import ConnectionLimits, ConnectionPlaces
from runtime.settings import GuardedWeb
from runtime.small_web import SmallWeb, WebAnswer, health_answer, json_body, metrics_answer

log = structlog.get_logger(__name__)

_MOST_SHOWN = 100


@asynccontextmanager
async def serve_status(
    settings: GuardedWeb,
    *,
    uplink: SharedUplink,
    supervisor: AccountSupervisor,
    accounts: AccountNumbers,
    metrics: Metrics,
) -> AsyncIterator[None]:
    """Serve within the block."""

    def health() -> WebAnswer:
        return health_answer(
            {
                "ok": supervisor.is_progressing() and uplink.session.connected,
                "broker": "connected" if uplink.session.connected else "away",
                "silent_accounts": supervisor.silent[:_MOST_SHOWN],
                "silent_accounts_count": len(supervisor.silent),
            }
        )

    def status() -> WebAnswer:
        return json_body({"accounts": [_account(each) for each in accounts.all]})

    web = SmallWeb(
        {"/status": status, "/healthz": health, "/metrics": lambda: metrics_answer(metrics.registry)},
        guarded=frozenset({"/status", "/metrics"} if settings.guards_metrics else {"/status"}),
        token=settings.secret(),
        hosts=settings.names,
        places=ConnectionPlaces(
            ConnectionLimits(settings.connections, settings.connections_by_address), metrics.http
        ),
    )
    async with web.serving(settings.host, settings.port) as port:
        log.info("status server listening", host=settings.host, port=port)
        yield


def _account(account: AccountGateway) -> dict[str, Any]:
    transmitter = account.transmitter
    state = account.sender.state()
    return {
        "gateway": account.plan.name,
        "state": transmitter.watch.state.value,
        "messages": transmitter.watch.valid_sentences,
        "waiting": state.depth,
        "epoch": state.epoch,
        "last_seq": state.last_seq,
        "points": transmitter.site.count_by_state(),
        "conditions": [
            {"scope": scope.value, "name": name, "kind": kind.value, "reason": reason}
            for (scope, name), held in transmitter.open_conditions().items()
            for kind, reason in held
        ],
    }
