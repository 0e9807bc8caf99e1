"""The state of each gateway, over HTTP (docs/protocol.md, 8)."""

from collections.abc import Mapping
from datetime import datetime

from aiohttp import web

from alerting.domain.notification.center import CENTER
from alerting.domain.watch.gateways import GatewayWatch
from alerting.domain.watch.points import configured
from alerting.engine.engine import Engine
from alerting.http.access import rights_of
from alerting.mqtt.points_watch import PointsWatch
from alerting.mqtt.supervision import Supervision
from alerting.store.store import CenterStore, GatewayPresence
from contract.http.checking import read_query
from contract.http.gateways import (
    Comparison,
    Difference,
    Gateway,
    GatewayCondition,
    Gateways,
    PremisesQuery,
    Queue,
)
from contract.http.permissions import Permission
from contract.ids import GatewayKey
from contract.messages import LaneState
from contract.times import SECOND, Micros, to_micros
from registry.domain.index import Unregistered
from runtime.clock import Clock
from runtime.json_answers import json_answer

Since = Mapping[tuple[str, str, str], Micros]
"""Return when each condition of a gateway began, by premises, gateway and reason."""


class GatewaysApi:
    """Answers for who is heard."""

    def __init__(
        self, engine: Engine, supervision: Supervision, points: PointsWatch, clock: Clock
    ) -> None:
        self._read = engine.transactions.read_for_web
        self._registry = engine.registry
        self._supervision = supervision
        self._points = points
        self._clock = clock
        self._refused = engine.refused

    def routes(self) -> list[web.RouteDef]:
        """Return the routes of gateways."""
        return [web.get("/api/v1/gateways", self.gateways)]

    async def gateways(self, request: web.Request) -> web.Response:
        """``GET /api/v1/gateways``."""
        premises = read_query(request.query, PremisesQuery).premises
        visible = rights_of(request).visible(Permission.GATEWAYS_READ)
        said = await self._read(CenterStore.gateway_presences)
        holding = await self._read(lambda store: store.conditions.holding(CENTER))
        since = {(each.premises, each.gateway, each.reason): each.since for each in holding}
        shown = [
            self._gateway(key, watch, heard_at, said.get(key), since)
            for key, (watch, heard_at) in self._supervision.states().items()
            if premises in {None, key[0]} and key[0] in visible
        ]
        return json_answer(Gateways(gateways=shown))

    def _gateway(
        self,
        key: GatewayKey,
        watch: GatewayWatch,
        heard_at: datetime | None,
        said: GatewayPresence | None,
        since: Since,
    ) -> Gateway:
        entry, beat, offset = self._registry.current.index.gateway(*key), watch.beat, watch.offset
        return Gateway(
            premises=key[0],
            gateway=key[1],
            name="" if isinstance(entry, Unregistered) else entry.name,
            registered=not isinstance(entry, Unregistered),
            state=watch.state.value,
            heard_at=None if heard_at is None else to_micros(heard_at),
            clock_offset_s=None if offset is None else offset / SECOND,
            alarm=_queue(beat.alarm) if beat else None,
            telemetry=_queue(beat.telemetry) if beat else None,
            lines=beat.lines if beat else {},
            points=beat.points if beat else {},
            version="" if said is None else said.version,
            conditions=_conditions(key, watch, since),
            comparison=self._comparison(key, watch),
            access=self._refused.access(key, to_micros(self._clock())).value,
            certificate_until=self._refused.until(key),
        )

    def _comparison(self, key: GatewayKey, watch: GatewayWatch) -> Comparison | None:
        """Compare the gateway's points with the registry; None while its inventory is not here."""
        if (inventory := watch.inventory) is None:
            return None
        registered = self._registry.current.index.points_of(key[0]).values()
        return Comparison(
            at=inventory.at,
            registered=sum(each.gateway == key[1] for each in registered),
            configured=len(configured(inventory)),
            never_heard=sorted(name for names in inventory.never_heard.values() for name in names),
            unconfigured=inventory.unconfigured,
            differences=[
                Difference(point=each.point, reason=each.reason) for each in self._points.deviations(key)
            ],
        )


def _queue(lane: LaneState) -> Queue:
    return Queue(depth=lane.depth, oldest_age_s=lane.oldest_age_s)


def _conditions(key: GatewayKey, watch: GatewayWatch, since: Since) -> list[GatewayCondition]:
    reasons = sorted(each.value for each in watch.conditions)
    return [GatewayCondition(reason=each, since=since.get((*key, each))) for each in reasons]
