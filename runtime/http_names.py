"""Lets aiohttp's client find addresses through ``HostNames``, without asyncio's shared threads."""

import socket
from typing import Any

from aiohttp import ClientSession, TCPConnector
from aiohttp.abc import AbstractResolver, ResolveResult

from runtime.guarded_sockets import guarded_sockets
from runtime.host_names import HostNames
from runtime.networks import AllowedNetworks

NUMERIC = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV


class NamesResolver(AbstractResolver):
    """The resolver of aiohttp over *names*."""

    def __init__(self, names: HostNames) -> None:
        self._names = names

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return the addresses of *host* of *family*; raises OSError."""
        return [
            ResolveResult(hostname=host, host=address, port=port, family=own, proto=0, flags=NUMERIC)
            for address in await self._names.addresses(host)
            if (own := family_of(address)) == family or family == socket.AF_UNSPEC
        ]

    async def close(self) -> None:
        """Leave *names* open: others use them too."""


def family_of(address: str) -> socket.AddressFamily:
    """Return the family of the IP *address*."""
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def open_session(names: HostNames, **options: Any) -> ClientSession:
    """Return a session of aiohttp, with *options* of it, that finds addresses through *names*."""
    return ClientSession(connector=open_connector(names), **options)


def open_connector(
    names: HostNames, *, limit: int = 100, allowed: AllowedNetworks | None = None
) -> TCPConnector:
    """Return a connector for at most *limit* connections, which finds addresses through *names*.

    It connects to *allowed* networks only: each address is judged when its socket is made, after its
    name was resolved, so that no answer of a name server passes.
    """
    # HostNames remembers addresses, and knows when one is in doubt.
    return TCPConnector(
        limit=limit,
        resolver=NamesResolver(names),
        use_dns_cache=False,
        socket_factory=None if allowed is None else guarded_sockets(allowed),
    )
