"""Signing in and out over HTTP, and a hand-over of the desk (docs/protocol.md, 8.1)."""

from collections.abc import Callable

from aiohttp import web

from accounts.attempts import CodeAttempt, SignInAttempt, SignInRefused
from accounts.domain.actor import Actor
from accounts.domain.rights import Rights
from accounts.own_account import AskingSession
from accounts.service import Accounts
from accounts.sign_in import SignedIn
from alerting.http.access import rights_of
from alerting.http.session_answers import refused, who_asks
from alerting.http.session_cookies import forget_session, set_session
from alerting.http.session_rules import cookie_of, person_of, private_address
from alerting.http.sign_in_count import SignInCount
from contract.http.checking import read_body
from contract.http.sessions import CodeRequest, NoFields, SignedOut, SignInRequest
from runtime.clock import Clock
from runtime.json_answers import json_answer

RightsOf = Callable[[Actor], Rights]
"""Returns the rights of an actor, as of now."""


class SessionsApi:
    """Answers requests about sessions from *accounts*."""

    def __init__(
        self, accounts: Accounts, clock: Clock, rights: RightsOf, *, count: SignInCount
    ) -> None:
        self._count = count
        self._accounts = accounts
        self._clock = clock
        self._rights = rights

    def routes(self) -> list[web.RouteDef]:
        """Return the routes of sessions."""
        return [
            web.post("/api/v1/session", self.sign_in),
            web.get("/api/v1/session", self.show),
            web.delete("/api/v1/session", self.sign_out),
            web.post("/api/v1/session/sign-out-everywhere", self.sign_out_everywhere),
            web.post("/api/v1/session/hand-over", self.hand_over),
            web.post("/api/v1/session/code", self.prove_code),
        ]

    async def sign_in(self, request: web.Request) -> web.Response:
        """``POST /api/v1/session``."""
        given = await _attempt(request)
        answer = await self._accounts.sign_in.sign_in(given, self._clock())
        return await self.answer_begun(self._count.note(answer))

    async def hand_over(self, request: web.Request) -> web.Response:
        """``POST /api/v1/session/hand-over``."""
        actor, given = person_of(request), await _attempt(request)
        return await self.answer_begun(await self._accounts.own.hand_over(actor, given, self._clock()))

    async def show(self, request: web.Request) -> web.Response:
        """``GET /api/v1/session``."""
        rights = rights_of(request)
        has_session = rights.actor.session is not None
        found = await self._accounts.own.session_of(cookie_of(request)) if has_session else None
        return self._shown(rights, found)

    async def sign_out(self, request: web.Request) -> web.Response:
        """``DELETE /api/v1/session``."""
        await self._accounts.sessions.sign_out(person_of(request), self._clock())
        return _signed_out(1)

    async def sign_out_everywhere(self, request: web.Request) -> web.Response:
        """``POST /api/v1/session/sign-out-everywhere``."""
        read_body(await request.read(), NoFields)
        sessions, actor = self._accounts.sessions, person_of(request)
        return _signed_out(await sessions.sign_out_everywhere(actor, self._clock()))

    async def prove_code(self, request: web.Request) -> web.Response:
        """``POST /api/v1/session/code``."""
        asked, actor = read_body(await request.read(), CodeRequest), person_of(request)
        given = CodeAttempt(asked.code, private_address(request))
        if refusal := await self._accounts.own.prove_code(actor, given, self._clock()):
            return refused(refusal)
        found = await self._accounts.own.session_of(cookie_of(request))
        return self._shown(rights_of(request) if found is None else self._rights(found.actor), found)

    async def answer_begun(self, answer: SignedIn | SignInRefused) -> web.Response:
        """Return who signed in, with the cookie of the new session; or why nobody did."""
        if isinstance(answer, SignInRefused):
            return refused(answer)
        found = await self._accounts.own.session_of(answer.token)
        if found is None:  # ended meanwhile
            return _signed_out(0)
        response = self._shown(self._rights(found.actor), found)
        set_session(response, answer.token)
        return response

    def _shown(self, rights: Rights, found: AskingSession | None) -> web.Response:
        return json_answer(who_asks(rights, found, self._accounts.limits, self._clock()))


async def _attempt(request: web.Request) -> SignInAttempt:
    address = private_address(request)
    asked = read_body(await request.read(), SignInRequest)
    return SignInAttempt(
        name=asked.name, password=asked.password, code=asked.code or None, address=address
    )


def _signed_out(ended: int) -> web.Response:
    response = json_answer(SignedOut(ended=ended))
    forget_session(response)
    return response
