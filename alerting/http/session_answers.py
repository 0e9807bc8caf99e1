"""Answers about signing in, from what accounts decided."""

import math
from collections.abc import Mapping
from datetime import datetime

from aiohttp import web

from accounts.attempts import SignInRefusal, SignInRefused
from accounts.domain.account import Account
from accounts.domain.actor import Grant
from accounts.domain.rights import Rights
from accounts.domain.second_factor import needs_second_factor
from accounts.domain.sessions import Session, SessionLimits
from accounts.own_account import AskingSession
from contract.http.common import Error, Missing
from contract.http.permissions import Permission
from contract.http.sessions import ActorType, HeldRole, SessionTimes, WhoAsks
from contract.times import Micros, to_micros
from runtime.json_answers import json_answer

_STATUS: Mapping[SignInRefusal, int] = {
    SignInRefusal.WRONG: 401,
    SignInRefusal.CODE_NEEDED: 401,
    SignInRefusal.TOO_MANY: 429,
    SignInRefusal.BUSY: 503,
}
"""The status of HTTP that answers each refusal."""


def refused(refusal: SignInRefused) -> web.Response:
    """Return the answer to who is not signed in."""
    error = Error(error=refusal.reason.value)
    if refusal.reason is SignInRefusal.CODE_NEEDED:
        error = Error(error=refusal.reason.value, missing=Missing.CODE)
    headers = {"Retry-After": str(math.ceil(refusal.wait_s))} if refusal.wait_s else {}
    status = _STATUS[refusal.reason]
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return json_answer(error, status=status, headers=headers)


def missing_of(account: Account, *, proved: bool, has_device: bool) -> list[Missing]:
    """Return what roles of *account* need beyond what was *proved*."""
    if proved or not needs_second_factor(account.grants):
        return []
    return [Missing.CODE if has_device else Missing.SECOND_FACTOR]


def who_asks(
    rights: Rights, found: AskingSession | None, limits: SessionLimits, now: datetime
) -> WhoAsks:
    """Return who asks with *rights*, in the session that was *found*; asking is a use of it."""
    actor = rights.actor
    return WhoAsks(
        account=actor.account,
        name=actor.name,
        kind=ActorType(actor.kind.value),
        evidence=actor.evidence.value,
        place=actor.place,
        roles=[_held(each) for each in actor.grants if each.validity.has(rights.day)],
        permissions=[each for each in Permission if rights.may(each)],
        missing=[] if found is None else _missing(found),
        session=None if found is None else _times(found.session, limits, to_micros(now)),
    )


def _held(grant: Grant) -> HeldRole:
    return HeldRole(
        role=grant.role.value,
        area=grant.area,
        premises=grant.premises,
        since=grant.validity.since,
        until=grant.validity.until,
    )


def _missing(found: AskingSession) -> list[Missing]:
    proved = found.session.second_factor
    return missing_of(found.account, proved=proved, has_device=found.has_device)


def _times(session: Session, limits: SessionLimits, now: Micros) -> SessionTimes:
    return SessionTimes(
        began_at=session.began_at,
        renewed_at=session.renewed_at,
        idle_at=now + limits.idle,
        ends_at=session.renewed_at + limits.absolute,
    )
