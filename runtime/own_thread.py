"""Runs blocking calls in threads that belong to one purpose, so that no other purpose waits for them."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import TypeVar

R = TypeVar("R")


class NoThread(OSError):
    """The machine gives this process no further thread."""


def start_in_own_thread(work: Callable[[], R], name: str) -> asyncio.Future[R]:
    """Start *work* in a new thread called *name*; return the future of its answer.

    For calls that may never return, such as a question to a name server: the end of the process does not
    wait for the thread, and the caller may give the future up. Raises NoThread.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[R] = loop.create_future()
    answer.add_done_callback(_retrieve_error)

    def run() -> None:
        try:
            result = work()
        except BaseException as error:  # noqa: BLE001 (whoever waits for the answer gets it)
            _in_loop(loop, partial(_set_exception, answer, error))
        else:
            _in_loop(loop, partial(_set_result, answer, result))

    try:
        threading.Thread(target=run, name=name, daemon=True).start()
    except RuntimeError as error:
        raise NoThread(f"no thread for {name}: {error}; see the limits of this process") from error
    return answer


class PurposeThreads:
    """At most *most* threads for one purpose, started when they are needed.

    For calls that end, such as a write to the disk: the end of the process waits for those under way.
    """

    def __init__(self, name: str, most: int = 1) -> None:
        self._threads = ThreadPoolExecutor(most, thread_name_prefix=name)

    async def run(self, work: Callable[[], R]) -> R:
        """Return the answer of *work*, in one of the threads; raises whatever that raises."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)


def _set_result(answer: asyncio.Future[R], result: R) -> None:
    if not answer.done():
        answer.set_result(result)


def _set_exception(answer: asyncio.Future[R], error: BaseException) -> None:
    if not answer.done():
        answer.set_exception(error)


def _in_loop(loop: asyncio.AbstractEventLoop, call: Callable[[], object]) -> None:
    with suppress(RuntimeError):  # the loop is closed: the process ends
        loop.call_soon_threadsafe(call)


def _retrieve_error(answer: asyncio.Future[R]) -> None:
    """Take note of an error that nobody waits for any longer."""
    if not answer.cancelled():
        answer.exception()
