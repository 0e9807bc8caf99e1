"""Serial lines: a thread reads each port, and whatever becomes of it, the port is opened again."""

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import structlog

from gateway.adapters.port_thread import PortThread, Stage
from gateway.domain.changes import Moment
from gateway.domain.reopening import Reopening
from runtime.backoff import Backoff
from runtime.serial_ports import READ_TIMEOUT_S

log = structlog.get_logger(__name__)

_OPENING_AGAIN = Backoff(0.2, 5.0)
"""Seconds: a port that vanished is tried again quickly, because an alarm may come."""

# pyserial itself gives up opening a URL after 5 to 11 s, and a read after 0.2 s.
_PATIENCE_S = {Stage.OPENING: 15.0, Stage.READING: 10.0, Stage.CLOSING: 3.0}
"""Longest that a call into the kernel may take until another thread tries beside it."""

_MOST_THREADS = 4
"""Threads of one port that the kernel may hold at once; beyond it the port waits for one of them."""

_LOOK_S = 0.5
"""Seconds between two looks at a port to which nothing happens."""

_CHUNKS_WAITING = 32
"""Chunks that wait for the gateway; beyond it the reader waits, and the port's own buffer fills."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Bytes that came from a port, or *gone*: the reason why it is gone, or "" when it is back."""

    moment: Moment
    data: bytes = b""
    gone: str | None = None


