"""The timelines of all premises as one stream of server-sent events, from any point on."""

import asyncio
import json
from functools import partial

from aiohttp import web

from alerting.adapters.engine import Engine
from alerting.adapters.metrics import Metrics
from alerting.adapters.store import Store
from alerting.adapters.work import Committed

PAGE = 500
"""Entries read at a time."""

# Seconds: shorter than the idle limit of usual proxies (60 s), so that a calm feed stays open and a
# reader can tell calm from broken.
BEAT_S = 15.0


class Feed:
    """Serves up to *limit* readers; each has its own place, so none waits for another."""

    def __init__(self, engine: Engine, *, limit: int, metrics: Metrics) -> None:
        self._engine = engine
        self._limit = limit
        self._metrics = metrics
        self._readers = 0
        self._news = asyncio.Event()
        self._ended = False

    def hear(self, committed: Committed) -> None:
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
        after = await self._start(request)
        response = web.StreamResponse(
            headers={
                "Content-Type": "text/event-stream",
                "Cache-Control": "no-store",
                "X-Accel-Buffering": "no",
            }
        )
        await response.prepare(request)
        self._readers += 1
        self._metrics.feed_readers.set(self._readers)
        try:
            await self._stream(response, after)
        except ConnectionResetError:
            pass  # the reader left; it knows where to resume
        finally:
            self._readers -= 1
            self._metrics.feed_readers.set(self._readers)
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
        await response.write(b": connected\n\n")
        while not self._ended:
            news = self._news
            entries = await self._engine.read(partial(Store.feed, after=after, limit=PAGE))
            for entry in entries:
                after = entry["id"]
                data = json.dumps(entry, ensure_ascii=False)
                await response.write(f"id: {after}\nevent: {entry['event']}\ndata: {data}\n\n".encode())
            if not entries:
                await self._rest(response, news)

    async def _rest(self, response: web.StreamResponse, news: asyncio.Event) -> None:
        try:
            async with asyncio.timeout(BEAT_S):
                await news.wait()
        except TimeoutError:
            await response.write(b": beat\n\n")

    def _wake(self) -> None:
        self._news, news = asyncio.Event(), self._news
        news.set()
