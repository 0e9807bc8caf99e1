"""The timelines of all premises as one stream of server-sent events, from any point on."""

import asyncio
import json
from functools import partial

import structlog
from aiohttp import web

from alerting.engine.engine import Engine
from alerting.engine.unit_of_work import CommitResult
from alerting.metrics import Metrics
from alerting.store.store import Store

log = structlog.get_logger(__name__)

PAGE = 500
"""Entries read at a time."""

# Seconds: shorter than the idle limit of usual proxies (60 s), so that a calm feed stays open and a
# reader can tell calm from broken.
BEAT_S = 15.0

WRITE_S = 10.0
"""Seconds in which a reader must take what was sent; one that does not holds a place for nothing."""


class Feed:
    """Serves up to *limit* readers; each has its own place, so none waits for another."""

    def __init__(self, engine: Engine, *, limit: int, metrics: Metrics) -> None:
        self._engine = engine
        self._limit = limit
        self._metrics = metrics
        self._readers = 0
        self._news = asyncio.Event()
        self._ended = False

    def hear(self, committed: CommitResult) -> None:
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
        after = await self._start(request)
        response = web.StreamResponse(
            headers={
                "Content-Type": "text/event-stream",
                "Cache-Control": "no-store",
                "X-Accel-Buffering": "no",
            }
        )
        await response.prepare(request)
        try:
            await self._stream(response, after)
        except ConnectionResetError:
            pass  # the reader left; it knows where to resume
        except TimeoutError:
            log.warning("a reader of the feed does not read; it is let go", reader=request.remote)
            if request.transport is not None:
                request.transport.abort()  # an orderly end would wait for the reader again
        return response

    async def _start(self, request: web.Request) -> int:
        """After which entry to begin: where the reader left off, or now."""
        text = request.headers.get("Last-Event-ID") or request.query.get("after")
        if text is None:
            return await self._engine.read(Store.newest_entry)
        if not text.isdecimal() or len(text) > 18:
            raise web.HTTPBadRequest(text="Last-Event-ID is not a number; send the id of the last event")
        return int(text)

    async def _stream(self, response: web.StreamResponse, after: int) -> None:
        await _write(response, b": connected\n\n")
        while not self._ended:
            news = self._news
            entries = await self._engine.read(partial(Store.feed, after=after, limit=PAGE))
            for entry in entries:
                after = entry["id"]
                data = json.dumps(entry, ensure_ascii=False)
                event = f"id: {after}\nevent: {entry['event']}\ndata: {data}\n\n"
                await _write(response, event.encode())
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


async def _write(response: web.StreamResponse, data: bytes) -> None:
    async with asyncio.timeout(WRITE_S):
        await response.write(data)
