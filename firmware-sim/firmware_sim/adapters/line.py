"""What all lines have in common: they take a sentence or they do not, and never hold anybody up."""

import asyncio
from collections.abc import Callable
from typing import Protocol

POLL_S = 0.02
"""How often to look for what nothing tells of: that a reader came, or has read all."""

# pyserial gathers bytes until its timeout, and loses what it has gathered when the port ends: so a line
# stays open a while after all is read.
LINGER_S = 0.5


class CannotOpen(Exception):
    """A line that cannot be opened; the text says what to change."""


class Line(Protocol):
    """A line that somebody may, or may not, be reading."""

    @property
    def url(self) -> str:
        """What a gateway's settings call the port: a path, or ``socket://host:port``."""

    def offer(self, data: bytes) -> bool:
        """Put the whole of *data* on the line now, or nothing: True if somebody is there to read it."""

    async def ready(self) -> None:
        """Return when offering again may succeed."""

    async def finish(self, patience_s: float) -> None:
        """Let the reader have all that was taken, within *patience_s*; nothing is offered afterwards."""


async def until(come: Callable[[], bool]) -> None:
    """Return when *come* says that it has."""
    while not come():  # noqa: ASYNC110 - it is asked because it does not tell
        await asyncio.sleep(POLL_S)


async def deliver(line: Line, data: bytes, *, patience_s: float) -> bool:
    """Put *data* on *line* as soon as its reader has room; False if that took over *patience_s*."""
    try:
        async with asyncio.timeout(patience_s):
            while not line.offer(data):
                await line.ready()
    except TimeoutError:
        return False
    return True
