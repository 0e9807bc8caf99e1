"""Rules for requests about signing in: nobody reads along, and who changes a session has one."""

from aiohttp import web

from accounts.domain.actor import Actor
from alerting.http.access import CLIENT, rights_of
from contract.http.common import Error
from contract.http.request_header import SESSION_COOKIE
from runtime.json_answers import json_answer
from runtime.web import Handler

_INSECURE = (
    "others could read along: ask over TLS, through a reverse proxy that web.proxies names "
    "(docs/operating.md, Signing in)"
)
_NO_SESSION = "whoever asks has no session: sign in with a name and a password first"


class ReadAlong(Exception):
    """Others could read the secret that a request carries, or its answer."""


class NoSession(Exception):
    """Whoever asks is a system, or the machine itself."""


def private_address(request: web.Request) -> str:
    """Return the address of the client; raises ReadAlong where its request passes a network in clear."""
    client = request[CLIENT]
    if not client.is_private:
        raise ReadAlong
    return client.address


def person_of(request: web.Request) -> Actor:
    """Return the person who asks in a session; raises NoSession."""
    actor = rights_of(request).actor
    if actor.session is None:
        raise NoSession
    return actor


def cookie_of(request: web.Request) -> str:
    """Return the token in the cookie of a session, empty without one."""
    return request.cookies.get(SESSION_COOKIE, "")


@web.middleware
async def session_errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer requests that break a rule with JSON that names the remedy."""
    try:
        return await handler(request)
    except ReadAlong:
        return json_answer(Error(error=_INSECURE), status=403)
    except NoSession:
        return json_answer(Error(error=_NO_SESSION), status=409)
