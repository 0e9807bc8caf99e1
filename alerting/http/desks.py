"""Duty desks over HTTP: pages report who is there, and all who watch see it (docs/protocol.md, 8)."""

from aiohttp import web

from accounts.domain.rights import Rights
from alerting.domain.model.desk import DeskNews, DeskScope, DutyDesk
from alerting.engine.desks import Desks, TooManyDesks
from alerting.http.access import rights_of
from alerting.http.acting import ActedBy, Said, operator_of
from contract.http import desks as wire
from contract.http.checking import BadRequest, read_body
from contract.http.permissions import Permission
from contract.times import SECOND, Micros, to_micros
from runtime.clock import Clock
from runtime.json_answers import json_answer

_TAKEN = "body 'desk': this id is that of another desk; make a new one for this screen"
_FULL = "the center keeps no more desks; close pages that nobody uses, and report again"


class DesksApi:
    """Answers requests about *desks*."""

    def __init__(self, desks: Desks, clock: Clock) -> None:
        self._desks = desks
        self._clock = clock

    def routes(self) -> list[web.RouteDef]:
        """Return the routes of desks."""
        return [web.post("/api/v1/desks", self.report), web.get("/api/v1/desks", self.list_desks)]

    async def report(self, request: web.Request) -> web.Response:
        """``POST /api/v1/desks``."""
        asked, rights = read_body(await request.read(), wire.DeskReport), rights_of(request)
        operator = operator_of(rights, Said(asked.by), needed=Permission.DESKS_ATTEND)
        now = self._clock()
        scope, known = _scope(rights, asked.areas), self._desks.known(asked.desk)
        if known is not None and not _is_visible(known, rights):
            return json_answer({"error": _TAKEN}, status=409)
        try:
            desk = await self._desks.report(_news(asked, operator, scope, to_micros(now)), now)
        except TooManyDesks:
            return json_answer({"error": _FULL}, status=429)
        return json_answer(_shown(desk, to_micros(now)))

    async def list_desks(self, request: web.Request) -> web.Response:
        """``GET /api/v1/desks``."""
        rights, now = rights_of(request), to_micros(self._clock())
        found = [each for each in await self._desks.listed() if each.account]
        seen = [_shown(each, now) for each in found if _is_visible(each, rights)]
        return json_answer(wire.WatchedDesks(desks=seen, at=now))


def _scope(rights: Rights, areas: list[str] | None) -> DeskScope:
    """Return what whoever asks watches: all in which the person may, or *areas* of that."""
    if areas is None:
        held = rights.held(Permission.DESKS_ATTEND)
        everywhere = rights.everywhere(Permission.DESKS_ATTEND)
        return DeskScope(everywhere, tuple(sorted(held.areas)), tuple(sorted(held.premises)))
    reach = rights.areas(Permission.DESKS_ATTEND)
    for each in areas:
        if not rights.tree.has(each) or (reach is not None and each not in reach):
            raise BadRequest(f"body 'areas': {each!r} is not an area of yours; correct the id")
    return DeskScope(areas=tuple(sorted(set(areas))))


def _news(asked: wire.DeskReport, operator: ActedBy, scope: DeskScope, now: Micros) -> DeskNews:
    return DeskNews(
        id=asked.desk,
        account=operator.account,
        name=operator.by,
        scope=scope,
        key_at=_before(asked.key_ago_s, now),
        pointer_at=_before(asked.pointer_ago_s, now),
        hidden=asked.hidden,
        asleep=asked.asleep,
        sound_at=_before(asked.sound_ago_s, now),
        leaving=asked.leaving,
    )


def _before(ago_s: float | None, now: Micros) -> Micros | None:
    return None if ago_s is None else now - round(ago_s * SECOND)


def _is_visible(desk: DutyDesk, rights: Rights) -> bool:
    """Return whether whoever asks may know of *desk*: its own, one of all places, or of own areas."""
    reach = rights.areas(Permission.DESKS_ATTEND)
    if reach is None or desk.scope.everywhere or desk.account == rights.actor.account:
        return True
    watched = rights.within(Permission.DESKS_ATTEND, desk.scope.premises)
    return bool(watched) or not reach.isdisjoint(desk.scope.areas)


def _shown(desk: DutyDesk, now: Micros) -> wire.WatchedDesk:
    return wire.WatchedDesk(
        desk=desk.id,
        account=desk.account,
        name=desk.name,
        everywhere=desk.scope.everywhere,
        areas=list(desk.scope.areas),
        premises=list(desk.scope.premises),
        since=desk.since,
        sign=desk.sign,
        sign_at=desk.sign_at,
        reported_at=desk.reported_at,
        silent=desk.is_silent(now),
        hidden=desk.hidden,
        asleep=desk.asleep,
        sound_tested_at=desk.sound_at,
    )
