"""``POST /live/presence``: takes the signs of persons, and tells alerting of them in their own names."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import msgspec
import structlog
from aiohttp import web

from console.adapters.asking import no_session, session_of
from console.adapters.center import CenterAway
from console.adapters.live import AWAY
from console.adapters.passing_on import CenterAnswer
from console.adapters.session_checks import Sessions
from console.domain.presence import NotedScreen, report_of, with_sleep
from contract.http.checking import read_body
from contract.http.console import PresenceTaken, ScreenPresence
from contract.http.permissions import Permission
from contract.times import to_micros
from runtime.clock import Clock
from runtime.json_answers import json_answer

log = structlog.get_logger(__name__)

EVERY_S = 5.0
"""Seconds between two reports of one screen."""

MOST = 5_000
"""Screens whose presence waits; beyond that the newest are not taken until the next report."""

PATH = "/api/v1/desks"

AskAs = Callable[[str, dict[str, str], str, bytes], Awaitable[CenterAnswer]]
"""Asks alerting in a session, with headers of who asks: at a path, with a body."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A screen that alerting is to be told of, with the headers of who reported it."""

    noted: NotedScreen
    headers: dict[str, str]


class PresenceReports:
    """Keeps the last presence of each screen, and reports those that are new every EVERY_S."""

    def __init__(
        self,
        sessions: Sessions,
        clock: Clock,
        *,
        headers_of: Callable[[web.Request], dict[str, str]],
        ask_as: AskAs,
    ) -> None:
        self._sessions = sessions
        self._clock = clock
        self._headers_of = headers_of
        self._ask_as = ask_as
        self._waiting: dict[tuple[str, str], _Waiting] = {}

    def routes(self) -> list[web.RouteDef]:
        """Return the route."""
        return [web.post("/live/presence", self.report)]

    async def report(self, request: web.Request) -> web.Response:
        """``POST /live/presence``."""
        if (session := session_of(request)) is None:
            return no_session()
        said = read_body(await request.read(), ScreenPresence)
        try:
            known = await self._sessions.find(session)
        except CenterAway:
            return json_answer({"error": AWAY}, status=503, headers={"Retry-After": "2"})
        if known is None:
            return no_session()
        now = to_micros(self._clock())
        if Permission.DESKS_ATTEND in known.who.permissions and len(self._waiting) < MOST:
            key = session, said.desk
            if (before := self._waiting.get(key)) is not None:
                said = with_sleep(before.noted.said, said)
            self._waiting[key] = _Waiting(NotedScreen(said, now), self._headers_of(request))
        return json_answer(PresenceTaken(at=now, next_s=round(EVERY_S)))

    async def run(self) -> None:
        """Report until cancelled; what cannot be told now is told by the next sign."""
        while True:
            await asyncio.sleep(EVERY_S)
            waiting, self._waiting = self._waiting, {}
            for (session, _), each in waiting.items():
                await self._tell(session, each)

    async def _tell(self, session: str, waiting: _Waiting) -> None:
        report = report_of(waiting.noted, to_micros(self._clock()))
        answer = await self._ask_as(session, waiting.headers, PATH, msgspec.json.encode(report))
        if answer.status != 200:
            text = answer.body[:200].decode(errors="replace")
            log.warning("presence not taken by alerting", status=answer.status, reason=text)
