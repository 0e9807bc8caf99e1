"""Finds who asks, and refuses what the account may not: before any handler, by the table of routes."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import structlog
from aiohttp import web

from accounts.domain.actor import Actor, ActorKind, Evidence
from accounts.domain.areas import AreaTree
from accounts.domain.rights import Rights
from accounts.identification import Credentials, Identifier
from alerting.http.local_token import AskAdministrator, LocalToken
from alerting.http.long_requests import LongRequests, Unknowable
from alerting.store.errors import DatabaseError
from contract.http.permissions import CENTER_WIDE, NEEDS_NO_ACCOUNT, Permission
from contract.http.request_header import SESSION_COOKIE
from contract.http.routes import ROUTES, Answer, Service
from registry.model.local_time import local_day
from runtime.client_address import AskingClient, IpNetwork, asks_from_here
from runtime.clock import Clock
from runtime.json_answers import json_answer
from runtime.refused_requests import RefusedRequests
from runtime.settings import GuardedWeb
from runtime.web import Handler
from runtime.web_clients import client_of

log = structlog.get_logger(__name__)

RIGHTS = web.RequestKey("rights", Rights)
"""The rights of whoever asks."""


@dataclass(frozen=True, slots=True)
class LaterRights:
    """The rights of the same actor at any later moment, for an answer that goes on: *now* tells them."""

    now: Callable[[], Rights]


LATER_RIGHTS = web.RequestKey("later rights", LaterRights)
"""The rights of whoever asks, by the registry and the day of a later moment."""

_PERMISSIONS: Mapping[tuple[str, str], Permission] = {
    (each.method, each.path): each.permission for each in ROUTES if Service.ALERTING in each.services
}
_ENDLESS = frozenset((each.method, each.path) for each in ROUTES if each.answer is Answer.EVENTS)
_BY_ITSELF = frozenset((each.method, each.path) for each in ROUTES if each.name == "reportDesk")
_WITHOUT_CODE = frozenset({Evidence.PASSWORD, Evidence.OPENID})
_PROVE_A_CODE = "prove a one-time code if your role needs one ('missing' in GET /api/v1/session)"
_UNAUTHORIZED = "sign in, or send the header 'Authorization: Bearer <token>' with a token of this center"
_ELSEWHERE = (
    "the token of the settings is good on the center's own machine alone, since there are accounts; "
    "send a token made with: tocsin accounts token add"
)


CLIENT = web.RequestKey("client", AskingClient)
"""The client that asks, behind any proxy."""


def _route_of(request: web.Request) -> tuple[str, str]:
    resource = request.match_info.route.resource
    return request.method.replace("HEAD", "GET"), "" if resource is None else resource.canonical


def _goes_on(request: web.Request) -> bool:
    return request.method == "GET" and _route_of(request) in _ENDLESS


def rights_of(request: web.Request) -> Rights:
    """Return the rights of whoever sent *request*."""
    return request[RIGHTS]


def later_rights_of(request: web.Request) -> LaterRights:
    """Return what tells the rights of whoever sent *request* at any later moment."""
    return request[LATER_RIGHTS]


def rights_if_known(request: web.Request) -> Rights | None:
    """Return the rights of whoever sent *request* on an open path; None for whoever shows nothing."""
    return request.get(RIGHTS)


class AccessGuard:
    """The guard of all routes of alerting: who asks is known by one of *identifiers*, asked in turn."""

    def __init__(
        self,
        guarded: GuardedWeb,
        *identifiers: Identifier,
        has_administrator: AskAdministrator,
        tree: Callable[[], AreaTree],
        clock: Clock,
        refused: RefusedRequests | None = None,
        proxies: Collection[IpNetwork] = (),
    ) -> None:
        self._opens_metrics = not guarded.guards_metrics
        self._local = LocalToken(guarded.secret(), has_administrator)
        self._identifiers: Sequence[Identifier] = (self._local, *identifiers)
        self._tree = tree
        self._clock = clock
        self._refused = refused or RefusedRequests()
        self._proxies = proxies
        self.long_requests = LongRequests()

    @web.middleware
    async def guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Let *request* pass with its rights, or answer 401 or 403."""
        permission = self._permission(request)
        request[CLIENT] = client_of(request, self._proxies)
        given = self._credentials(request)
        if permission in NEEDS_NO_ACCOUNT:
            if (actor := await self._known(given)) is not None:
                request[RIGHTS] = self.rights_for(actor)
            return await handler(request)
        if (actor := await self._actor(given)) is None:
            return self._unauthorized(given)
        rights = self.rights_for(actor)
        if not (rights.everywhere(permission) if permission in CENTER_WIDE else rights.may(permission)):
            return self._forbidden(actor, permission)
        request[RIGHTS], request[LATER_RIGHTS] = (
            rights,
            LaterRights(partial(self.rights_for, actor)),
        )
        if not _goes_on(request):
            return await handler(request)
        with self.long_requests.during(request, actor, partial(self._actor_again, given)):
            return await handler(request)

    async def _actor_again(self, given: Credentials) -> Actor | None:
        try:
            return await self._actor(replace(given, a_use=False))
        except DatabaseError as error:
            raise Unknowable from error
        except (ValueError, TypeError) as error:  # what is stored of the account was spoiled by hand
            log.error("account cannot be read; its long requests end", reason=str(error))
            return None

    async def actor_of_session(self, session: str) -> Actor | None:
        """Return whose *session* it is, by its cookie; to be asked is no use of it."""
        shown = Credentials(bearer=None, session=session, address="", a_use=False)
        return await self._actor(shown)

    def rights_for(self, actor: Actor) -> Rights:
        """Return the rights of *actor*, as of now."""
        return Rights(actor, self._tree(), local_day(self._clock()))

    async def _known(self, given: Credentials) -> Actor | None:
        """Return who asks on an open path, which is answered whatever becomes of accounts."""
        try:
            return await self._actor(given)
        except DatabaseError:
            return None

    def _permission(self, request: web.Request) -> Permission:
        found = _PERMISSIONS.get(_route_of(request))
        if found is Permission.METRICS_READ and self._opens_metrics:
            return Permission.OPEN
        is_guarded = request.path.startswith("/api/")
        return found or (Permission.SIGNED_IN if is_guarded else Permission.OPEN)

    def _credentials(self, request: web.Request) -> Credentials:
        given = request.headers.get("Authorization")
        scheme, _, token = (given or "").partition(" ")
        return Credentials(
            bearer=None if given is None else (token.strip() if scheme.lower() == "bearer" else ""),
            session=request.cookies.get(SESSION_COOKIE),
            address=request[CLIENT].address,
            is_here=asks_from_here(request.remote or "", request.headers),
            # A page reports by itself: that a screen is on keeps nobody signed in.
            a_use=_route_of(request) not in _BY_ITSELF,
        )

    async def _actor(self, given: Credentials) -> Actor | None:
        for each in self._identifiers:
            if (actor := await each.identify(given)) is not None:
                return actor
        return None

    def _unauthorized(self, given: Credentials) -> web.Response:
        reason, text = self._why_unknown(given)
        self._refused.note(reason)
        return json_answer({"error": text}, status=401, headers={"WWW-Authenticate": "Bearer"})

    def _why_unknown(self, given: Credentials) -> tuple[str, str]:
        """Return the reason why *given* proves nobody, and the remedy."""
        if self._local.is_shown_in(given):
            return "local token from elsewhere", _ELSEWHERE
        return "no token" if given.is_empty else "wrong token", _UNAUTHORIZED

    def _forbidden(self, actor: Actor, permission: Permission) -> web.Response:
        self._refused.note("no permission")
        text = f"{actor.name!r} has no permission {permission.value!r}; {_remedy(actor)}"
        return json_answer({"error": text}, status=403)


def _remedy(actor: Actor) -> str:
    """Return what *actor*, who lacks a permission, can do about it."""
    if actor.kind is ActorKind.SYSTEM:
        return "ask an administrator for a token with that scope"
    if actor.evidence in _WITHOUT_CODE:
        return f"{_PROVE_A_CODE}, or ask an administrator for a role"
    return "ask an administrator for a role"
