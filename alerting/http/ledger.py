"""The account of what gateways sent and what is here: "0 of N lost" as an answer, not as a claim."""

from datetime import datetime
from typing import Any

import msgspec
from aiohttp import web

from alerting.domain.notification.center import CENTER
from alerting.domain.watch.gateways import GatewayWatch
from alerting.domain.watch.points import configured
from alerting.engine.engine import Engine
from alerting.mqtt.points_watch import PointsWatch
from alerting.mqtt.supervision import GatewayKey, Supervision
from alerting.store.coverage import StreamKey
from alerting.store.store import Store
from contract.ledger import Counted, Line, ledger, line
from contract.messages import LaneState
from contract.times import SECOND, to_micros
from registry.domain.index import Index, Unregistered
from runtime.clock import Clock

Watched = tuple[GatewayWatch, datetime | None]
"""What is known of a gateway, and when it was heard last."""


class LedgerApi:
    """Answers for what is here, and for who is heard."""

    def __init__(
        self, engine: Engine, supervision: Supervision, points: PointsWatch, *, clock: Clock
    ) -> None:
        self._engine = engine
        self._supervision = supervision
        self._points = points
        self._clock = clock

    def routes(self) -> list[web.RouteDef]:
        """The routes of the ledger."""
        return [
            web.get("/api/v1/ledger", self.ledger),
            web.get("/api/v1/gateways", self.gateways),
        ]

    async def ledger(self, request: web.Request) -> web.Response:
        """``GET /api/v1/ledger``."""
        counted = await self._engine.read(lambda store: store.coverage.counted())
        watched, premises = self._supervision.states(), request.query.get("premises")
        lines = [
            _line(stream, each, watched.get(stream[:2]))
            for stream, each in sorted(counted.items())
            if premises in {None, stream[0]}
        ]
        if premises is not None and not lines:
            self._see_that_it_is_known(premises)
        account = ledger("alarm", to_micros(self._clock()), lines)
        return web.json_response(body=msgspec.json.encode(account))

    def _see_that_it_is_known(self, premises: str) -> None:
        """Nothing lost of premises that are unknown would be a false comfort; raises HTTPNotFound."""
        heard = any(premises == key[0] for key in self._supervision.states())
        if not heard and isinstance(self._engine.index.premises(premises), Unregistered):
            text = (
                f"there are no premises {premises!r}, neither registered nor heard of; correct the name"
            )
            raise web.HTTPNotFound(text=text)

    async def gateways(self, request: web.Request) -> web.Response:
        """``GET /api/v1/gateways``."""
        said = await self._engine.read(Store.all_gateways)
        holding = await self._engine.read(lambda store: store.conditions.holding(CENTER))
        since = {(each.premises, each.gateway, each.reason): each.since for each in holding}
        premises = request.query.get("premises")
        shown = [
            _gateway(self._engine.index, key, each, said.get(key, {}))
            | {"conditions": _conditions(key, each[0], since)}
            | {"comparison": self._comparison(key, each[0])}
            for key, each in self._supervision.states().items()
            if premises in {None, key[0]}
        ]
        return web.json_response({"gateways": shown})

    def _comparison(self, key: GatewayKey, watch: GatewayWatch) -> dict[str, Any] | None:
        """Compare the gateway's points with the registry; None while its inventory is not here."""
        if (inventory := watch.inventory) is None:
            return None
        registered = self._engine.index.points_of(key[0]).values()
        never_heard = [name for names in inventory.never_heard.values() for name in names]
        return {
            "at": inventory.at,
            "registered": sum(each.gateway == key[1] for each in registered),
            "configured": len(configured(inventory)),
            "never_heard": sorted(never_heard),
            "unconfigured": inventory.unconfigured,
            "differences": [
                {"point": each.point, "reason": each.reason} for each in self._points.deviations(key)
            ],
        }


def _line(stream: StreamKey, counted: Counted, known: Watched | None) -> Line:
    if known is None:
        return line(stream, counted, None)
    watch = known[0]
    return line(stream, counted, watch.said.of(stream[2]), state=watch.state.value)


def _gateway(index: Index, key: GatewayKey, known: Watched, said: dict[str, Any]) -> dict[str, Any]:
    (watch, heard_at), entry = known, index.gateway(*key)
    beat, offset = watch.beat, watch.offset
    return {
        "premises": key[0],
        "gateway": key[1],
        "name": "" if isinstance(entry, Unregistered) else entry.name,
        "registered": not isinstance(entry, Unregistered),
        "state": watch.state.value,
        "heard_at": None if heard_at is None else to_micros(heard_at),
        "clock_offset_s": None if offset is None else offset / SECOND,
        "alarm": _waiting(beat.alarm if beat else None),
        "telemetry": _waiting(beat.telemetry if beat else None),
        "lines": beat.lines if beat else {},
        "points": beat.points if beat else {},
        "version": said.get("version", ""),
    }


def _waiting(lane: LaneState | None) -> dict[str, Any] | None:
    return None if lane is None else {"depth": lane.depth, "oldest_age_s": lane.oldest_age_s}


def _conditions(
    key: GatewayKey, watch: GatewayWatch, since: dict[tuple[str, str, str], int]
) -> list[dict[str, Any]]:
    reasons = sorted(each.value for each in watch.conditions)
    return [{"reason": reason, "since": since.get((*key, reason))} for reason in reasons]
