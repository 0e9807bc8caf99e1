"""Reads a file that is the body of a request, piece by piece and within a bound."""

from collections.abc import AsyncIterator

from aiohttp import web

from contract.http.routes import ROUTES
from runtime.web_connections import allow_long_body

UPLOAD_S = 300.0
"""Seconds in which a file must arrive: 20 MB over a slow line of a commune."""

CHUNK = 262_144
"""Bytes of one piece."""

_UPLOADS = frozenset((each.method, each.path) for each in ROUTES if each.upload)


def takes_file(request: web.Request) -> bool:
    """Return whether the path of *request* takes a file as it is."""
    resource = request.match_info.route.resource
    return (request.method, "" if resource is None else resource.canonical) in _UPLOADS


async def pieces_of(request: web.Request, most: int) -> AsyncIterator[bytes]:
    """Yield the body of *request*; raises HTTPRequestEntityTooLarge.

    Only a sender who is known and permitted gets the time that a file takes.
    """
    if (request.content_length or 0) > most:
        raise _too_large(most)
    allow_long_body(request, UPLOAD_S)
    size = 0
    async for piece in request.content.iter_chunked(CHUNK):
        size += len(piece)
        if size > most:
            raise _too_large(most)
        yield piece


def _too_large(most: int) -> web.HTTPRequestEntityTooLarge:
    return web.HTTPRequestEntityTooLarge(max_size=most, actual_size=most + 1)
