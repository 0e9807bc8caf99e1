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
from runtime.json_answers import json_answer
from runtime.refused_requests import RefusedRequests
from runtime.settings import is_loopback
from runtime.web import Handler

REACH = web.RequestKey("reach", ReadablePremises)
"""The premises that whoever asks may see."""

_PERMISSIONS: Mapping[tuple[str, str], Permission] = {
    (each.method, each.path): each.permission for each in ROUTES if Service.INGEST in each.services
}
_PROXY_HEADERS = ("X-Forwarded-For", "X-Forwarded-Proto", "Forwarded", "X-Real-IP", "Via")
"""Headers that show that a request passed a proxy, so that it is not one of this machine."""

_UNAUTHORIZED = "send the header 'Authorization: Bearer <token>' with the token of the settings"
_OR_SIGN_IN = "sign in at alerting, or " + _UNAUTHORIZED
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
    """The guard of all routes of ingest: the token of *settings*, and the accounts of the center."""

    def __init__(self, settings: IngestWeb) -> None:
        token = settings.secret()
        self._expected = None if token is None else f"Bearer {token}".encode()
        self._opens_metrics = not settings.guards_metrics
        self._accounts = None if settings.accounts is None else AccountsAtAlerting(settings.accounts)
        self._refused = RefusedRequests()

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
        if self._accounts is None or shown.is_nothing:
            return None
        if permission is Permission.SIGNED_IN:  # which every account has; the answer names no premises
            known = await self._accounts.reach_of(shown, permission)
            return None if known is None else ALL
        return await self._accounts.reach_of(shown, permission)

    def _is_local(self, request: web.Request, shown: Shown) -> bool:
        """Return whether it is this machine: its token, or a program on it where there is none."""
        if self._expected is None:
            passed_proxy = any(name in request.headers for name in _PROXY_HEADERS)
            return shown.is_nothing and not passed_proxy and is_loopback(request.remote or "")
        given = shown.authorization.encode("utf-8", "surrogateescape")
        return hmac.compare_digest(given, self._expected)

    def _permission(self, request: web.Request) -> Permission:
        resource = request.match_info.route.resource
        path = "" if resource is None else resource.canonical
        found = _PERMISSIONS.get((request.method.replace("HEAD", "GET"), path))
        if found is Permission.METRICS_READ and self._opens_metrics:
            return Permission.OPEN
        is_guarded = request.path.startswith("/api/")
        return found or (Permission.SIGNED_IN if is_guarded else Permission.OPEN)

    def _unauthorized(self, shown: Shown) -> web.Response:
        self._refused.note("no token" if shown.is_nothing else "wrong token")
        text = _UNAUTHORIZED if self._accounts is None else _OR_SIGN_IN
        return json_answer({"error": text}, status=401, headers={"WWW-Authenticate": "Bearer"})

    def _forbidden(self, permission: Permission) -> web.Response:
        self._refused.note("no permission")
        text = f"no permission {permission.value!r}; ask an administrator for a role"
        return json_answer({"error": text}, status=403)


def _shown(request: web.Request) -> Shown:
    session = request.cookies.get(SESSION_COOKIE)
    cookie = "" if session is None else f"{SESSION_COOKIE}={session}"
    return Shown(request.headers.get("Authorization", ""), cookie)
