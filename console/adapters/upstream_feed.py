"""The one feed of alerting that all screens share, resumed where it broke."""

import asyncio
from collections.abc import AsyncIterator, Callable

import aiohttp
import msgspec
import structlog
from msgspec import Struct

from console.adapters.center import CenterAway, CenterClient
from console.domain.items import FeedEntry
from contract.times import Micros

log = structlog.get_logger(__name__)

SILENCE_S = 40.0
"""Seconds without a byte after which the feed is broken: it beats each 15 s."""

AGAIN_S = 0.25, 2.0
"""The first and the longest pause before it is connected again, in seconds."""

LONGEST_LINE = 4_194_304
"""Bytes of the longest entry."""

PATH = "/api/v1/feed"


class _Head(Struct):
    id: int
    at: Micros
    premises: str
    incident: str | None


class UpstreamFeed:
    """Follows the feed of *center*, and hands on what it brings."""

    def __init__(
        self, center: CenterClient, *, on_entry: Callable[[FeedEntry], None], on_open: Callable[[], None]
    ) -> None:
        self._center = center
        self._on_entry = on_entry
        self._on_open = on_open
        self._last: int | None = None
        self.is_open = False

    async def run(self) -> None:
        """Follow it until cancelled."""
        pause = AGAIN_S[0]
        while True:
            try:
                await self._follow()
                reason = "it ended"
            except CenterAway as error:
                reason = str(error)
            pause = AGAIN_S[0] if self.is_open else min(2 * pause, AGAIN_S[1])
            if self.is_open or pause == 2 * AGAIN_S[0]:
                log.warning("feed of alerting lost; connecting again", reason=reason)
            self.is_open = False
            await asyncio.sleep(pause)

    async def _follow(self) -> None:
        headers = {} if self._last is None else {"Last-Event-ID": str(self._last)}
        async with self._center.stream(PATH, headers, silence_s=SILENCE_S) as answer:
            async for line in _lines(answer.content):
                if not self.is_open:
                    log.info("feed of alerting open", after=self._last)
                    self.is_open = True
                    self._on_open()
                if line.startswith(b"data: "):
                    self._note(line[6:].rstrip(b"\r"))

    def _note(self, data: bytes) -> None:
        try:
            head = msgspec.json.decode(data, type=_Head)
        except msgspec.MsgspecError as error:
            log.warning("entry of the feed not understood", reason=str(error))
            return
        self._last = head.id
        self._on_entry(FeedEntry(premises=head.premises, data=data, id=head.id, incident=head.incident))


async def _lines(content: aiohttp.StreamReader) -> AsyncIterator[bytes]:
    """Yield the lines of *content*, however long they are; raises ValueError beyond any entry."""
    rest = b""
    async for part in content.iter_any():
        *lines, rest = (rest + part).split(b"\n")
        for line in lines:
            yield line
        if len(rest) > LONGEST_LINE:
            raise ValueError("a line without end")