class LineReader:
    """Keeps one port open and hands what is read there to *on_chunk*, in order.

    *reopening* decides when the port is opened anew because nothing sound was heard since *heard_at*;
    *on_reopen* is called each time.
    """

    def __init__(
        self,
        port: str,
        baud: int,
        *,
        on_chunk: Callable[[Chunk], Awaitable[None]],
        on_reopen: Callable[[Moment], Awaitable[None]],
        reopening: Reopening,
        heard_at: Callable[[], float],
        now: Callable[[], Moment],
    ) -> None:
        self._port = port
        self._baud = baud
        self._on_chunk = on_chunk
        self._on_reopen = on_reopen
        self._reopening = reopening
        self._heard_at = heard_at
        self._now = now
        self._stopped = False
        self._lock = threading.Lock()
        self._room = threading.Semaphore(_CHUNKS_WAITING)
        self._chunks: asyncio.Queue[Chunk] = asyncio.Queue()  # bounded by the semaphore
        self._taken_at: float | None = None
        self._threads: list[PortThread] = []
        self._reader: PortThread | None = None  # the one that has the port; guarded by the lock
        self._opened_at = 0.0
        self._attempts = 0  # to open the port since it was last open
        self._next_try_at = 0.0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._changed = asyncio.Event()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Read within the block."""
        self._loop = asyncio.get_running_loop()
        async with asyncio.TaskGroup() as tasks:
            own = [
                tasks.create_task(self._take_chunks(), name=f"line {self._port}"),
                tasks.create_task(self._keep_open(), name=f"line {self._port} keep open"),
            ]
            try:
                yield
            finally:
                await self._stop()
                for task in own:
                    task.cancel()

    def moving(self, t: float) -> bool:
        """Return whether no chunk has been waiting for long. A port that hangs does not count."""
        return self._taken_at is None or t - self._taken_at < 10.0

    # -- called from the threads

    def claim(self, thread: PortThread, moment: Moment) -> bool:
        """Let *thread* be the one that reads; False if another is, or none is wanted."""
        with self._lock:
            if self._stopped or self._reader is not None:
                return False
            self._reader = thread
            thread.hung = False  # it did return, after all
            self._opened_at = moment.t
            self._attempts = 0
        self._hand_over(Chunk(moment, gone=""))
        return True

    def deliver(self, moment: Moment, data: bytes) -> None:
        """Hand *data* to the gateway; waits while it is busy."""
        self._hand_over(Chunk(moment, data))

    def gone(self, thread: PortThread, moment: Moment, reason: str) -> None:
        """The port could not be opened, or was lost."""
        with self._lock:
            if self._reader is thread:
                self._reader = None
            elif self._reader is not None or thread.hung:
                return
            self._next_try_at = moment.t + self._delay_s()
        self._hand_over(Chunk(moment, gone=reason))

    def stage_changed(self) -> None:
        """Have the port looked after at once."""
        self._in_loop(self._changed.set)

    # -- in the event loop

    async def _take_chunks(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            chunk = await self._chunks.get()
            self._taken_at = loop.time()
            await self._on_chunk(chunk)
            self._taken_at = None
            self._room.release()
            # The next chunk may be there already: let the other lines and the uplink have their turn.
            await asyncio.sleep(0)

    async def _keep_open(self) -> None:
        while True:
            self._changed.clear()
            await self._look_after(self._now())
            with suppress(TimeoutError):
                async with asyncio.timeout(_LOOK_S):
                    await self._changed.wait()

    async def _look_after(self, moment: Moment) -> None:
        self._threads = [each for each in self._threads if each.stage is not Stage.ENDED]
        self._drop_reader_that_ended()
        await self._leave_if_silent(moment)
        self._give_up_what_hangs(moment)
        if self._may_open(moment.t):
            self._open(moment.t)

    def _drop_reader_that_ended(self) -> None:
        """A thread that closes its port has nothing more to read, for whatever reason."""
        with self._lock:
            if self._reader is not None and self._reader.stage in {Stage.CLOSING, Stage.ENDED}:
                self._reader = None

    async def _leave_if_silent(self, moment: Moment) -> None:
        reader = self._reader
        if reader is None or not self._reopening.is_due(
            moment.t, heard_at=self._heard_at(), opened_at=self._opened_at
        ):
            return
        self._opened_at = moment.t
        await self._on_reopen(moment)
        reader.leave()

    def _give_up_what_hangs(self, moment: Moment) -> None:
        reader = self._reader
        for each in [reader] if reader is not None else self._threads:
            if each.stage is not Stage.CLOSING and _hangs(each, moment.t):
                self._give_up(each, moment)

    def _give_up(self, thread: PortThread, moment: Moment) -> None:
        """Report the port as gone, once; *thread* may still come back."""
        if thread.hung or not self._room.acquire(blocking=False):
            return
        thread.hung = True
        with self._lock:
            if self._reader is thread:
                self._reader = None
                thread.leave()
        reason = f"{thread.stage.value} has not returned for {moment.t - thread.since:.0f} s"
        self._chunks.put_nowait(Chunk(moment, gone=reason))

    def _may_open(self, t: float) -> bool:
        busy = any(
            each.stage in {Stage.OPENING, Stage.CLOSING} and not _hangs(each, t)
            for each in self._threads
        )
        free = len(self._threads) < _MOST_THREADS
        return self._reader is None and free and not busy and t >= self._next_try_at

    def _open(self, t: float) -> None:
        with self._lock:
            self._next_try_at = t + self._delay_s()
            self._attempts += 1
        thread = PortThread(self._port, self._baud, owner=self, now=self._now)
        self._threads.append(thread)
        thread.start()

    def _delay_s(self) -> float:
        return _OPENING_AGAIN.delay(self._attempts + 1)

    async def _stop(self) -> None:
        with self._lock:
            self._stopped, reader = True, self._reader
        for each in self._threads:
            each.leave()
            self._room.release()
        if reader is not None:
            await asyncio.to_thread(reader.join, 2 * READ_TIMEOUT_S)

    def _hand_over(self, chunk: Chunk) -> None:
        """Put *chunk* before the gateway; from a thread."""
        self._room.acquire()
        if not self._stopped:
            self._in_loop(lambda: self._chunks.put_nowait(chunk))

    def _in_loop(self, what: Callable[[], None]) -> None:
        with suppress(RuntimeError):  # the loop is closed: the process ends
            assert self._loop is not None  # noqa: S101 (a thread runs only within ``running``)
            self._loop.call_soon_threadsafe(what)


def _hangs(thread: PortThread, t: float) -> bool:
    patience_s = _PATIENCE_S.get(thread.stage)
    return patience_s is not None and t - thread.since > patience_s
