"""The routes of a person's own account: password, device, link (docs/protocol.md, 8.1)."""

import structlog
from aiohttp import web

from accounts.attempts import SignInAttempt, SignInRefusal, SignInRefused
from accounts.domain.account import Account
from accounts.domain.passwords import PasswordFault
from accounts.domain.roles import Role
from accounts.enrolment import EnrolmentRefused
from accounts.links import LinkRefusal
from accounts.own_account import AskingSession
from accounts.service import Accounts
from alerting.domain.fairness.token_bucket import Rate
from alerting.http.session_answers import missing_of, refused
from alerting.http.session_rules import cookie_of, person_of, private_address
from alerting.http.sessions import SessionsApi
from alerting.http.turns import ClientTurns
from contract.http.checking import BadRequest, read_body
from contract.http.common import Error
from contract.http.sessions import (
    AccountReady,
    CodeRequest,
    DeviceRequest,
    EnrolledDevice,
    NewDevice,
    PasswordChange,
    SetupRequest,
    SetUpState,
)
from contract.times import SECOND, to_micros
from runtime.clock import Clock
from runtime.json_answers import json_answer

log = structlog.get_logger(__name__)

SET_UPS = Rate(burst=20, per_second=0.1)
"""Uses of links that work once, by one address: nobody guesses 256 bits, nor needs more attempts."""

NEW_FOR = 600 * SECOND
"""Microseconds after a sign-in with a provider in which a device may be enrolled without a password."""

_SIGN_IN_ANEW = (
    "there is no password to ask for, and this session is older than ten minutes; "
    "sign in again with the provider, then enrol the device"
)


class OwnAccountApi:
    """Answers requests of people about their own accounts; *sessions* answers who signed in anew."""

    def __init__(self, accounts: Accounts, clock: Clock, sessions: SessionsApi) -> None:
        self._accounts = accounts
        self._clock = clock
        self._sessions = sessions
        self._set_ups = ClientTurns(SET_UPS)

    def routes(self) -> list[web.RouteDef]:
        """Return the routes of the own account."""
        session = "/api/v1/session"
        return [
            web.post(f"{session}/password", self.change_password),
            web.post(f"{session}/second-factor", self.begin_enrolment),
            web.post(f"{session}/second-factor/confirm", self.confirm_enrolment),
            web.get("/api/v1/setup", self.show_set_up),
            web.post("/api/v1/setup", self.set_up),
        ]

    async def change_password(self, request: web.Request) -> web.Response:
        """``POST /api/v1/session/password``."""
        actor, address = person_of(request), private_address(request)
        asked = read_body(await request.read(), PasswordChange)
        given = SignInAttempt(
            name=actor.account, password=asked.password, code=asked.code or None, address=address
        )
        answer = await self._accounts.own.change_password(given, asked.new_password, self._clock())
        if isinstance(answer, PasswordFault):
            raise BadRequest(f"body 'new_password' is {answer}")
        return await self._sessions.answer_begun(answer)

    async def begin_enrolment(self, request: web.Request) -> web.Response:
        """``POST /api/v1/session/second-factor``."""
        actor, address = person_of(request), private_address(request)
        asked = read_body(await request.read(), DeviceRequest)
        found = await self._accounts.own.session_of(cookie_of(request))
        if found is not None and not found.has_password and not self._is_new(found):
            return _conflict(_SIGN_IN_ANEW)
        if found is not None and found.has_password and not found.has_device:
            given = SignInAttempt(name=actor.account, password=asked.password, address=address)
            if refusal := await self._accounts.own.prove_password(given, self._clock()):
                return refused(refusal)
        try:
            begun = await self._accounts.second_factors.begin(actor.account, self._clock())
        except EnrolmentRefused as error:
            return _conflict(str(error))
        return json_answer(NewDevice(secret=begun.secret, link=begun.link))

    def _is_new(self, found: AskingSession) -> bool:
        """Return whether the person signed in just now, which stands for a missing password."""
        return to_micros(self._clock()) - found.session.began_at < NEW_FOR

    async def confirm_enrolment(self, request: web.Request) -> web.Response:
        """``POST /api/v1/session/second-factor/confirm``."""
        actor, _ = person_of(request), private_address(request)
        asked = read_body(await request.read(), CodeRequest)
        try:
            codes = await self._accounts.second_factors.prove_as(actor, asked.code, self._clock())
        except EnrolmentRefused as error:
            return _conflict(str(error))
        return json_answer(EnrolledDevice(recovery_codes=list(codes)))

    async def show_set_up(self, _request: web.Request) -> web.Response:
        """``GET /api/v1/setup``."""
        return json_answer(SetUpState(has_accounts=await self._accounts.links.are_accounts_there()))

    async def set_up(self, request: web.Request) -> web.Response:
        """``POST /api/v1/setup``."""
        address = private_address(request)
        if wait_s := self._set_ups.take_turn(address, self._clock().timestamp()):
            log.warning("set-up refused; too many attempts", address=address)
            return refused(SignInRefused(SignInRefusal.TOO_MANY, wait_s))
        asked = read_body(await request.read(), SetupRequest)
        first = (Role.ADMINISTRATOR, *((Role.DUTY_OFFICER,) if asked.on_duty else ()))
        answer = await self._accounts.links.redeem(
            asked.link,
            asked.password,
            self._clock(),
            name=asked.name,
            display_name=asked.display_name,
            first=first,
        )
        if answer is LinkRefusal.UNKNOWN:
            log.warning("set-up refused; the code is unknown", address=address)
        return _set_up(answer)


def _set_up(answer: Account | LinkRefusal | PasswordFault) -> web.Response:
    match answer:
        case PasswordFault():
            raise BadRequest(f"body 'password' is {answer}")
        case LinkRefusal.NAME_NEEDED:
            raise BadRequest(f"body 'name': {answer}")
        case LinkRefusal.BUSY:
            return refused(SignInRefused(SignInRefusal.BUSY, 1.0))
        case LinkRefusal():
            return _conflict(answer.value)
    missing = missing_of(answer, proved=False, has_device=False)
    return json_answer(AccountReady(account=answer.name, missing=missing))


def _conflict(text: str) -> web.Response:
    return json_answer(Error(error=text), status=409)
