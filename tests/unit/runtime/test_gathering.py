"""Work that threads put down is found: at once after a pause, and together while more comes."""

import asyncio
import threading
from collections import deque

from runtime.gathering import Gathering
from tests.support.waiting import eventually

ITEMS = 2_000


class Worker:
    """Works on what a thread puts down, as the reader of a line does."""

    def __init__(self, gathering: Gathering) -> None:
        self.found = 0
        self._gathering = gathering
        self._items: deque[int] = deque()
        self._loop = asyncio.get_running_loop()
        gathering.add(self.wake)

    def put_all(self) -> None:
        """Put items down, and wake the loop only where nobody gathers."""
        for item in range(ITEMS):
            self._items.append(item)
            if not self._gathering.is_on:
                self._loop.call_soon_threadsafe(self.wake)

    def wake(self) -> bool:
        had_work = bool(self._items)
        while self._items:
            self._items.popleft()
            self.found += 1
        if had_work:
            self._gathering.begin()
        return had_work


async def test_nothing_that_threads_put_down_is_left_behind() -> None:
    gathering = Gathering(0.001)
    workers = [Worker(gathering) for _ in range(4)]
    threads = [threading.Thread(target=each.put_all) for each in workers]
    for thread in threads:
        thread.start()
    await eventually(lambda: all(each.found == ITEMS for each in workers), within=60)
    for thread in threads:
        thread.join()


async def test_a_gathering_ends_when_nobody_has_work() -> None:
    gathering = Gathering(0.001)
    gathering.add(lambda: False)
    gathering.begin()
    assert gathering.is_on
    await eventually(lambda: not gathering.is_on)
