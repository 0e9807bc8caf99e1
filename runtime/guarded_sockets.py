"""Sockets for allowed networks only, whatever a name server answered."""

import errno
import socket
from collections.abc import Callable
from typing import Any

from runtime.networks import AddressRefusal, AllowedNetworks
from runtime.own_networks import own_networks

SocketAddress = tuple[int, int, int, str, tuple[Any, ...]]
"""An address as ``socket.getaddrinfo`` returns it."""

REMEDY = "lies in no network of outgoing.networks; name its network there, or correct the address"


class AddressRefused(OSError):
    """An address that no message may be sent to; one text for all, so that several are one error."""

    def __init__(self, refusal: AddressRefusal) -> None:
        super().__init__(errno.EACCES, REMEDY)
        self.refusal = refusal

    def __str__(self) -> str:
        return REMEDY


def guarded_sockets(allowed: AllowedNetworks) -> Callable[[SocketAddress], socket.socket]:
    """Return a maker of sockets that raises AddressRefused for what is not *allowed*."""

    def make(address: SocketAddress) -> socket.socket:
        family, kind, protocol, _, (host, port, *_) = address
        check_address(host, port, allowed)
        return socket.socket(family, kind, protocol)

    return make


def check_address(host: str, port: int, allowed: AllowedNetworks) -> None:
    """Raise AddressRefused if no connection to *port* of *host*, an IP address, is allowed."""
    refusal = allowed.why_refused(host, port, own=own_networks)
    if refusal is not None:
        raise AddressRefused(refusal)
