"""Bounds the connections of a server of aiohttp, and the time in which a request's body arrives."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from aiohttp import web

from runtime.connection_places import FULL, HEADER_S, RECENT_S, ConnectionLimits, ConnectionPlaces
from runtime.json_answers import json_answer

if TYPE_CHECKING:
    from runtime.web import Handler

__all__ = ["FULL", "HEADER_S", "RECENT_S", "ConnectionLimits", "WebConnections"]

BODY_S = 10.0
"""Seconds in which a request's body must arrive after its header; a real one is one packet."""

_DEADLINE = web.RequestKey("deadline of the body", object)


def allow_long_body(request: web.Request, within_s: float) -> None:
    """Let the body of *request*, which is permitted, arrive within *within_s* from now on."""
    deadline = request.get(_DEADLINE)
    if isinstance(deadline, _Deadline):
        deadline.set(within_s)


class WebConnections(ConnectionPlaces):
    """The open connections of one server of aiohttp."""

    @web.middleware
    async def track_request(self, request: web.Request, handler: "Handler") -> web.StreamResponse:
        """Answer *request* as *handler* does, or 408 if its body does not arrive in time."""
        with self.in_use(request.transport), _deadline(request) as deadline:
            try:
                return await handler(request)
            except TimeoutError:
                if not deadline.is_over:
                    raise
        self.metrics.refused.labels("slow_body").inc()
        error = f"{request.path[:200]}: no complete body within {deadline.within_s:g} s; send it at once"
        return json_answer({"error": error}, status=408, headers={"Connection": "close"})


class _Deadline:
    """The time until which the body of *request* must be there; its reading ends with it."""

    def __init__(self, request: web.Request) -> None:
        self._request = request
        self._timer: asyncio.TimerHandle | None = None
        self.within_s = BODY_S
        self.is_over = False

    def set(self, within_s: float) -> None:
        """Begin it, or begin it anew."""
        self.cancel()
        self.within_s = within_s
        self._timer = asyncio.get_running_loop().call_later(within_s, self._give_up)

    def cancel(self) -> None:
        """End it without any effect."""
        if self._timer is not None:
            self._timer.cancel()

    def _give_up(self) -> None:
        if not self._request.content.is_eof():
            self.is_over = True
            self._request.content.set_exception(TimeoutError())


@contextmanager
def _deadline(request: web.Request) -> Iterator[_Deadline]:
    """End the reading of *request*'s body after BODY_S, unless it is allowed to take longer."""
    deadline = _Deadline(request)
    if request.body_exists:
        deadline.set(BODY_S)
        request[_DEADLINE] = deadline
    try:
        yield deadline
    finally:
        deadline.cancel()
