"""The routes that are passed on, and the headers that go with them: what is not named is left behind."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from contract.http.permissions import NEEDS_NO_ACCOUNT
from contract.http.request_header import REQUEST_HEADER, SESSION_COOKIE
from contract.http.routes import ROUTES, Answer, Route, Service

FLOW_COOKIE = "__Host-tocsin-openid"
"""The cookie of a sign-in with OpenID Connect that is under way."""

COOKIES = (SESSION_COOKIE, FLOW_COOKIE)

ASKED = (
    "Accept",
    "Accept-Language",
    "Content-Type",
    "If-None-Match",
    "If-Modified-Since",
    REQUEST_HEADER,
)
"""Headers of a request that are passed on."""

ANSWERED = (
    "Content-Type",
    "Content-Disposition",
    "Content-Security-Policy",
    "Cache-Control",
    "ETag",
    "Last-Modified",
    "Location",
    "Retry-After",
    "Allow",
    "Set-Cookie",
    "X-Content-Type-Options",
    "Referrer-Policy",
)
"""Headers of an answer that are passed back."""


class Pace(StrEnum):
    """The kinds of requests, each with places of its own at the center: none waits for another."""

    READ = "read"
    ACT = "act"
    LONG = "long"


@dataclass(frozen=True, slots=True)
class Passed:
    """A *route* that is passed on to *service*."""

    route: Route
    service: Service

    @property
    def pace(self) -> Pace:
        """The kind of its requests."""
        if self.route.answer is Answer.FILE or self.route.upload:
            return Pace.LONG
        return Pace.READ if self.route.method == "GET" else Pace.ACT

    @property
    def needs_session(self) -> bool:
        """Whether nobody is answered without a session."""
        return self.route.permission not in NEEDS_NO_ACCOUNT

    @property
    def changes_session(self) -> bool:
        """Whether it may change who is signed in, or what counts in the session."""
        return self.pace is Pace.ACT and self.route.path.startswith("/api/v1/session")


def passed_routes() -> Iterable[Passed]:
    """Yield all routes that are passed on: those of alerting but the feed, and readings of ingest."""
    for route in ROUTES:
        if not route.path.startswith("/api/") or route.answer is Answer.EVENTS:
            continue
        of_alerting = Service.ALERTING in route.services
        yield Passed(route, Service.ALERTING if of_alerting else Service.INGEST)


NOT_PASSED = frozenset({"checkSessions", "readFeed"})
"""Routes for console itself: the sessions of others, and the feed that all screens share."""


def asked_headers(given: Mapping[str, str], cookies: Mapping[str, str]) -> dict[str, str]:
    """Return those of the headers *given* and of the *cookies* that are passed on."""
    headers = {name: given[name] for name in ASKED if name in given}
    own = "; ".join(f"{name}={cookies[name]}" for name in COOKIES if name in cookies)
    return headers | ({"Cookie": own} if own else {})


def is_straight(path: str) -> bool:
    """Return whether the raw *path* names nothing above it, in any spelling."""
    parts = path.lower().replace("%2e", ".").replace("%2f", "/").replace("%5c", "/").split("/")
    return not any(part in {".", ".."} for part in parts) and "\\" not in path and "\x00" not in path
