"""All screens: each is sent ticks, rows and entries, and none of them waits for another."""

import asyncio
from collections.abc import Callable, Sequence
from enum import Enum, auto

import msgspec

from console.adapters.metrics import Metrics
from console.domain.desk_rows import OpenRows
from console.domain.items import FeedEntry
from console.domain.live_events import Folded, all_rows, event
from console.domain.sight import Sight
from contract.http.console import LiveEvent, LiveTick

FOLD_S = 0.2
"""Seconds between two servings of news: what changes faster is folded together."""

TICK_S = 1.0

BLIND_S = 5.0
"""Seconds without a tick after which a page is blind (docs/console.md)."""

SLOW_S = 30.0
"""Seconds in which a screen must take what waits for it; one that does not holds a place for nothing."""

SLICE = 25
"""Screens that are served before whatever else is ready has its turn."""

MOST_ENTRIES = 2_000
"""Entries of one serving; a screen that could not follow them is sent all rows anew."""

Tick = Callable[[], LiveTick]
"""Returns the tick of now."""


class ScreenEnd(Enum):
    """The reasons for which a stream ends."""

    GONE = auto()
    SLOW = auto()
    SIGNED_OUT = auto()
    END = auto()
    """The service ends."""


class Screen:
    """One stream: what its person may see, and the connection that takes it.

    What is sent is framed as a chunk of HTTP where the connection is *chunked*.
    """

    def __init__(
        self, transport: asyncio.Transport, session: str, sight: Sight, *, chunked: bool
    ) -> None:
        self.transport = transport
        self.session = session
        self.sight = sight
        self.needs_reset = True
        self._chunked = chunked
        self._full_since: float | None = None
        self.left: asyncio.Future[ScreenEnd] = asyncio.get_running_loop().create_future()

    def leave(self, why: ScreenEnd) -> None:
        """End the stream."""
        if not self.left.done():
            self.left.set_result(why)

    def send(self, data: bytes) -> None:
        """Send *data*, whatever waits already."""
        self.transport.write(b"%x\r\n%b\r\n" % (len(data), data) if self._chunked else data)

    def has_room(self, most: int, now: float) -> bool:
        """Return whether less than *most* bytes wait; one without room for too long leaves."""
        if self.transport.is_closing():
            self.leave(ScreenEnd.GONE)
            return False
        if self.transport.get_write_buffer_size() <= most:
            self._full_since = None
            return True
        self._full_since = self._full_since if self._full_since is not None else now
        if now - self._full_since > SLOW_S:
            self.leave(ScreenEnd.SLOW)
        return False


class Screens:
    """Serves all screens what *incidents* has, and the entries that come.

    A screen without room for *waiting_bytes* misses what comes, and is then sent all rows anew.
    """

    def __init__(self, incidents: OpenRows, metrics: Metrics, tick: Tick, *, waiting_bytes: int) -> None:
        self._incidents = incidents
        self._metrics = metrics
        self._tick = tick
        self._most = waiting_bytes
        self._screens: set[Screen] = set()
        self._changed: dict[str, str] = {}
        self._entries: list[FeedEntry] = []
        self._news = asyncio.Event()
        self._ticked_at = _now()

    def __len__(self) -> int:
        return len(self._screens)

    @property
    def are_ticking(self) -> bool:
        """Whether ticks went out of late: a page without them is blind."""
        return _now() - self._ticked_at < BLIND_S

    def of(self, session: str) -> Sequence[Screen]:
        """Return the screens of *session*."""
        return [each for each in self._screens if each.session == session]

    def add(self, screen: Screen) -> None:
        """Serve *screen* from now on: all rows first."""
        self._screens.add(screen)
        self._metrics.screens.set(len(self._screens))
        self._reset(screen)
        screen.send(event(LiveEvent.TICK, msgspec.json.encode(self._tick())))

    def remove(self, screen: Screen) -> None:
        """Serve *screen* no more."""
        self._screens.discard(screen)
        self._metrics.screens.set(len(self._screens))

    def end(self) -> None:
        """Let all screens go."""
        for each in self._screens:
            each.leave(ScreenEnd.END)

    def note_rows(self, changed: dict[str, str]) -> None:
        """Serve the rows *changed*, ids by their premises."""
        if changed:
            self._changed.update(changed)
            self._metrics.rows.set(len(self._incidents.rows))
            self._news.set()

    def note_entry(self, entry: FeedEntry) -> None:
        """Serve *entry*."""
        self._metrics.entries.inc()
        if not self._screens:
            return
        self._entries.append(entry)
        self._news.set()
        if len(self._entries) > MOST_ENTRIES:
            self._entries.clear()
            for each in self._screens:
                each.needs_reset = True

    def begin_anew(self) -> None:
        """Have every page forget what it knows: all rows are sent again, and no entry of before."""
        self._entries.clear()
        for each in self._screens:
            each.needs_reset = True

    async def run(self) -> None:
        """Serve all screens until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._serve_forever(), name="rows to screens")
            tasks.create_task(self._tick_forever(), name="ticks to screens")

    async def _serve_forever(self) -> None:
        while True:
            await self._news.wait()
            await self.serve_news()
            await asyncio.sleep(FOLD_S)

    async def serve_news(self) -> None:
        """Serve all screens what came since the last time."""
        self._news.clear()
        changed, self._changed = self._changed, {}
        entries, self._entries = self._entries, []
        folded = Folded(self._incidents.rows, changed, entries)
        for number, screen in enumerate(list(self._screens)):
            if number % SLICE == SLICE - 1:
                await asyncio.sleep(0)
            self._hand(screen, folded)

    def _hand(self, screen: Screen, folded: Folded) -> None:
        if not screen.has_room(self._most, _now()):
            self._miss(screen)
        elif screen.needs_reset:
            self._reset(screen)
        elif data := folded.to(screen.sight):
            screen.send(data)

    def _miss(self, screen: Screen) -> None:
        if not screen.needs_reset:
            screen.needs_reset = True
            self._metrics.resets.inc()

    def _reset(self, screen: Screen) -> None:
        screen.needs_reset = False
        screen.send(all_rows(self._incidents.rows, screen.sight))

    async def _tick_forever(self) -> None:
        due = _now()
        while True:
            due += TICK_S
            await asyncio.sleep(max(0.0, due - _now()))
            if _now() - due > TICK_S:
                self._metrics.late_ticks.inc()
                due = _now()
            await self.send_tick()

    async def send_tick(self) -> None:
        """Send every screen the tick of now, and all rows where it missed some."""
        tick = event(LiveEvent.TICK, msgspec.json.encode(self._tick()))
        self._ticked_at = _now()
        for number, screen in enumerate(list(self._screens)):
            if number % SLICE == SLICE - 1:
                await asyncio.sleep(0)
            if not screen.has_room(self._most, _now()):
                self._miss(screen)
                continue
            if screen.needs_reset:
                self._reset(screen)
            screen.send(tick)


def _now() -> float:
    return asyncio.get_running_loop().time()
