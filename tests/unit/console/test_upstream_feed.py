"""The one feed of alerting goes on where it broke, and begins anew with another database."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import aiohttp
import pytest
from aiohttp import web

from console.adapters.center import CenterClient
from console.adapters.metrics import Metrics
from console.adapters.upstream_feed import UpstreamFeed
from console.settings import CenterSettings
from tests.support.servers import free_port
from tests.support.waiting import eventually

MOMENT = 1_800_000_000_000_000


@dataclass
class FeedOfAlerting:
    """Alerting's feed over a database of so many entries; each database has times of its own."""

    entries: int
    began_at: int = MOMENT
    asked: list[str | None] = field(default_factory=list)
    _readers: list["asyncio.Future[None]"] = field(default_factory=list)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Send what follows the last id that the reader names, and go on until cut."""
        last = request.headers.get("Last-Event-ID")
        self.asked.append(last)
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        await response.write(b": connected\n\n")
        for number in range(self.entries + 1 if last is None else int(last) + 1, self.entries + 1):
            await response.write(self._entry(number))
        cut: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._readers.append(cut)
        sent = self.entries
        while not (await asyncio.wait([cut], timeout=0.02))[0]:
            for number in range(sent + 1, self.entries + 1):
                await response.write(self._entry(number))
            sent = max(sent, self.entries)
        return response

    def cut(self) -> None:
        """End the streams of all readers."""
        for each in self._readers:
            each.set_result(None)
        self._readers.clear()

    def _entry(self, number: int) -> bytes:
        at = self.began_at + number
        return b'data: {"id":%d,"at":%d,"premises":"cho","incident":null}\n\n' % (number, at)


@dataclass
class Followed:
    """The calls of a feed."""

    ids: list[int] = field(default_factory=list)
    opened: int = 0
    others: int = 0

    def open(self) -> None:
        """Note that it is open."""
        self.opened += 1

    def other(self) -> None:
        """Note that it is of another database."""
        self.others += 1
        self.ids.clear()


@asynccontextmanager
async def followed(center: FeedOfAlerting) -> AsyncIterator[tuple[UpstreamFeed, Followed]]:
    """A feed that follows *center* within the block."""
    app, port, seen = web.Application(), free_port(), Followed()
    app.router.add_get("/api/v1/feed", center.serve)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    async with aiohttp.ClientSession() as http:
        settings = CenterSettings(alerting=f"http://127.0.0.1:{port}")
        feed = UpstreamFeed(
            CenterClient(settings, http, Metrics()),
            on_entry=lambda entry: seen.ids.append(entry.id),
            on_open=seen.open,
            on_other=seen.other,
        )
        running = asyncio.create_task(feed.run())
        await eventually(lambda: feed.is_open)
        try:
            yield feed, seen
        finally:
            running.cancel()
            center.cut()
            await asyncio.gather(running, return_exceptions=True)
            await runner.cleanup()


async def test_no_entry_is_missed_or_told_twice_by_a_feed_that_broke() -> None:
    center = FeedOfAlerting(entries=7)
    async with followed(center) as (feed, seen):
        center.entries = 9
        await eventually(lambda: seen.ids == [8, 9])
        center.cut()
        center.entries = 11
        await eventually(lambda: seen.ids == [8, 9, 10, 11])
        await eventually(lambda: feed.is_open)
        assert (seen.others, len(center.asked)) == (0, 2)


@pytest.mark.parametrize("entries", [0, 3, 8, 9, 40])
async def test_a_center_whose_ids_begin_anew_is_followed_from_now_on(entries: int) -> None:
    center = FeedOfAlerting(entries=7)
    async with followed(center) as (feed, seen):
        center.entries = 9
        await eventually(lambda: seen.ids == [8, 9])
        center.entries, center.began_at = entries, MOMENT + 900_000_000
        center.cut()
        await eventually(lambda: seen.others == 1 and feed.is_open, within=20)
        center.entries += 1
        await eventually(lambda: seen.ids == [entries + 1])
