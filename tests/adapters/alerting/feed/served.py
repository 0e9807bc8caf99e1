"""The feed over HTTP and a database, and readers of it; no broker, no channels."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date

import aiohttp
from aiohttp import web
from prometheus_client import CollectorRegistry
from sqlalchemy import create_engine, insert

from accounts.domain.actor import Evidence, local_actor
from accounts.domain.areas import NO_AREAS
from accounts.domain.rights import Rights
from alerting.domain.model.effects import TimelineEntry
from alerting.engine.engine import Engine, open_engine
from alerting.engine.unit_of_work import UnitOfWork
from alerting.http.access import LATER_RIGHTS, RIGHTS, LaterRights
from alerting.http.feed import USUAL_RING, Feed
from alerting.http.feed_ring import RingLimits
from alerting.metrics import Metrics
from alerting.settings import Confirmation
from alerting.store.tables import timeline
from contract.timeline import TimelineEvent
from runtime.clock import utc_now
from runtime.web import Handler, serve
from tests.support.waiting import eventually

Row = dict[str, object]

LOCAL = Rights(local_actor(Evidence.LOOPBACK), NO_AREAS, date(2026, 11, 29))


@dataclass
class Reader:
    """A reader, and the ids of the events that it has."""

    ids: list[int] = field(default_factory=list)
    connected: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[None] | None = None

    async def read(self, http: aiohttp.ClientSession, url: str, after: int | None) -> None:
        headers = {} if after is None else {"Last-Event-ID": str(after)}
        async with http.get(url, headers=headers) as answer:
            async for line in answer.content:
                self.connected.set()
                if line.startswith(b"id: "):
                    self.ids.append(int(line.removeprefix(b"id: ")))


@dataclass
class Served:
    """A running feed of *engine* at *port*."""

    engine: Engine
    feed: Feed
    url: str
    http: aiohttp.ClientSession
    tasks: asyncio.TaskGroup
    database: str
    metrics: Metrics

    async def commit(self, count: int, *, premises: str = "cho", pad: int = 0) -> None:
        """Commit *count* entries in one transaction of the engine."""

        def change(unit: UnitOfWork) -> None:
            for number in range(count):
                data = {"number": number, "pad": "x" * pad}
                unit.add_entry(premises, None, TimelineEntry(TimelineEvent.CENTER, "test", data))

        await self.engine.transactions.run(change, utc_now())

    async def insert(self, count: int) -> None:
        """Commit *count* entries by another process of the database."""
        rows = [row() for _ in range(count)]
        await asyncio.to_thread(insert_rows, self.database, rows)

    async def newest(self) -> int:
        return await self.engine.transactions.read(lambda store: store.newest_entry())

    async def all_ids(self) -> list[int]:
        """The ids of all entries."""
        entries = await self.engine.transactions.read(lambda store: store.feed(after=0, limit=10**6))
        return [each.id for each in entries]

    async def join(self, after: int | None = None, query: str = "") -> Reader:
        """Return a reader that is connected and asked for what comes *after* an id."""
        reader = Reader()
        reader.task = self.tasks.create_task(reader.read(self.http, self.url + query, after))
        await reader.connected.wait()
        return reader

    async def leave(self, reader: Reader) -> None:
        if reader.task is not None:
            reader.task.cancel()
            await asyncio.wait({reader.task})

    async def has(self, reader: Reader, ids: list[int]) -> None:
        """Wait until *reader* has as many events as *ids*; they must be these."""
        await eventually(lambda: len(reader.ids) >= len(ids))
        assert reader.ids == ids

    def readers(self) -> float:
        """The readers that the feed counts."""
        return self.metrics.registry.get_sample_value("tocsin_alerting_feed_readers") or 0.0


def row() -> Row:
    """An entry as another process would insert it."""
    return {"at": 0, "premises": "cho", "event": "center", "reason": "other", "data": "{}"}


def insert_rows(url: str, rows: list[Row]) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(insert(timeline), rows)
    engine.dispose()


@web.middleware
async def _of_this_machine(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let whoever asks read everything, as this machine itself may."""
    request[RIGHTS], request[LATER_RIGHTS] = LOCAL, LaterRights(lambda: LOCAL)
    return await handler(request)


@asynccontextmanager
async def served(
    url: str,
    *,
    ring: RingLimits = USUAL_RING,
    shared: bool = False,
    alarms_wait: Callable[[], bool] = lambda: False,
) -> AsyncIterator[Served]:
    """Serve the feed of the database at *url* within the block."""
    metrics = Metrics(CollectorRegistry())
    async with open_engine(url, Confirmation(), metrics) as engine, asyncio.TaskGroup() as tasks:
        feed = Feed(
            engine.transactions,
            limit=100,
            metrics=metrics,
            shared=shared,
            ring=ring,
            alarms_wait=alarms_wait,
        )
        engine.transactions.listeners.append(feed.on_commit)
        app = web.Application(middlewares=[_of_this_machine])
        app.add_routes([web.get("/feed", feed.serve)])
        app.on_shutdown.append(feed.end)
        running = tasks.create_task(feed.run())
        async with aiohttp.ClientSession() as http, serve(app, "127.0.0.1", 0) as port:
            yield Served(engine, feed, f"http://127.0.0.1:{port}/feed", http, tasks, url, metrics)
        running.cancel()
