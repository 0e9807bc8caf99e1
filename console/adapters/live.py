"""``GET /live``: the stream of one screen."""

import msgspec
import structlog
from aiohttp import HttpVersion11, web

from console.adapters.asking import no_session, session_of
from console.adapters.center import CenterAway
from console.adapters.metrics import Metrics
from console.adapters.screens import Screen, ScreenEnd, Screens
from console.adapters.session_checks import KnownSession, Sessions
from console.adapters.versions import own_version
from console.domain.live_events import event
from console.settings import LiveSettings
from contract.http.console import LiveEvent, LiveHello
from contract.times import to_micros
from runtime.clock import Clock
from runtime.json_answers import json_answer

log = structlog.get_logger(__name__)

AWAY = "alerting, which keeps the accounts, does not answer; try again, and look at its /healthz"
FULL = "too many screens are open; close one, or raise live.screens or live.by_session"


class LiveApi:
    """Serves streams out of *screens* to those whom *sessions* knows."""

    def __init__(
        self,
        screens: Screens,
        sessions: Sessions,
        clock: Clock,
        *,
        limits: LiveSettings,
        metrics: Metrics,
    ) -> None:
        self._screens = screens
        self._sessions = sessions
        self._clock = clock
        self._limits = limits
        self._metrics = metrics
        sessions.on_change = self._on_change

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """``GET /live``."""
        if (session := session_of(request)) is None:
            return no_session()
        try:
            known = await self._sessions.find(session)
        except CenterAway:
            return json_answer({"error": AWAY}, status=503, headers={"Retry-After": "2"})
        if known is None:
            return no_session()
        if self._is_full(session):
            return json_answer({"error": FULL}, status=503, headers={"Retry-After": "30"})
        return await self._stream(request, session, known)

    def _is_full(self, session: str) -> bool:
        of_session = len(self._screens.of(session))
        return len(self._screens) >= self._limits.screens or of_session >= self._limits.by_session

    async def _stream(
        self, request: web.Request, session: str, known: KnownSession
    ) -> web.StreamResponse:
        response = web.StreamResponse(
            headers={
                "Content-Type": "text/event-stream",
                "Cache-Control": "no-store",
                "X-Accel-Buffering": "no",
            }
        )
        await response.prepare(request)
        if request.transport is None or request.method == "HEAD":
            return response
        chunked = request.version >= HttpVersion11
        screen = Screen(request.transport, session, known.sight, chunked=chunked)
        screen.send(self._hello(known))
        self._sessions.opened(session)
        self._screens.add(screen)
        try:
            self._ended(screen, await screen.left)
        finally:
            self._screens.remove(screen)
            self._sessions.closed(session)
        return response

    def _hello(self, known: KnownSession) -> bytes:
        hello = LiveHello(now=to_micros(self._clock()), version=own_version(), who=known.who)
        return event(LiveEvent.HELLO, msgspec.json.encode(hello))

    def _ended(self, screen: Screen, why: ScreenEnd) -> None:
        if why is ScreenEnd.SLOW:
            self._metrics.let_go.inc()
            log.warning("screen too slow; disconnected")
            screen.transport.abort()  # an orderly end would wait for the reader again

    def _on_change(self, session: str, known: KnownSession | None) -> None:
        for screen in self._screens.of(session):
            if known is None:
                screen.leave(ScreenEnd.SIGNED_OUT)
                continue
            screen.send(self._hello(known))
            screen.sight, screen.needs_reset = known.sight, True
