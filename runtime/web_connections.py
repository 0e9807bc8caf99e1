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


class WebConnections(ConnectionPlaces):
    """The open connections of one server of aiohttp."""

    @web.middleware
    async def track_request(self, request: web.Request, handler: "Handler") -> web.StreamResponse:
        """Answer *request* as *handler* does, or 408 if its body does not arrive in time."""
        with self.in_use(request.transport), _deadline(request) as late:
            try:
                return await handler(request)
            except TimeoutError:
                if not late:
                    raise
        self.metrics.refused.labels("slow_body").inc()
        error = f"{request.path[:200]}: no complete body within {BODY_S:g} s; send it at once"
        return json_answer({"error": error}, status=408, headers={"Connection": "close"})


@contextmanager
def _deadline(request: web.Request) -> Iterator[list[bool]]:
    """End the reading of *request*'s body after BODY_S; the list is not empty once that happened."""
    late: list[bool] = []

    def give_up() -> None:
        if not request.content.is_eof():
            late.append(True)
            request.content.set_exception(TimeoutError())

    timer = asyncio.get_running_loop().call_later(BODY_S, give_up) if request.body_exists else None
    try:
        yield late
    finally:
        if timer is not None:
            timer.cancel()
