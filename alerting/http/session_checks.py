"""Says of sessions who they are and what they may see, for the service of the duty desk.

The desk shows what its browsers showed it, so that it learns of no session that it was not shown. It
asks for many at once, and is told again only what changed: a thousand screens cost ten requests.
"""

import hashlib

from aiohttp import web

from accounts.domain.actor import Actor
from accounts.domain.rights import Rights
from accounts.domain.visible import Visible
from accounts.service import Accounts
from alerting.engine.registry_snapshot import ActiveRegistry
from alerting.http.access import AccessGuard
from alerting.http.session_answers import who_asks
from contract.http.access import (
    CheckedSession,
    CheckedSessions,
    PermittedPlaces,
    SessionsCheck,
    SessionSight,
    SessionToCheck,
)
from contract.http.checking import read_body
from contract.http.permissions import Permission
from contract.times import from_micros
from runtime.clock import Clock
from runtime.json_answers import json_answer


class SessionChecks:
    """Answers the check of sessions, by *access* and *accounts*."""

    def __init__(
        self, access: AccessGuard, accounts: Accounts, registry: ActiveRegistry, clock: Clock
    ) -> None:
        self._access = access
        self._accounts = accounts
        self._registry = registry
        self._clock = clock

    def routes(self) -> list[web.RouteDef]:
        """Return the route."""
        return [web.post("/api/v1/access/sessions", self.check)]

    async def check(self, request: web.Request) -> web.Response:
        """``POST /api/v1/access/sessions``."""
        asked = read_body(await request.read(), SessionsCheck)
        found = [await self._checked(each) for each in asked.sessions]
        return json_answer(CheckedSessions(sessions=found))

    async def _checked(self, asked: SessionToCheck) -> CheckedSession:
        actor = await self._access.actor_of_session(asked.session)
        if actor is None:
            return CheckedSession(stamp="")
        rights = self._access.rights_for(actor)
        stamp = _stamp(actor, rights, self._registry.current.version)
        if stamp == asked.stamp:
            return CheckedSession(stamp=stamp)
        return await self._in_full(asked, rights, stamp)

    async def _in_full(self, asked: SessionToCheck, rights: Rights, stamp: str) -> CheckedSession:
        has_session = rights.actor.session is not None
        found = await self._accounts.own.session_of(asked.session) if has_session else None
        seen_at = self._clock() if found is None else from_micros(found.session.seen_at)
        who = who_asks(rights, found, self._accounts.limits, seen_at)
        return CheckedSession(stamp=stamp, who=who, sight=_sight(rights))


def _stamp(actor: Actor, rights: Rights, version: int) -> str:
    said = repr((actor, version, rights.day)).encode()
    return hashlib.sha256(said).hexdigest()[:32]


def _sight(rights: Rights) -> SessionSight:
    return SessionSight(
        incidents=_places(rights.visible(Permission.INCIDENTS_READ)),
        feed=_places(rights.visible(Permission.FEED_READ)),
        clear=_places(rights.visible(Permission.PHONES_READ)),
        named=_places(rights.visible(Permission.REGISTRY_READ)),
    )


def _places(visible: Visible) -> PermittedPlaces:
    return PermittedPlaces(everywhere=visible.named is None, premises=sorted(visible.named or ()))
