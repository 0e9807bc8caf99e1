"""Finds what a client of ingest may see: the token of this machine all, an account its own premises."""

import hmac
from collections.abc import Mapping

from aiohttp import web

from contract.http.permissions import CENTER_WIDE, NEEDS_NO_ACCOUNT, Permission
from contract.http.request_header import SESSION_COOKIE
from contract.http.routes import ROUTES, Service
from ingest.adapters.accounts_at_alerting import AccountsAtAlerting, AccountsAway, Shown
from ingest.domain.readable_premises import ALL, ReadablePremises
from ingest.settings import IngestWeb
from runtime.client_address import asks_from_here
from runtime.json_answers import json_answer
from runtime.refused_requests import RefusedRequests
from runtime.web import Handler

REACH = web.RequestKey("reach", ReadablePremises)
"""The premises that whoever asks may see."""

_PERMISSIONS: Mapping[tuple[str, str], Permission] = {
    (each.method, each.path): each.permission for each in ROUTES if Service.INGEST in each.services
}
_UNAUTHORIZED = "send the header 'Authorization: Bearer <token>' with the token of the settings"
_OR_SIGN_IN = "sign in at alerting, or " + _UNAUTHORIZED
_ELSEWHERE = (
    "the token of the settings is good on this machine alone, since web.accounts is set; send a token "
    "made at the center with: tocsin accounts token add"
)

_AWAY = (
    "accounts: alerting, which keeps them, does not answer; try again, or use the token of the settings"
)


def reach_of(request: web.Request) -> ReadablePremises:
    """Return the premises that whoever sent *request* may see."""
    return request[REACH]


def reach_if_known(request: web.Request) -> ReadablePremises | None:
    """Return the same on an open path; None for whoever shows nothing."""
    return request.get(REACH)


class IngestGuard:
    """The guard of all routes of ingest: the token of *settings*, and the accounts of the center.

    Where the settings name the accounts, the token is good on this machine alone: ingest has no power to
    ask whether there is an administrator, and must not wait for alerting to know it.
    """

    def __init__(self, settings: IngestWeb, refused: RefusedRequests | None = None) -> None:
        token = settings.secret()
        self._expected = None if token is None else f"Bearer {token}".encode()
        self._opens_metrics = not settings.guards_metrics
        self._accounts = None if settings.accounts is None else AccountsAtAlerting(settings.accounts)
        self._refused = refused or RefusedRequests()

    @web.middleware
    async def guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Let *request* pass with its reach, or answer 401, 403 or 503."""
        permission, shown = self._permission(request), _shown(request)
        if permission in NEEDS_NO_ACCOUNT:
            if self._is_local(request, shown):
                request[REACH] = ALL
            return await handler(request)
        try:
            reach = await self._reach(request, shown, permission)
        except AccountsAway:
            return json_answer({"error": _AWAY}, status=503)
        if reach is None:
            return self._unauthorized(shown)
        if reach.is_nothing or (permission in CENTER_WIDE and reach != ALL):
            return self._forbidden(permission)
        request[REACH] = reach
        return await handler(request)

    async def _reach(
        self, request: web.Request, shown: Shown, permission: Permission
    ) -> ReadablePremises | None:
        if self._is_local(request, shown):
            return ALL
        if self._accounts is None or shown.is_nothing or self._has_token(shown):
            return None
        if permission is Permission.SIGNED_IN:  # which every account has; the answer names no premises
            known = await self._accounts.reach_of(shown, permission)
            return None if known is None else ALL
        return await self._accounts.reach_of(shown, permission)

    def _is_local(self, request: web.Request, shown: Shown) -> bool:
        """Return whether it is this machine: its token, or a program on it where there is none."""
        if self._expected is None:
            return shown.is_nothing and _is_here(request)
        is_here = self._accounts is None or _is_here(request)
        return self._has_token(shown) and is_here

    def _has_token(self, shown: Shown) -> bool:
        given = shown.authorization.encode("utf-8", "surrogateescape")
        return self._expected is not None and hmac.compare_digest(given, self._expected)

    def _permission(self, request: web.Request) -> Permission:
        resource = request.match_info.route.resource
        path = "" if resource is None else resource.canonical
        found = _PERMISSIONS.get((request.method.replace("HEAD", "GET"), path))
        if found is Permission.METRICS_READ and self._opens_metrics:
            return Permission.OPEN
        is_guarded = request.path.startswith("/api/")
        return found or (Permission.SIGNED_IN if is_guarded else Permission.OPEN)

    def _unauthorized(self, shown: Shown) -> web.Response:
        if self._has_token(shown):
            reason, text = "local token from elsewhere", _ELSEWHERE
        else:
            reason = "no token" if shown.is_nothing else "wrong token"
            text = _UNAUTHORIZED if self._accounts is None else _OR_SIGN_IN
        self._refused.note(reason)
        return json_answer({"error": text}, status=401, headers={"WWW-Authenticate": "Bearer"})

    def _forbidden(self, permission: Permission) -> web.Response:
        self._refused.note("no permission")
        text = f"no permission {permission.value!r}; ask an administrator for a role"
        return json_answer({"error": text}, status=403)


def _shown(request: web.Request) -> Shown:
    session = request.cookies.get(SESSION_COOKIE)
    cookie = "" if session is None else f"{SESSION_COOKIE}={session}"
    client = "" if _is_here(request) else request.remote or "unknown"
    return Shown(request.headers.get("Authorization", ""), cookie, client)


def _is_here(request: web.Request) -> bool:
    return asks_from_here(request.remote or "", request.headers)
