"""One reader of the feed: its place, and the connection that it takes events from."""

import asyncio
from enum import Enum, auto

from alerting.http.feed_ring import FeedBatches, FeedFilter

ROOM = 65_536
"""Bytes that may wait for a reader; one that has more to take is given nothing new."""

WRITE_S = 10.0
"""Seconds in which a reader must take what was sent; one that does not holds a place for nothing."""

# Seconds: shorter than the idle limit of usual proxies (60 s), so that a calm feed stays open and a
# reader can tell calm from broken.
BEAT_S = 15.0
BEAT = b": beat\n\n"


class Left(Enum):
    """The reason for which a reader does not follow any longer."""

    BEHIND = auto()
    """Its next entries are only in the database."""
    GONE = auto()
    SLOW = auto()
    END = auto()
    """The service ends."""


class FeedReader:
    """A reader that has everything through the id *after*, of what is *wanted*: asked for, and allowed.

    What is sent is framed as a chunk of HTTP where the connection is *chunked*.
    """

    def __init__(
        self, transport: asyncio.Transport, wanted: FeedFilter, *, after: int, chunked: bool
    ) -> None:
        self.after = after
        self.wanted = wanted
        self.transport = transport
        self._chunked = chunked
        self._sent_at = 0.0
        self._full_since: float | None = None
        self._left: asyncio.Future[Left] | None = None

    async def follow(self, *, now: float) -> Left:
        """Wait until something ends the following that begins *now*; return what."""
        self._sent_at, self._full_since = now, None
        self._left = asyncio.get_running_loop().create_future()
        return await self._left

    def leave(self, why: Left) -> None:
        """End the following."""
        if self._left is not None and not self._left.done():
            self._left.set_result(why)

    def hand_over(self, batches: FeedBatches, *, floor: int, now: float) -> bool:
        """Send what comes next, if there is room; return whether more waits for the reader.

        What is numbered up to *floor* is no longer in memory.
        """
        if self.transport.is_closing():
            self.leave(Left.GONE)
        elif self.after < floor:
            self.leave(Left.BEHIND)
        elif self._has_room():
            return self._send_next(batches, now)
        else:
            return self._waits(now)
        return False

    def _waits(self, now: float) -> bool:
        """Let a reader go that had no room for too long; return whether it still may."""
        since = self._full_since = now if self._full_since is None else self._full_since
        if now - since <= WRITE_S:
            return True
        self.leave(Left.SLOW)
        return False

    def _has_room(self) -> bool:
        has_room = self.transport.get_write_buffer_size() <= ROOM
        if has_room:
            self._full_since = None
        return has_room

    def _send_next(self, batches: FeedBatches, now: float) -> bool:
        found = batches.after(self.after, self.wanted)
        if found is None:
            if now - self._sent_at >= BEAT_S:
                self._send(BEAT, now)
            return False
        self.after = found.through
        if found.data:
            self._send(found.data, now)
        return batches.after(self.after, self.wanted) is not None

    def _send(self, data: bytes, now: float) -> None:
        self._sent_at = now
        self.transport.write(b"%x\r\n%b\r\n" % (len(data), data) if self._chunked else data)
