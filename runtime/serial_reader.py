"""Keeps a serial port open: a thread reads it, and whatever becomes of it, the port is opened again."""

import asyncio
import threading
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Generic, NamedTuple

from runtime.aligned_timers import until_next
from runtime.backoff import Backoff
from runtime.gathering import Gathering
from runtime.own_thread import start_in_own_thread
from runtime.serial_port import SerialPort
from runtime.serial_thread import M, SerialThread, ThreadStage

_REOPENING = Backoff(0.2, 5.0)
"""Seconds: a port that vanished is tried again quickly, because an alarm may come."""

# pyserial itself gives up opening a URL after 5 to 11 s, and a read after 0.2 s.
_LONGEST_CALL_S = {ThreadStage.OPENING: 15.0, ThreadStage.READING: 10.0, ThreadStage.CLOSING: 3.0}
"""Longest that a call into the kernel may take until another thread tries beside it."""

_MOST_THREADS = 4
"""Threads of one port that the kernel may hold at once; beyond it the port waits for one of them."""

_CHECK_S = 0.5
"""Seconds between two checks of a port to which nothing happens."""

_CHUNKS_WAITING = 32
"""Chunks that wait for the consumer; beyond it the reader waits, and the port's own buffer fills."""

_ROOM_LOOKED_FOR_S = 0.1

_BUSY_S = 10.0
"""A consumer that has not accepted a chunk for so long makes no progress."""

_LEAVING_S = 1.0
"""For the reader to end: a read, and the 0.3 s for which pyserial sits on a socket that it closed."""


class Chunk(NamedTuple, Generic[M]):
    """Bytes that came from a port, or *lost*: the reason of its loss, or "" when it is open (again)."""

    moment: M
    data: bytes = b""
    lost: str | None = None


def never_silent(_t: float, _opened_at: float) -> bool:
    """Answer for a port whose silence means nothing."""
    return False


def always_urgent(_data: bytes) -> bool:
    """Answer for a port whose every byte is to be looked at once."""
    return True


async def ignore_reopening(_: object) -> None:
    """Do nothing about a port that is closed and opened anew."""


