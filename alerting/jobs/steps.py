"""Goes through many values in steps, between which the event loop serves all others."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from typing import TypeVar

T = TypeVar("T")

AT_ONCE = 50
"""Values of one step, of about 10 us each: so long may an alarm wait for it."""


async def in_steps(values: Iterable[T], at_once: int = AT_ONCE) -> AsyncIterator[T]:
    """Yield *values*; after each *at_once* of them all others have a turn."""
    for number, each in enumerate(values, start=1):
        yield each
        if number % at_once == 0:
            await asyncio.sleep(0)
