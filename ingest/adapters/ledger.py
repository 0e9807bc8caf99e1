"""Answers for what is here of the telemetry lane."""

from aiohttp import web

from contract.http.checking import read_query
from contract.http.gateways import PremisesQuery
from contract.ledger import ledger, line, nothing_yet
from contract.times import to_micros
from ingest.adapters.beats import Beats
from ingest.adapters.lanes import Lanes
from runtime.clock import Clock
from runtime.json_answers import json_answer


class Accounts:
    """Puts together what was counted here and what gateways say."""

    def __init__(self, lanes: Lanes, beats: Beats, clock: Clock) -> None:
        self._lanes = lanes
        self._beats = beats
        self._clock = clock

    def routes(self) -> list[web.RouteDef]:
        """The routes of the ledger."""
        return [web.get("/api/v1/ledger", self.ledger)]

    async def ledger(self, request: web.Request) -> web.Response:
        """``GET /api/v1/ledger``."""
        premises = read_query(request.query, PremisesQuery).premises
        counted = dict(self._lanes.counted())
        # A gateway of which nothing could be stored yet is no secret: it says what it keeps.
        unheard = {lane: nothing_yet(said) for lane, said in self._beats.waiting()}
        lines = [
            line(lane, count, self._beats.of(*lane))
            for lane, count in sorted((unheard | counted).items(), key=lambda each: each[0])
            if premises in {None, lane.premises}
        ]
        account = ledger("telemetry", to_micros(self._clock()), lines)
        return json_answer(account)