class SerialReader(Generic[M]):
    """Keeps the port *name* open by *opened*, and hands what is read to *on_chunk*, in order.

    The port is closed and opened anew when *is_silent* says so, of a time and of the time when it was
    opened, or after ``reopen``; *on_reopen* is called each time. What is not urgent waits for the next
    turn of *gathering*, if there is one; *is_urgent* is asked in the reading thread.
    """

    def __init__(
        self,
        name: str,
        opened: Callable[[], SerialPort],
        *,
        on_chunk: Callable[[Chunk[M]], Awaitable[None]],
        now: Callable[[], M],
        is_silent: Callable[[float, float], bool] = never_silent,
        on_reopen: Callable[[M], Awaitable[None]] = ignore_reopening,
        is_urgent: Callable[[bytes], bool] = always_urgent,
        gathering: Gathering | None = None,
    ) -> None:
        self._name = name
        self._opened = opened
        self._on_chunk = on_chunk
        self._on_reopen = on_reopen
        self._is_silent = is_silent
        self._now = now
        self._reopen = False
        self._stopped = False
        self._lock = threading.Lock()
        self._room = threading.Event()  # there may be room for those who wait for it
        self._chunks: deque[Chunk[M]] = deque()  # of _CHUNKS_WAITING, and one more of each thread
        self._arrived = asyncio.Event()  # chunks are to be looked at
        self._all_accepted = asyncio.Event()
        self._is_urgent = is_urgent
        self._gathering = gathering or Gathering(0.0)
        self._accepting_since: float | None = None
        self._threads: list[SerialThread[M]] = []
        self._reader: SerialThread[M] | None = None  # the one that has the port; guarded by the lock
        self._opened_at = 0.0
        self._attempts = 0  # to open the port since it was last open
        self._next_try_at = 0.0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._changed = asyncio.Event()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Read within the block."""
        self._loop = asyncio.get_running_loop()
        self._gathering.add(self._look_at_chunks)
        async with asyncio.TaskGroup() as tasks:
            own = [
                tasks.create_task(self._accept_chunks(), name=f"serial {self._name}"),
                tasks.create_task(self._keep_open(), name=f"serial {self._name} keep open"),
            ]
            try:
                yield
            finally:
                await self._stop()
                for task in own:
                    task.cancel()

    @property
    def port(self) -> SerialPort | None:
        """The open port, to write to; None while there is none."""
        reader = self._reader
        return None if reader is None else reader.port

    async def hand_over_all(self) -> None:
        """Wait until the consumer has accepted what was read until now."""
        if self._look_at_chunks():
            self._all_accepted.clear()
            await self._all_accepted.wait()

    def reopen(self) -> None:
        """Close the port and open it anew: something else may be at its other end by now."""
        self._reopen = True
        self._changed.set()

    def is_progressing(self, t: float) -> bool:
        """Return whether no chunk has been waiting for long. A port that hangs does not count."""
        return self._accepting_since is None or t - self._accepting_since < _BUSY_S

    # -- called from the threads

    def claim_port(self, thread: SerialThread[M], moment: M) -> bool:
        """Let *thread* be the one that reads; False if another is, or none is wanted."""
        with self._lock:
            if self._stopped or self._reader is not None:
                return False
            self._reader = thread
            thread.hung = False  # it did return, after all
            self._opened_at = moment.t
            self._attempts = 0
        self._hand_over(Chunk(moment, lost=""))
        return True

    def accept_data(self, moment: M, data: bytes) -> bool:
        """Hand *data* to the consumer; wait while it is busy, and return whether it was not."""
        return self._hand_over(Chunk(moment, data), urgent=self._is_urgent(data))

    def note_loss(self, thread: SerialThread[M], moment: M, reason: str) -> None:
        """Note that the port could not be opened, or was lost."""
        with self._lock:
            if self._reader is thread:
                self._reader = None
            elif self._reader is not None or thread.hung:
                return
            self._next_try_at = moment.t + self._delay_s()
        self._hand_over(Chunk(moment, lost=reason))

    def note_stage(self) -> None:
        """Have the port looked after at once."""
        self._in_loop(self._changed.set)

    # -- in the event loop

    async def _accept_chunks(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            self._all_accepted.clear()
            while self._chunks:
                self._accepting_since = loop.time()
                await self._on_chunk(self._chunks.popleft())
                self._accepting_since = None
                if len(self._chunks) == _CHUNKS_WAITING - 1:  # somebody may wait for this place
                    self._room.set()
            self._all_accepted.set()
            self._gathering.begin()
            # The next chunk may be there already: let other tasks have their turn.
            await asyncio.sleep(0)

    def _look_at_chunks(self) -> bool:
        """Have the chunks that wait looked at; return whether there are any."""
        if self._chunks:
            self._arrived.set()
        return bool(self._chunks)

    async def _keep_open(self) -> None:
        while True:
            self._changed.clear()
            await self._look_after(self._now())
            with suppress(TimeoutError):
                async with asyncio.timeout(until_next(_CHECK_S)):
                    await self._changed.wait()

    async def _look_after(self, moment: M) -> None:
        self._threads = [each for each in self._threads if each.stage is not ThreadStage.ENDED]
        self._drop_reader_that_ended()
        await self._leave_if_due(moment)
        self._give_up_what_hangs(moment)
        if not self._stopped and self._may_open(moment.t):
            self._open(moment.t)

    def _drop_reader_that_ended(self) -> None:
        """A thread that closes its port has nothing more to read, for whatever reason."""
        with self._lock:
            if self._reader is not None and self._reader.stage in {
                ThreadStage.CLOSING,
                ThreadStage.ENDED,
            }:
                self._reader = None

    async def _leave_if_due(self, moment: M) -> None:
        asked, self._reopen = self._reopen, False
        reader = self._reader
        if reader is None or not (asked or self._is_silent(moment.t, self._opened_at)):
            return
        self._opened_at = moment.t
        await self._on_reopen(moment)
        reader.leave()

    def _give_up_what_hangs(self, moment: M) -> None:
        reader = self._reader
        for each in [reader] if reader is not None else self._threads:
            if each.stage is not ThreadStage.CLOSING and _hangs(each, moment.t):
                self._give_up(each, moment)

    def _give_up(self, thread: SerialThread[M], moment: M) -> None:
        """Report the port as lost, once; *thread* may still come back."""
        if thread.hung or not self._has_room:
            return
        thread.hung = True
        with self._lock:
            if self._reader is thread:
                self._reader = None
                thread.leave()
        reason = f"{thread.stage.value} has not returned for {moment.t - thread.since:.0f} s"
        self._chunks.append(Chunk(moment, lost=reason))
        self._arrived.set()

    def _may_open(self, t: float) -> bool:
        busy = any(
            each.stage in {ThreadStage.OPENING, ThreadStage.CLOSING} and not _hangs(each, t)
            for each in self._threads
        )
        free = len(self._threads) < _MOST_THREADS
        return self._reader is None and free and not busy and t >= self._next_try_at

    def _open(self, t: float) -> None:
        with self._lock:
            self._next_try_at = t + self._delay_s()
            self._attempts += 1
        thread = SerialThread(self._name, self._opened, owner=self, now=self._now)
        self._threads.append(thread)
        thread.start()

    def _delay_s(self) -> float:
        return _REOPENING.delay(self._attempts + 1)

    async def _stop(self) -> None:
        with self._lock:
            self._stopped, reader = True, self._reader
        for each in self._threads:
            each.leave()
        self._room.set()
        if reader is not None:
            await start_in_own_thread(lambda: reader.join(_LEAVING_S), f"leave {self._name}")
        if self._look_at_chunks():
            self._all_accepted.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(_LEAVING_S):
                    await self._all_accepted.wait()

    def _hand_over(self, chunk: Chunk[M], *, urgent: bool = True) -> bool:
        """Put *chunk* before the consumer, who looks at once if it is urgent; from a thread.

        Returns whether there was room at once.
        """
        at_once = self._has_room
        if not at_once:
            self._wait_for_room()
        if not self._stopped:
            self._chunks.append(chunk)
            if urgent or not self._gathering.is_on:
                self._in_loop(self._arrived.set)
        return at_once

    @property
    def _has_room(self) -> bool:
        return len(self._chunks) < _CHUNKS_WAITING

    def _wait_for_room(self) -> None:
        """Have the consumer look, and wait until it has made room; from a thread."""
        self._room.clear()
        while not (self._has_room or self._stopped):
            self._in_loop(self._arrived.set)
            self._room.wait(_ROOM_LOOKED_FOR_S)  # another thread may have taken the place
            self._room.clear()

    def _in_loop(self, call: Callable[[], None]) -> None:
        with suppress(RuntimeError):  # the loop is closed: the process ends
            assert self._loop is not None  # noqa: S101 (a thread runs only within ``running``)
            self._loop.call_soon_threadsafe(call)


def _hangs(thread: SerialThread[M], t: float) -> bool:
    longest_s = _LONGEST_CALL_S.get(thread.stage)
    return longest_s is not None and t - thread.since > longest_s
