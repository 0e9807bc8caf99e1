"""The cookies of signing in: never without ``Secure``, never readable by a page's script."""

from aiohttp import web

from contract.http.request_header import SESSION_COOKIE

FLOW_COOKIE = "__Host-tocsin-openid"
"""The cookie of a sign-in with OpenID Connect that is under way."""


def set_session(response: web.Response, token: str) -> None:
    """Let the browser keep *token* until it is closed, and send it from pages of this center alone."""
    response.set_cookie(SESSION_COOKIE, token, path="/", secure=True, httponly=True, samesite="Strict")


def set_flow(response: web.Response, sealed: str, *, max_age_s: int) -> None:
    """Let the browser keep a *sealed* flow; not strictly, since another site sends it back here."""
    response.set_cookie(
        FLOW_COOKIE,
        sealed,
        path="/",
        secure=True,
        httponly=True,
        samesite="Lax",
        max_age=max_age_s,
    )


def forget_session(response: web.Response) -> None:
    """Let the browser forget its session."""
    response.del_cookie(SESSION_COOKIE, path="/", secure=True, httponly=True, samesite="Strict")


def forget_flow(response: web.Response) -> None:
    """Let the browser forget its flow: an answer of the provider counts once."""
    response.del_cookie(FLOW_COOKIE, path="/", secure=True, httponly=True, samesite="Lax")
