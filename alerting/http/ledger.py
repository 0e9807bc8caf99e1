"""The account of what gateways sent and what is here: "0 of N lost" as an answer, not as a claim."""

from datetime import datetime

from aiohttp import web

from accounts.domain.visible import Visible
from alerting.domain.watch.gateways import GatewayWatch
from alerting.engine.engine import Engine
from alerting.http.access import rights_of
from alerting.mqtt.supervision import Supervision
from contract.http.checking import read_query
from contract.http.gateways import PremisesQuery
from contract.http.permissions import Permission
from contract.ids import StreamKey
from contract.ledger import EpochCount, LedgerLine, lane_ledger, ledger_line
from contract.times import to_micros
from registry.domain.index import Unregistered
from runtime.clock import Clock
from runtime.json_answers import json_answer

Watched = tuple[GatewayWatch, datetime | None]
"""The state of a gateway, and the time of its last message."""


class LedgerApi:
    """Answers for what is here."""

    def __init__(self, engine: Engine, supervision: Supervision, clock: Clock) -> None:
        self._read = engine.transactions.read_for_web
        self._registry = engine.registry
        self._supervision = supervision
        self._clock = clock

    def routes(self) -> list[web.RouteDef]:
        """Return the routes of the ledger."""
        return [web.get("/api/v1/ledger", self.ledger)]

    async def ledger(self, request: web.Request) -> web.Response:
        """``GET /api/v1/ledger``."""
        visible = rights_of(request).visible(Permission.LEDGER_READ)
        counted = await self._read(lambda store: store.coverage.counted())
        watched, premises = self._supervision.states(), read_query(request.query, PremisesQuery).premises
        lines = [
            _line(stream, each, watched.get(stream.gateway_key))
            for stream, each in sorted(counted.items())
            if premises in {None, stream.premises} and stream.premises in visible
        ]
        if premises is not None and not lines:
            self._see_that_it_is_known(premises, visible)
        account = lane_ledger("alarm", to_micros(self._clock()), lines)
        return json_answer(account)

    def _see_that_it_is_known(self, premises: str, visible: Visible) -> None:
        """Nothing lost of premises that are unknown would be a false comfort; raises HTTPNotFound."""
        heard = any(premises == key[0] for key in self._supervision.states())
        known = heard or not isinstance(self._registry.current.index.premises(premises), Unregistered)
        if not (known and premises in visible):
            text = (
                f"there are no premises {premises!r}, neither registered nor heard of; correct the name"
            )
            raise web.HTTPNotFound(text=text)


def _line(stream: StreamKey, counted: EpochCount, known: Watched | None) -> LedgerLine:
    if known is None:
        return ledger_line(stream, counted, None)
    watch = known[0]
    return ledger_line(stream, counted, watch.said.state_of(stream.epoch), state=watch.state.value)
