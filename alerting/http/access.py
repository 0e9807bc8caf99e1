"""Finds who asks, and refuses what the account may not: before any handler, by the table of routes."""

import hmac
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import structlog
from aiohttp import web

from accounts.domain.actor import Actor, ActorKind, Evidence, local_actor
from accounts.domain.areas import AreaTree
from accounts.domain.rights import Rights
from accounts.identification import Credentials, Identifier
from alerting.http.clients import client_of
from alerting.http.long_requests import LongRequests, Unknowable
from alerting.store.errors import DatabaseError
from contract.http.permissions import CENTER_WIDE, NEEDS_NO_ACCOUNT, Permission
from contract.http.request_header import SESSION_COOKIE
from contract.http.routes import ROUTES, Answer, Service
from runtime.client_address import AskingClient, IpNetwork
from runtime.clock import Clock
from runtime.json_answers import json_answer
from runtime.refused_requests import RefusedRequests
from runtime.settings import GuardedWeb, is_loopback
from runtime.web import Handler

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
_WITHOUT_CODE = frozenset({Evidence.PASSWORD, Evidence.OPENID})
_PROVE_A_CODE = "prove a one-time code if your role needs one ('missing' in GET /api/v1/session)"
_UNAUTHORIZED = "sign in, or send the header 'Authorization: Bearer <token>' with a token of this center"


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


class LocalToken:
    """The single token of the settings; where there is none, whoever reaches loopback."""

    def __init__(self, token: str | None) -> None:
        self._token = None if token is None else token.encode()

    async def identify(self, given: Credentials) -> Actor | None:
        """Return this machine itself where *given* proves it."""
        if self._token is None:
            return local_actor(Evidence.LOOPBACK) if _is_open_to(given) else None
        bearer = (given.bearer or "").encode("utf-8", "surrogateescape")
        return local_actor(Evidence.LOCAL_TOKEN) if hmac.compare_digest(bearer, self._token) else None


def _is_open_to(given: Credentials) -> bool:
    """Return whether *given* is of a program on this machine, and not of a proxy for others."""
    return _is_empty(given) and is_loopback(given.address)


def _is_empty(given: Credentials) -> bool:
    return given.bearer is None and given.session is None


class AccessGuard:
    """The guard of all routes of alerting: who asks is known by one of *identifiers*, asked in turn."""

    def __init__(
        self,
        guarded: GuardedWeb,
        *identifiers: Identifier,
        tree: Callable[[], AreaTree],
        clock: Clock,
        proxies: Collection[IpNetwork] = (),
    ) -> None:
        self._opens_metrics = not guarded.guards_metrics
        self._identifiers: Sequence[Identifier] = (LocalToken(guarded.secret()), *identifiers)
        self._tree = tree
        self._clock = clock
        self._refused = RefusedRequests()
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

    def rights_for(self, actor: Actor) -> Rights:
        """Return the rights of *actor*, as of now."""
        return Rights(actor, self._tree(), self._clock().astimezone().date())

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
        )

    async def _actor(self, given: Credentials) -> Actor | None:
        for each in self._identifiers:
            if (actor := await each.identify(given)) is not None:
                return actor
        return None

    def _unauthorized(self, given: Credentials) -> web.Response:
        self._refused.note("no token" if _is_empty(given) else "wrong token")
        return json_answer({"error": _UNAUTHORIZED}, status=401, headers={"WWW-Authenticate": "Bearer"})

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
