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

KNOWN_S = 5.0
"""Seconds in which a feed that goes on must repeat the entry that console knows last."""

LONGEST_LINE = 4_194_304
"""Bytes of the longest entry."""

PATH = "/api/v1/feed"


class _Head(Struct, frozen=True):
    id: int
    at: Micros
    premises: str
    incident: str | None


class UpstreamFeed:
    """Follows the feed of *center*, and hands on what it brings.

    A database that was restored or begun anew counts its entries again from a lower number. Whoever
    asked it for what follows the entry of before would hear nothing, and look calm. So a feed that goes
    on begins with the last entry that is known; where another one comes, or none, *on_other* is called
    and the feed is followed from now on.
    """

    def __init__(
        self,
        center: CenterClient,
        *,
        on_entry: Callable[[FeedEntry], None],
        on_open: Callable[[], None],
        on_other: Callable[[], None],
    ) -> None:
        self._center = center
        self._on_entry = on_entry
        self._on_open = on_open
        self._on_other = on_other
        self._last: _Head | None = None
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
        headers = {} if self._last is None else {"Last-Event-ID": str(self._last.id - 1)}
        async with self._center.stream(PATH, headers, silence_s=SILENCE_S) as answer:
            lines = _lines(answer.content)
            if self._last is not None and not await _repeats(lines, self._last):
                log.warning("feed is of another database; all is read anew", last=self._last.id)
                self._last = None
                self._on_other()
                return
            async for line in lines:
                self._opened()
                if (found := _entry(line)) is not None:
                    self._note(*found)

    def _opened(self) -> None:
        if not self.is_open:
            log.info("feed of alerting open", after=None if self._last is None else self._last.id)
            self.is_open = True
            self._on_open()

    def _note(self, head: _Head, data: bytes) -> None:
        self._last = head
        self._on_entry(FeedEntry(premises=head.premises, data=data, id=head.id, incident=head.incident))


async def _repeats(lines: AsyncIterator[bytes], last: _Head) -> bool:
    """Return whether the first entry of *lines* is *last*; raises CenterAway where they end before."""
    try:
        async with asyncio.timeout(KNOWN_S):
            async for line in lines:
                if (found := _entry(line)) is not None:
                    return found[0] == last
    except TimeoutError:
        return False
    raise CenterAway("it ended")


def _entry(line: bytes) -> tuple[_Head, bytes] | None:
    """Return the entry that *line* has, with its JSON; None where it has none."""
    if not line.startswith(b"data: "):
        return None
    data = line[6:].rstrip(b"\r")
    try:
        return msgspec.json.decode(data, type=_Head), data
    except msgspec.MsgspecError as error:
        log.warning("entry of the feed not understood", reason=str(error))
        return None


async def _lines(content: aiohttp.StreamReader) -> AsyncIterator[bytes]:
    """Yield the lines of *content*, however long they are; raises ValueError beyond any entry."""
    rest = b""
    async for part in content.iter_any():
        *lines, rest = (rest + part).split(b"\n")
        for line in lines:
            yield line
        if len(rest) > LONGEST_LINE:
            raise ValueError("a line without end")
