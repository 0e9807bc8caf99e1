"""Waiting for something to become true, for as short as it takes."""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, overload

T = TypeVar("T")


@overload
async def eventually(
    check: Callable[[], Awaitable[T | None]], *, within: float = 30.0, every: float = 0.02
) -> T: ...


@overload
async def eventually(
    check: Callable[[], T | None], *, within: float = 30.0, every: float = 0.02
) -> T: ...


async def eventually(
    check: Callable[[], object], *, within: float = 30.0, every: float = 0.02
) -> object:
    """Return the first true answer of *check*; fails when there is none *within* so many seconds."""
    deadline = time.monotonic() + within
    while True:
        answer = check()
        if inspect.isawaitable(answer):
            answer = await answer
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"not true within {within} s: {check}; last answer {answer!r}")
        await asyncio.sleep(every)


async def ended(*tasks: asyncio.Task[Any]) -> None:
    """Cancel *tasks*, and return once all have ended, however each did.

    More than once: before Python 3.12 asyncio.wait_for, by which aiomqtt publishes, swallows a
    cancellation that comes at the moment of the answer, and its task goes on for good.
    """
    going = {*tasks}
    while going:
        for task in going:
            task.cancel()
        _, going = await asyncio.wait(going, timeout=1)
