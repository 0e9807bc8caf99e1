"""A TCP server for the other end of a ``socket://`` port, open within a block."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from firmware_sim.adapters.line import CannotOpen

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def tcp_server(serve: Serve, host: str, port: int) -> AsyncIterator[str]:
    """Let *serve* attend each client at *port*, or any free one for 0; yield the URL to open.

    Raises CannotOpen. Connections that are open at the end are for the caller to close.
    """
    try:
        server = await asyncio.start_server(serve, host, port)
    except OSError as error:
        text = f"{host}:{port}: {error.strerror}; choose another port, or 0 for any free one"
        raise CannotOpen(text) from error
    try:
        yield f"socket://{host}:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
