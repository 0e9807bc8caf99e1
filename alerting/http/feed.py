"""The timelines of all premises as one stream of server-sent events, from any point on."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from itertools import islice

import structlog
from aiohttp import HttpVersion11, web

from alerting.domain.watch.synthetic_fire import Hop
from alerting.engine.commit_result import CommitResult
from alerting.engine.transactions import Transactions
from alerting.http import feed_reader
from alerting.http.access import later_rights_of, rights_of
from alerting.http.feed_gaps import Gaps
from alerting.http.feed_reader import BEAT_S, FeedReader, Left
from alerting.http.feed_rights import FeedRights, feed_filter
from alerting.http.feed_ring import (
    FeedBatches,
    FeedEvent,
    FeedFilter,
    Ring,
    RingLimits,
    batch,
    encode_event,
)
from alerting.metrics import Metrics
from alerting.store.errors import DatabaseError
from alerting.store.store import CenterStore
from contract.http.checking import BadRequest, read_query
from contract.http.feed import FeedQuery
from contract.timeline import Entry

log = structlog.get_logger(__name__)

PAGE = 100
"""Entries read at a time: few enough that reading them does not hold up an alarm."""

AT_FIRST = 500
"""Entries that the ring begins with: most readers that connect again after a restart miss no more."""

CALM_S = 0.01
"""Seconds without a commit after which readers are served: an alarm's relays are out by then."""

LONGEST_S = 0.1
"""Seconds after which readers are served although commits go on."""

SLICE = 8
"""Readers served at once, in about 0.1 ms, before whatever else is ready has its turn."""

PAUSE_S = 0.005
"""Seconds between two slices while an alarm is under way: readers cost it one slice or two."""

AGAIN_S = 0.05
"""Seconds until a reader that had no room is looked at again, and a gap of ids."""

TICK_S = 1.0
"""Seconds between two looks at all readers; of a shared database also between two looks at it."""

USUAL_RING = RingLimits()

LAST_EVENT_ID = "Last-Event-ID"

LONGEST_ID = 16
"""Digits of an id; a longer one is none of this database."""


