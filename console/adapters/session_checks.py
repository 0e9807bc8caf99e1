"""The sessions that browsers show: who they are and what they may see, asked of alerting in batches."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec
import structlog

from console.adapters.center import CenterAway, CenterClient
from console.domain.sight import Sight, sight_of
from contract.http.access import (
    MOST_CHECKED,
    CheckedSession,
    CheckedSessions,
    SessionsCheck,
    SessionToCheck,
)
from contract.http.sessions import WhoAsks

log = structlog.get_logger(__name__)

LOOK_S = 1.0
"""Seconds between two looks at the sessions of open streams: a sign-out is in force within two."""

BELIEVED_S = 3.0
"""Seconds for which an answer is believed without a stream, as ingest does."""

MOST_KEPT = 5_000
"""Sessions that are remembered; beyond that all but those of open streams are forgotten."""

PATH = "/api/v1/access/sessions"


@dataclass(frozen=True, slots=True)
class KnownSession:
    """A session: who it is, and what it may see, as of *stamp*."""

    stamp: str
    who: WhoAsks
    sight: Sight


OnChange = Callable[[str, KnownSession | None], None]
"""Is called with the cookie of a session that changed, and None where it is over."""


class Sessions:
    """Asks *center* about sessions: those of open streams each second, others as they come."""

    def __init__(self, center: CenterClient) -> None:
        self._center = center
        self._known: dict[str, tuple[float, KnownSession]] = {}
        self._open: dict[str, int] = {}
        self._asked: dict[str, asyncio.Future[KnownSession | None]] = {}
        self._news = asyncio.Event()
        self._sights: dict[Sight, Sight] = {}
        self.on_change: OnChange = lambda session, known: None

    async def find(self, session: str) -> KnownSession | None:
        """Return what is known of *session*; None where it is none. Raises CenterAway."""
        now = asyncio.get_running_loop().time()
        at, known = self._known.get(session, (0.0, None))
        if known is not None and now - at < BELIEVED_S:
            return known
        if session not in self._asked:
            self._asked[session] = asyncio.get_running_loop().create_future()
            self._news.set()
        return await asyncio.shield(self._asked[session])

    def opened(self, session: str) -> None:
        """Look at *session* from now on, while it has a stream."""
        self._open[session] = self._open.get(session, 0) + 1

    def closed(self, session: str) -> None:
        """Note that a stream of *session* ended."""
        self._open[session] -= 1
        if not self._open[session]:
            del self._open[session]

    def doubt(self, session: str) -> None:
        """Ask anew about *session*: it may have been changed just now."""
        self._known.pop(session, None)
        self._news.set()

    async def run(self) -> None:
        """Ask until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._answer_forever(), name="sessions asked about")
            tasks.create_task(self._watch_forever(), name="sessions of streams watched")

    async def _answer_forever(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            while some := list(self._asked)[:MOST_CHECKED]:
                await self._answer(some)

    async def _answer(self, some: Sequence[str]) -> None:
        try:
            await self._check(some)
        except CenterAway as error:
            for each in some:
                _fail(self._asked.pop(each), error)
            return
        for each in some:
            if not (waiting := self._asked.pop(each)).done():
                waiting.set_result(self._known.get(each, (0.0, None))[1])

    async def _watch_forever(self) -> None:
        away = False
        while True:
            await asyncio.sleep(LOOK_S)
            every = list(self._open)
            try:
                for start in range(0, len(every), MOST_CHECKED):
                    await self._check(every[start : start + MOST_CHECKED])
                away = False
            except CenterAway as error:  # a screen that shows a fire does not end because of that
                if not away:
                    log.warning("sessions not checked; alerting does not answer", reason=str(error))
                away = True

    async def _check(self, some: Sequence[str]) -> None:
        """Ask about *some*, and note what differs; raises CenterAway."""
        known = [self._known.get(each) for each in some]
        asked = [
            SessionToCheck(session=each, stamp="" if before is None else before[1].stamp)
            for each, before in zip(some, known, strict=True)
        ]
        body = msgspec.json.encode(SessionsCheck(sessions=asked))
        found = _read(await self._center.post(PATH, body), len(some))
        now = asyncio.get_running_loop().time()
        self._make_room()
        for session, checked in zip(some, found, strict=True):
            self._note(session, checked, now)

    def _note(self, session: str, checked: CheckedSession, now: float) -> None:
        before = self._known.pop(session, None)
        if not checked.stamp:
            if before is not None or session in self._open:
                self.on_change(session, None)
        elif checked.who is not None and checked.sight is not None:
            known = KnownSession(checked.stamp, checked.who, self._one(sight_of(checked.sight)))
            self._known[session] = now, known
            if before is not None or session in self._open:
                self.on_change(session, known)
        elif before is not None:
            self._known[session] = now, before[1]

    def _one(self, sight: Sight) -> Sight:
        """Return the one value for all that are equal to *sight*: screens that see the same share."""
        if len(self._sights) > MOST_KEPT:
            self._sights.clear()
        return self._sights.setdefault(sight, sight)

    def _make_room(self) -> None:
        if len(self._known) > MOST_KEPT:
            self._known = {key: each for key, each in self._known.items() if key in self._open}


def _fail(waiting: asyncio.Future[KnownSession | None], error: CenterAway) -> None:
    if not waiting.done():
        waiting.set_exception(CenterAway(str(error)))
        waiting.exception()  # whoever asked may be gone


def _read(body: bytes, count: int) -> Sequence[CheckedSession]:
    try:
        found = msgspec.json.decode(body, type=CheckedSessions).sessions
    except (msgspec.MsgspecError, ValueError) as error:
        raise CenterAway(f"{PATH}: {error}") from error
    if len(found) != count:
        raise CenterAway(f"{PATH}: {len(found)} answers to {count} sessions")
    return found
