"""Signing in with a provider of OpenID Connect over HTTP (docs/protocol.md, 8.1)."""

import structlog
from aiohttp import web

from accounts.attempts import SignInRefused
from accounts.domain.openid import CallbackAnswer, OpenIdRefusal, ProvenSubject
from accounts.openid.flow import LONGEST_FLOW_S
from accounts.openid.keys import BadToken
from accounts.openid.settings import CALLBACK_PATH
from accounts.openid.sign_in import OpenIdSignIn
from accounts.openid.web_client import ProviderAway
from accounts.service import Accounts
from accounts.sign_in import SignedIn
from alerting.http.session_cookies import FLOW_COOKIE, forget_flow, set_flow, set_session
from alerting.http.session_rules import private_address
from alerting.http.sign_in_count import SignInCount
from contract.http.checking import BadRequest, read_query
from contract.http.common import Error
from contract.http.sessions import OpenIdCallback
from runtime.clock import Clock
from runtime.json_answers import json_answer

log = structlog.get_logger(__name__)

START_PATH = "/api/v1/session/openid/start"

_PAGE = """<!doctype html>
<html lang="vi">
<head><meta charset="utf-8"><title>Tocsin</title><meta http-equiv="refresh" content="0; url=/"></head>
<body><a href="/">Tocsin</a></body>
</html>
"""
"""The page after signing in. A redirection would still be part of the way from the provider, on which a
browser does not send the cookie that was just set; from a page of this center it does.
"""

_PAGE_HEADERS = {"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'"}

_NOT_SET_UP = "no provider is set up; sign in with a name and a password, or set accounts.openid"
_AWAY = "the provider of identities does not answer; sign in with a name and a password, or try again"
_NOT_LINKED = "no account is linked to this identity; ask an administrator, who finds it in the audit"


class OpenIdApi:
    """Sends browsers to the provider and takes them back; *provider* is None where none is set up."""

    def __init__(
        self, accounts: Accounts, provider: OpenIdSignIn | None, clock: Clock, *, count: SignInCount
    ) -> None:
        self._accounts = accounts
        self._count = count
        self._provider = provider
        self._clock = clock

    def routes(self) -> list[web.RouteDef]:
        """Return the routes of OpenID Connect; HEAD must not use up an answer."""
        return [
            web.get(START_PATH, self.start, allow_head=False),
            web.get(CALLBACK_PATH, self.come_back, allow_head=False),
        ]

    async def start(self, request: web.Request) -> web.Response:
        """``GET /api/v1/session/openid/start``."""
        private_address(request)
        if self._provider is None:
            return json_answer(Error(error=_NOT_SET_UP), status=404)
        try:
            begun = await self._provider.begin(self._clock())
        except ProviderAway as error:
            return _away(error)
        response = web.Response(status=303, headers={"Location": begun.address})
        set_flow(response, begun.sealed, max_age_s=LONGEST_FLOW_S)
        return response

    async def come_back(self, request: web.Request) -> web.Response:
        """``GET /api/v1/session/openid/callback``."""
        address = private_address(request)
        if self._provider is None:
            return json_answer(Error(error=_NOT_SET_UP), status=404)
        response = await self._answer(request, self._provider, address)
        forget_flow(response)
        return response

    async def _answer(self, request: web.Request, provider: OpenIdSignIn, address: str) -> web.Response:
        answer, sealed = _callback(request), request.cookies.get(FLOW_COOKIE)
        try:
            proven = await provider.complete(sealed, answer, self._clock())
        except BadToken as error:
            return _refused(error.reason)
        except ProviderAway as error:
            return _away(error)
        return _begun(self._count.note(await self._begin(provider, proven, address)))

    async def _begin(
        self, provider: OpenIdSignIn, proven: ProvenSubject, address: str
    ) -> SignedIn | SignInRefused:
        return await self._accounts.sign_in.sign_in_by_identity(
            (proven.issuer, proven.subject),
            address,
            self._clock(),
            second_factor=provider.counts_as_second_factor(proven),
        )


def _callback(request: web.Request) -> CallbackAnswer:
    """Return what the provider sent along; raises BadRequest. It may send more than is known here."""
    known = {"state", "code", "error", "iss"}
    pairs = [(name, value) for name, value in request.query.items() if name in known]
    if len(pairs) != len(dict(pairs)):
        raise BadRequest("query: a parameter is given twice; begin to sign in anew")
    given = read_query(dict(pairs), OpenIdCallback)
    return CallbackAnswer(state=given.state, code=given.code, error=given.error, issuer=given.iss)


def _begun(answer: SignedIn | SignInRefused) -> web.Response:
    if isinstance(answer, SignInRefused):
        return json_answer(Error(error=_NOT_LINKED), status=401)
    response = web.Response(text=_PAGE, content_type="text/html", headers=_PAGE_HEADERS)
    set_session(response, answer.token)
    return response


def _refused(reason: OpenIdRefusal) -> web.Response:
    log.warning("sign-in with OpenID Connect refused", reason=reason)
    text = f"not signed in ({reason}); begin anew at {START_PATH}, or use a password"
    return json_answer(Error(error=text), status=401)


def _away(error: ProviderAway) -> web.Response:
    log.warning("provider of OpenID Connect does not answer", reason=str(error))
    return json_answer(Error(error=_AWAY), status=503, headers={"Retry-After": "5"})
