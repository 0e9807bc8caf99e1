"""A thread that owns something whose calls block, so that none of them blocks the event loop."""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Generic, Protocol, TypeVar


class Closable(Protocol):
    """A thing that is closed at the end."""

    def close(self) -> None:
        """Close it."""


C = TypeVar("C", bound=Closable)
R = TypeVar("R")


class OwnerThread(Generic[C]):
    """The thread and the open thing that it owns; made by ``owner_thread``."""

    def __init__(self, owned: C, thread: ThreadPoolExecutor) -> None:
        self._owned = owned
        self._thread = thread

    async def run(self, work: Callable[[C], R]) -> R:
        """Return the answer of *work*, in the thread; raises whatever that raises."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, self._owned)


@asynccontextmanager
async def owner_thread(name: str, opened: Callable[[], C]) -> AsyncIterator[OwnerThread[C]]:
    """Have what *opened* returns in a thread of its own, closed at the end of the block.

    Raises whatever *opened* raises.
    """
    with ThreadPoolExecutor(1, thread_name_prefix=name) as thread:
        owned = await asyncio.get_running_loop().run_in_executor(thread, opened)
        try:
            yield OwnerThread(owned, thread)
        finally:
            # In its own thread, and so after whatever that still does for callers that were cancelled.
            thread.submit(owned.close)
