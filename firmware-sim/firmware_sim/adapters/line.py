"""The interface of all simulated lines: a line accepts a sentence whole or rejects it, and never
blocks.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

POLL_S = 0.02
"""Interval of polling for events without a notification: a reader has come, or has read everything."""

# pyserial gathers bytes until its timeout, and loses what it has gathered when the port ends: so a line
# stays open a while after all is read.
LINGER_S = 0.5


class CannotOpen(Exception):
    """A line that cannot be opened; the text says what to change."""


class SimulatedLine(Protocol):
    """A line with or without a reader."""

    @property
    def url(self) -> str:
        """The port as a gateway's settings name it: a path, or ``socket://host:port``."""

    def offer(self, data: bytes) -> bool:
        """Put the whole of *data* on the line now, or nothing; return True if there is a reader."""

    async def ready(self) -> None:
        """Return when offering again may succeed."""

    async def finish(self, patience_s: float) -> None:
        """Wait until the reader has all accepted data, at most *patience_s*; nothing is offered
        afterwards.
        """


async def wait_until(come: Callable[[], bool]) -> None:
    """Return when *come* returns True."""
    while not come():  # noqa: ASYNC110 - there is no notification to wait for
        await asyncio.sleep(POLL_S)


async def ends_within(patience_s: float, work: Awaitable[object]) -> bool:
    """Return whether *work* ended within *patience_s*; it is cancelled if it did not."""
    try:
        async with asyncio.timeout(patience_s):
            await work
    except TimeoutError:
        return False
    return True


async def deliver(line: SimulatedLine, data: bytes, *, patience_s: float) -> bool:
    """Put *data* on *line* as soon as its reader has room; False if that took over *patience_s*."""
    try:
        async with asyncio.timeout(patience_s):
            while not line.offer(data):
                await line.ready()
    except TimeoutError:
        return False
    return True
