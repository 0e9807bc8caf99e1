"""The timelines of all premises as one stream of server-sent events, from any point on."""

import asyncio
from functools import partial

import structlog
from aiohttp import web

from alerting.engine.commit_result import CommitResult
from alerting.engine.transactions import Transactions
from alerting.metrics import Metrics
from alerting.store.store import CenterStore
from contract.http.checking import BadRequest, read_query
from contract.http.feed import FeedQuery
from contract.timeline import Entry, encode

log = structlog.get_logger(__name__)

PAGE = 500
"""Entries read at a time."""

# Seconds: shorter than the idle limit of usual proxies (60 s), so that a calm feed stays open and a
# reader can tell calm from broken.
BEAT_S = 15.0

LAST_EVENT_ID = "Last-Event-ID"

LONGEST_ID = 16
"""Digits of an id; a longer one is none of this database."""

WRITE_S = 10.0
"""Seconds in which a reader must take what was sent; one that does not holds a place for nothing."""


class Feed:
    """Serves up to *limit* readers; each has its own place, so none waits for another."""

    def __init__(self, transactions: Transactions, *, limit: int, metrics: Metrics) -> None:
        self._transactions = transactions
        self._limit = limit
        self._metrics = metrics
        self._readers = 0
        self._news = asyncio.Event()
        self._ended = False

    def on_commit(self, committed: CommitResult) -> None:
        """Wake the readers if there is something to read."""
        if committed.entries:
            self._wake()

    async def end(self, _: web.Application) -> None:
        """Let the readers go."""
        self._ended = True
        self._wake()

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """``GET /api/v1/feed``."""
        if self._readers >= self._limit:
            raise web.HTTPServiceUnavailable(text="too many readers; close one or raise feed_readers")
        self._came(1)
        try:
            return await self._serve(request)
        finally:
            self._came(-1)

    def _came(self, count: int) -> None:
        self._readers += count
        self._metrics.feed_readers.set(self._readers)

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        asked = read_query(request.query, FeedQuery)
        after = await self._start(request, asked)
        response = web.StreamResponse(
            headers={
                "Content-Type": "text/event-stream",
                "Cache-Control": "no-store",
                "X-Accel-Buffering": "no",
            }
        )
        await response.prepare(request)
        try:
            await self._stream(response, after, asked)
        except ConnectionResetError:
            pass  # the reader left; it knows where to resume
        except TimeoutError:
            log.warning("feed reader too slow; disconnected", reader=request.remote)
            if request.transport is not None:
                request.transport.abort()  # an orderly end would wait for the reader again
        return response

    async def _start(self, request: web.Request, asked: FeedQuery) -> int:
        """Return the id after which to begin: where the reader left off, or the newest one."""
        text = request.headers.get(LAST_EVENT_ID, "")
        if text:
            return _number(text)
        if asked.after is not None:
            return asked.after
        return await self._transactions.read(CenterStore.newest_entry)

    async def _stream(self, response: web.StreamResponse, after: int, asked: FeedQuery) -> None:
        await _write(response, b": connected\n\n")
        while not self._ended:
            news = self._news
            entries = await self._transactions.read(partial(CenterStore.feed, after=after, limit=PAGE))
            for entry in entries:
                after = entry.id
                if _is_asked_for(entry, asked):
                    await _write(response, _event(entry))
            if not entries:
                await self._rest(response, news)

    async def _rest(self, response: web.StreamResponse, news: asyncio.Event) -> None:
        try:
            async with asyncio.timeout(BEAT_S):
                await news.wait()
        except TimeoutError:
            await _write(response, b": beat\n\n")

    def _wake(self) -> None:
        self._news, news = asyncio.Event(), self._news
        news.set()


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= LONGEST_ID):
        raise BadRequest(f"{LAST_EVENT_ID} {text[:40]!r} is not a number; send the id of the last event")
    return int(text)


def _is_asked_for(entry: Entry, asked: FeedQuery) -> bool:
    return asked.premises in {None, entry.premises} and asked.kind in {None, entry.kind}


def _event(entry: Entry) -> bytes:
    return b"id: %d\nevent: %b\ndata: %b\n\n" % (entry.id, entry.event.encode(), encode(entry))


async def _write(response: web.StreamResponse, data: bytes) -> None:
    async with asyncio.timeout(WRITE_S):
        await response.write(data)
