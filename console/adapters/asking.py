"""Reads from a request whose session it shows; what shows none is answered with 401 and nothing else."""

from aiohttp import web

from contract.http.request_header import SESSION_COOKIE
from runtime.json_answers import json_answer

LONGEST_COOKIE = 128
"""Characters of a cookie that can be one of a session."""


NOBODY = "nobody is signed in here; sign in (POST /api/v1/session)"


def no_session() -> web.Response:
    """Return the answer to who shows no session that is in force."""
    return json_answer({"error": NOBODY}, status=401)


def session_of(request: web.Request) -> str | None:
    """Return the cookie of the session that *request* shows; None where it shows none."""
    found = request.cookies.get(SESSION_COOKIE, "")
    can_be_one = 0 < len(found) <= LONGEST_COOKIE and all("!" <= each <= "~" for each in found)
    return found if can_be_one else None