class Feed:
    """Serves up to *limit* readers from memory; one that is behind is served from the database.

    Each is sent what its account may see, by its rights of the moment; readers with the same rights
    share the bytes.

    Readers give way to alarms: they are served after a commit's relays, in slices, with pauses while
    *alarms_wait* to be stored or were committed just now. To a *shared* database other processes write
    too, so news are read from it.
    """

    def __init__(
        self,
        transactions: Transactions,
        *,
        limit: int,
        metrics: Metrics,
        shared: bool = False,
        alarms_wait: Callable[[], bool] = lambda: False,
        ring: RingLimits = USUAL_RING,
    ) -> None:
        self._transactions = transactions
        self._limit = limit
        self._metrics = metrics
        self._shared = shared
        self._alarms_wait = alarms_wait
        self._limits = ring
        self._ring: Ring | None = None  # while there are readers
        self._gaps = Gaps()
        self._filling = asyncio.Lock()
        self._reading = asyncio.Semaphore()  # one reader that is behind at a time
        self._committed: deque[Sequence[Entry]] = deque()  # since the ring was filled last
        self._committed_at = self._looked_at = 0.0
        self._count = 0
        self._following: set[FeedReader] = set()
        self._rights = FeedRights()
        self._news = asyncio.Event()
        self._rounds: deque[Callable[[Hop], None]] = deque(maxlen=PAGE)
        self._ended = False

    def on_commit(self, committed: CommitResult) -> None:
        """Keep what there is to read, if anybody reads, and rounds of the synthetic fire in any case."""
        if committed.on_hop is not None:
            self._rounds.append(committed.on_hop)
            self._news.set()
        if not committed.entries or (self._ring is None and not self._count):
            return
        if len(self._committed) >= self._limits.events:
            self._committed.clear()  # the database has it
            self._committed.append(())
        self._committed.append(committed.timeline)
        self._committed_at = _now()
        self._news.set()

    @property
    def waits_for_gap(self) -> bool:
        """Whether entries are held back behind an id that another process may still commit."""
        return self._gaps.waiting

    async def end(self, _: web.Application) -> None:
        """Let the readers go."""
        self._ended = True
        for each in self._following:
            each.leave(Left.END)

    # -- one reader

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """``GET /api/v1/feed``."""
        if self._count >= self._limit:
            raise web.HTTPServiceUnavailable(text="too many readers; close one or raise feed_readers")
        self._came(1)
        try:
            return await self._serve(request)
        finally:
            self._came(-1)
            self._news.set()

    def _came(self, count: int) -> None:
        self._count += count
        self._metrics.feed_readers.set(self._count)

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        asked = read_query(request.query, FeedQuery)
        ring = await self._open_ring()
        after = await self._start(request, asked)
        response = await _begin(request)
        if request.method == "HEAD" or request.transport is None:
            return response
        chunked = request.version >= HttpVersion11
        wanted = feed_filter(rights_of(request), asked)
        reader = FeedReader(request.transport, wanted, after=after, chunked=chunked)
        self._rights.add(reader, later_rights_of(request), asked)
        try:
            await self._stream(response, reader, ring)
        except ConnectionResetError:
            pass  # the reader left; it knows where to resume
        except TimeoutError:
            _let_go(request, reader)
        except DatabaseError:
            log.warning("feed reader disconnected; the database does not answer", reader=request.remote)
            reader.transport.abort()
        finally:
            self._rights.remove(reader)
        return response

    async def _start(self, request: web.Request, asked: FeedQuery) -> int:
        """Return the id after which to begin: where the reader left off, or the newest one."""
        text = request.headers.get(LAST_EVENT_ID, "")
        if text:
            return _number(text)
        if asked.after is not None:
            return asked.after
        return await self._transactions.read_for_web(CenterStore.newest_entry)

    async def _stream(self, response: web.StreamResponse, reader: FeedReader, ring: Ring) -> None:
        await _write(response, b": connected\n\n")
        left = Left.BEHIND
        while left is Left.BEHIND and not self._ended:
            await self._catch_up(response, reader, ring)
            left = await self._follow(reader, ring)
        if left is Left.SLOW:
            raise TimeoutError

    async def _catch_up(self, response: web.StreamResponse, reader: FeedReader, ring: Ring) -> None:
        """Serve *reader* from the database until the ring has what comes next."""
        while reader.after < ring.floor and not self._ended:
            through = ring.newest
            async with self._reading:
                read = partial(_events_after, after=reader.after)
                page = [
                    each for each in await self._transactions.read_for_web(read) if each.id <= through
                ]
            if len(page) < PAGE:
                await _write_all(response, page, reader.wanted)
                reader.after = through
            else:
                await _write_all(response, page, reader.wanted)
                reader.after = page[-1].id

    async def _follow(self, reader: FeedReader, ring: Ring) -> Left:
        if self._ended:
            return Left.END
        self._following.add(reader)
        self._news.set()  # for what came while it caught up
        try:
            return await reader.follow(now=_now())
        finally:
            self._following.discard(reader)

    # -- all readers

    async def run(self) -> None:
        """Serve the readers, and look at their rights, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._serve_forever(), name="feed served")
            tasks.create_task(self._rights.watch_forever(), name="rights of feed readers")

    async def _serve_forever(self) -> None:
        again = False
        while True:
            await self._wait(again=again)
            await self._become_calm()
            async with self._filling:
                ring = await self._fill()
            rounds = [self._rounds.popleft() for _ in range(len(self._rounds))]
            again = await self._serve_all(ring) if ring is not None else False
            for passed in rounds:
                passed(Hop.FEED)

    async def _wait(self, *, again: bool) -> None:
        """Wait for news; without any, until the readers need to be looked at."""
        timeout = (AGAIN_S if again else TICK_S) if self._count else None
        try:
            async with asyncio.timeout(timeout):
                await self._news.wait()
        except TimeoutError:
            pass
        self._news.clear()

    async def _become_calm(self) -> None:
        """Wait until no alarm is under way, but not for ever."""
        until = _now() + LONGEST_S
        while _now() < until:
            if not self._is_busy():
                return
            await asyncio.sleep(CALM_S / 2)

    def _is_busy(self) -> bool:
        """Whether alarms wait, or one was committed just now and is on its way to people."""
        return self._alarms_wait() or _now() - self._committed_at < CALM_S

    async def _serve_all(self, ring: Ring) -> bool:
        """Hand all readers what comes next; return whether to come again soon."""
        batches, readers, again = FeedBatches(ring), iter([*self._following]), self._gaps.waiting
        while some := list(islice(readers, SLICE)):
            now = _now()
            for each in some:
                again |= each.hand_over(batches, floor=ring.floor, now=now)
            await asyncio.sleep(PAUSE_S if self._is_busy() else 0)
        return again

    # -- the ring

    async def _open_ring(self) -> Ring:
        async with self._filling:
            if self._ring is None:
                newest = await self._transactions.read_for_web(CenterStore.newest_entry)
                self._gaps = Gaps()
                ring = Ring(max(0, newest - AT_FIRST), self._limits)
                await self._read_news(ring)
                self._ring = ring
            return self._ring

    async def _fill(self) -> Ring | None:
        """Bring the ring up to what is committed; drop it where nobody reads."""
        if not self._count:
            self._ring = None
            self._committed.clear()
        elif self._ring is not None:
            try:
                await self._take_committed(self._ring)
            except DatabaseError:
                self._committed.append(())  # to be read by the next look
                log.warning("feed cannot read the database; retrying")
        return self._ring

    async def _take_committed(self, ring: Ring) -> None:
        """Append what was committed; where its ids do not go on from the ring's, read the database."""
        while self._committed:
            entries = self._committed.popleft()
            if not entries or entries[0].id > ring.newest + 1:
                await self._read_news(ring)
            for entry in entries:
                ring.append(encode_event(entry))
        if _now() - self._looked_at >= (TICK_S if self._shared else BEAT_S) or self._gaps.waiting:
            await self._read_news(ring)

    async def _read_news(self, ring: Ring) -> None:
        """Append what the database has above the ring's newest event."""
        self._looked_at, page = _now(), PAGE
        while page == PAGE:
            read = partial(CenterStore.feed, after=ring.newest, limit=PAGE)
            found: Sequence[Entry] = await self._transactions.read_for_web(read)
            if self._shared:
                found = self._gaps.settled(found, ring.newest, now=_now())
            page = len(found)
            for entry in found:
                ring.append(encode_event(entry))


def _now() -> float:
    return asyncio.get_running_loop().time()


def _events_after(store: CenterStore, *, after: int) -> list[FeedEvent]:
    return [encode_event(each) for each in store.feed(after=after, limit=PAGE)]


async def _begin(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(
        headers={
            "Content-Type": "text/event-stream",
            "Cache-Control": "no-store",
            "X-Accel-Buffering": "no",
        }
    )
    await response.prepare(request)
    return response


def _let_go(request: web.Request, reader: FeedReader) -> None:
    log.warning("feed reader too slow; disconnected", reader=request.remote)
    reader.transport.abort()  # an orderly end would wait for the reader again


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= LONGEST_ID):
        raise BadRequest(f"{LAST_EVENT_ID} {text[:40]!r} is not a number; send the id of the last event")
    return int(text)


async def _write_all(
    response: web.StreamResponse, events: Sequence[FeedEvent], wanted: FeedFilter
) -> None:
    while events:
        data, through = batch(events, wanted)
        if data:
            await _write(response, data)
        events = [each for each in events if each.id > through]


async def _write(response: web.StreamResponse, data: bytes) -> None:
    async with asyncio.timeout(feed_reader.WRITE_S):
        await response.write(data)
