"""Opens a connection to a named host without asyncio's shared threads."""

import asyncio
import socket
from contextlib import ExitStack

from runtime.host_names import HostNames

ONE_ADDRESS_S = 3.0
"""Seconds for one of several addresses; a host that is there accepts within milliseconds."""


async def open_socket(names: HostNames, host: str, port: int) -> socket.socket:
    """Return a connection to *port* of *host*; raises OSError, of which TimeoutError is one."""
    addresses = await names.addresses(host)
    for address in addresses[:-1]:
        try:
            async with asyncio.timeout(ONE_ADDRESS_S):
                return await _connect(address, port)
        except OSError:
            continue
    try:
        return await _connect(addresses[-1], port)
    except OSError:
        names.doubt(host)
        raise


async def _connect(address: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    opened = socket.socket(family, socket.SOCK_STREAM)
    with ExitStack() as closing:
        closing.callback(opened.close)
        opened.settimeout(0)
        await asyncio.get_running_loop().sock_connect(opened, (address, port))
        closing.pop_all()
    return opened
