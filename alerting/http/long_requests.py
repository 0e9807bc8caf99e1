"""Ends requests that go on for long, such as a feed, when whoever asked may not ask any more."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass

import structlog
from aiohttp import web

from accounts.domain.actor import Actor

log = structlog.get_logger(__name__)

LOOK_S = 1.0
"""Seconds between two looks at who reads: a revoked token, or a sign-out, is in force within two."""

Identify = Callable[[], Awaitable[Actor | None]]
"""Returns who asks, as of now; None for nobody any more. Raises Unknowable."""


class Unknowable(Exception):
    """It cannot be known at the moment who asks: the database does not answer."""


@dataclass(eq=False, frozen=True, slots=True)
class LongRequest:
    """A *request* of *actor*, who is found again by *identify*."""

    request: web.Request
    actor: Actor
    identify: Identify


class LongRequests:
    """The requests that go on, each looked at again while it does."""

    def __init__(self) -> None:
        self._open = set[LongRequest]()

    @contextmanager
    def during(self, request: web.Request, actor: Actor, identify: Identify) -> Iterator[None]:
        """Look after *request* within the block."""
        entry = LongRequest(request, actor, identify)
        self._open.add(entry)
        try:
            yield
        finally:
            self._open.discard(entry)

    async def watching(self, _: web.Application) -> AsyncIterator[None]:
        """Look at all requests while the application is served."""
        async with _in_background(self._watch()):
            yield

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(LOOK_S)
            for each in list(self._open):
                await _end_if_changed(each)


async def _end_if_changed(entry: LongRequest) -> None:
    """End a request whose actor is gone or has other rights: who may still ask asks again."""
    try:
        now = await entry.identify()
    except Unknowable:  # a feed that shows a fire does not end because a database is slow
        return
    if now == entry.actor:
        return
    log.info("long request ended; rights changed", account=entry.actor.account)
    if entry.request.transport is not None:
        entry.request.transport.close()


@asynccontextmanager
async def _in_background(work: Awaitable[None]) -> AsyncIterator[None]:
    task = asyncio.ensure_future(work)
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
