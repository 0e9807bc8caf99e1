"""The account of what gateways sent and what is here: "0 of N lost" as an answer, not as a claim."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from aiohttp import web

from alerting.adapters.coverage import Account, Stream
from alerting.adapters.engine import CENTER, Engine
from alerting.adapters.store import Store
from alerting.adapters.supervision import Key, Supervision
from alerting.domain.clocks import SECOND
from alerting.domain.supervision import GatewayWatch
from contract.messages import LaneState
from contract.times import to_micros
from registry.domain.index import Index, Unregistered
from runtime.clock import Clock

FIRST_MISSING = 20
"""Missing numbers that are named one by one."""


@dataclass(frozen=True, slots=True)
class Line:
    """One epoch of one gateway; all but names, times and *state* are counts of signals.

    *sent* is what the gateway is known to have numbered since this database first heard of the epoch.
    Of these *stored* are here, *aside* were set aside, *given_up* are not here and no longer kept by
    the gateway, *waiting* are kept there for a receipt, and *missing* are none of all that.
    """

    premises: str
    gateway: str
    epoch: str
    sent: int
    stored: int
    aside: int
    given_up: int
    waiting: int
    missing: int
    first_missing: list[int]
    duplicated: int
    heard_at: int
    state: str


SUMMED = ("sent", "stored", "aside", "given_up", "waiting", "missing", "duplicated")


class Ledger:
    """Answers for what is here, and for who is heard."""

    def __init__(self, engine: Engine, supervision: Supervision, clock: Clock) -> None:
        self._engine = engine
        self._supervision = supervision
        self._clock = clock

    def routes(self) -> list[web.RouteDef]:
        """The routes of the ledger."""
        return [
            web.get("/api/v1/ledger", self.ledger),
            web.get("/api/v1/gateways", self.gateways),
        ]

    async def ledger(self, request: web.Request) -> web.Response:
        """``GET /api/v1/ledger``."""
        accounts = await self._engine.read(lambda store: store.coverage.accounts())
        states, premises = self._supervision.states(), request.query.get("premises")
        lines = [
            _line(stream, account, states.get(stream[:2]))
            for stream, account in sorted(accounts.items())
            if premises in {None, stream[0]}
        ]
        summary = {name: sum(getattr(line, name) for line in lines) for name in SUMMED}
        at = to_micros(self._clock())
        gateways = [asdict(line) for line in lines]
        return web.json_response({"lane": "alarm", "at": at, "gateways": gateways, "summary": summary})

    async def gateways(self, request: web.Request) -> web.Response:
        """``GET /api/v1/gateways``."""
        said = await self._engine.read(Store.all_gateways)
        holding = await self._engine.read(lambda store: store.conditions.holding(epoch=CENTER))
        since = {(each.premises, each.gateway, each.reason): each.since for each in holding}
        premises = request.query.get("premises")
        shown = [
            _gateway(self._engine.index, key, each, said.get(key, {}))
            | {"conditions": _conditions(key, each[0], since)}
            for key, each in self._supervision.states().items()
            if premises in {None, key[0]}
        ]
        return web.json_response({"gateways": shown})


def _line(stream: Stream, account: Account, known: tuple[GatewayWatch, datetime | None] | None) -> Line:
    """The account with what the gateway said last, without what an earlier database was told."""
    lane = _lane(stream, known)
    last = max(account.last, lane.last_seq if lane else 0)
    covered, waiting = account.coverage, lane.depth if lane else 0
    not_here = last - covered.count(last)
    counted = covered.count(account.last) - account.began
    return Line(
        *stream,
        sent=last - account.began,
        stored=account.stored,
        aside=account.aside,
        given_up=max(0, counted - account.stored - account.aside),
        waiting=waiting,
        missing=max(0, not_here - waiting),
        first_missing=covered.missing(last, most=FIRST_MISSING) if not_here > waiting else [],
        duplicated=account.duplicates,
        heard_at=account.heard_at,
        state=known[0].state.value if known else "expected",
    )


def _lane(stream: Stream, known: tuple[GatewayWatch, datetime | None] | None) -> LaneState | None:
    beat = known[0].beat if known else None
    return beat.alarm if beat is not None and beat.alarm.epoch == stream[2] else None


def _gateway(
    index: Index, key: Key, known: tuple[GatewayWatch, datetime | None], said: dict[str, Any]
) -> dict[str, Any]:
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
    key: Key, watch: GatewayWatch, since: dict[tuple[str, str, str], int]
) -> list[dict[str, Any]]:
    reasons = sorted(each.value for each in watch.conditions)
    return [{"reason": reason, "since": since.get((*key, reason))} for reason in reasons]
