"""Asks alerting and ingest each second how they are, for the tick that every screen gets."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

import aiohttp
import msgspec
from msgspec import Struct

from console.domain.parts import PartWatch
from console.settings import CenterSettings
from contract.http.console import CenterPart, UpstreamPart
from contract.times import Micros, to_micros
from runtime.clock import Clock

LOOK_S = 1.0
ANSWER_S = 2.0
"""Seconds for an answer; a service that takes longer is as good as lost for a screen."""

SECOND_MS = 1_000.0
"""An HTTP date has whole seconds, so that an offset below this is none."""


class _Health(Struct):
    ok: bool = False
    broker: bool | str = False


@dataclass(frozen=True, slots=True)
class _Seen:
    health: _Health
    offset_ms: int | None


class CenterWatch:
    """The parts of the center, each with its state and since when."""

    def __init__(
        self,
        settings: CenterSettings,
        http: aiohttp.ClientSession,
        clock: Clock,
        *,
        has_feed: Callable[[], bool],
    ) -> None:
        self._settings = settings
        self._http = http
        self._clock = clock
        self._has_feed = has_feed
        now = self._now()
        self._upstream, self._ingest, self._broker = PartWatch(now), PartWatch(now), PartWatch(now)
        self._answers = False
        self.offset_ms: int | None = None

    def upstream(self, lag_s: float) -> UpstreamPart:
        """Return the state of the feed, whose rows are *lag_s* behind."""
        self._note_upstream()
        part = self._upstream.part()
        return UpstreamPart(state=part.state, since=part.since, lag_ms=round(lag_s * 1_000))

    def ingest(self) -> CenterPart:
        """Return the state of ingest."""
        return self._ingest.part()

    def broker(self) -> CenterPart:
        """Return the state of the broker, as alerting sees it."""
        return self._broker.part()

    async def run(self) -> None:
        """Look each second until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._watch_forever(self._look_at_alerting), name="alerting watched")
            tasks.create_task(self._watch_forever(self._look_at_ingest), name="ingest watched")

    async def _watch_forever(self, look: Callable[[], Awaitable[None]]) -> None:
        while True:
            await look()
            await asyncio.sleep(LOOK_S)

    async def _look_at_alerting(self) -> None:
        seen = await self._see(self._settings.alerting)
        self._answers = seen is not None
        self.offset_ms = None if seen is None else seen.offset_ms
        self._broker.note(seen is not None and seen.health.broker is True, self._now())
        self._note_upstream()

    async def _look_at_ingest(self) -> None:
        seen = await self._see(self._settings.ingest)
        self._ingest.note(seen is not None and seen.health.ok, self._now())

    def _note_upstream(self) -> None:
        self._upstream.note(self._has_feed() and self._answers, self._now())

    async def _see(self, url: str) -> _Seen | None:
        timeout = aiohttp.ClientTimeout(total=ANSWER_S)
        asked_at = self._now()
        try:
            async with self._http.get(f"{url}/healthz", timeout=timeout) as answer:
                health = msgspec.json.decode(await answer.content.read(65_536), type=_Health)
                return _Seen(health, _offset(answer.headers.get("Date", ""), asked_at, self._now()))
        except (aiohttp.ClientError, TimeoutError, OSError, msgspec.MsgspecError):
            return None

    def _now(self) -> Micros:
        return to_micros(self._clock())


def _offset(date: str, asked_at: Micros, answered_at: Micros) -> int | None:
    """Return how far the clock that wrote *date* is ahead, in ms; 0 where it may be right."""
    try:
        begun = to_micros(parsedate_to_datetime(date))
    except (ValueError, TypeError):
        return None
    # The date was written between the two moments, and is cut to the second.
    behind, ahead = (asked_at - begun) / 1_000 - SECOND_MS, (begun - answered_at) / 1_000
    return round(-behind) if behind > 0 else round(max(0.0, ahead))
