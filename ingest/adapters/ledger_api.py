"""The HTTP API for the ledger of the telemetry lane."""

from aiohttp import web

from contract.http.checking import read_query
from contract.http.gateways import PremisesQuery
from contract.ledger import count_of_unheard_epoch, lane_ledger, ledger_line
from contract.times import to_micros
from ingest.adapters.access import reach_of
from ingest.adapters.heartbeats import HeartbeatCache
from ingest.adapters.stream_accounts import StreamAccounts
from runtime.clock import Clock
from runtime.json_answers import json_answer


class LedgerApi:
    """Answers with what ingest counted of each stream, beside what its gateway reports."""

    def __init__(self, accounts: StreamAccounts, heartbeats: HeartbeatCache, clock: Clock) -> None:
        self._accounts = accounts
        self._heartbeats = heartbeats
        self._clock = clock

    def routes(self) -> list[web.RouteDef]:
        """Return the routes of the ledger; the desk, which has one name for both, asks by the second."""
        paths = ("/api/v1/ledger", "/api/v1/readings/ledger")
        return [web.get(each, self.ledger) for each in paths]

    async def ledger(self, request: web.Request) -> web.Response:
        """``GET /api/v1/ledger``, and ``GET /api/v1/readings/ledger``."""
        premises, reach = read_query(request.query, PremisesQuery).premises, reach_of(request)
        # A gateway of which nothing could be stored yet reports what it keeps: it has a line too.
        reported = self._heartbeats.waiting_streams()
        unheard = {stream: count_of_unheard_epoch(state) for stream, state in reported.items()}
        counts = unheard | self._accounts.counts()
        lines = [
            ledger_line(stream, counts[stream], self._heartbeats.state_of(stream))
            for stream in sorted(counts)
            if premises in {None, stream.premises} and reach.has(stream.premises)
        ]
        account = lane_ledger("telemetry", to_micros(self._clock()), lines)
        return json_answer(account)
