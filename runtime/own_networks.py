"""Networks that this machine is part of, as its kernel routes them."""

import ipaddress
import socket
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from runtime.networks import IpNetwork

ROUTES = Path("/proc/net/route")
ROUTES_IPV6 = Path("/proc/net/ipv6_route")

DISCARD = 9
"""A port (RFC 863); nothing is sent to it."""


def own_networks(address: str) -> list[IpNetwork]:
    """Return the networks without a router between, and *address* itself if it is of this machine."""
    found: list[IpNetwork] = []
    for routes, read in ((ROUTES, _directly_connected), (ROUTES_IPV6, _directly_connected_ipv6)):
        with suppress(OSError, ValueError):  # a machine without these files has its addresses below
            found += read(routes.read_text())
    return [*found, *([ipaddress.ip_network(address)] if _is_of_this_machine(address) else [])]


def _directly_connected(routes: str) -> Iterator[IpNetwork]:
    for line in routes.splitlines()[1:]:
        _, network, router, *_, mask, _, _, _ = line.split()
        if int(router, 16) == 0 and int(mask, 16) != 0:
            yield ipaddress.IPv4Network((_turned(network), _turned(mask).bit_count()))


def _directly_connected_ipv6(routes: str) -> Iterator[IpNetwork]:
    for line in routes.splitlines():
        network, length, _, _, router, *_ = line.split()
        if int(router, 16) == 0 and int(length, 16) != 0:
            yield ipaddress.IPv6Network((int(network, 16), int(length, 16)))


def _turned(figures: str) -> int:
    """Return the address of eight hexadecimal *figures* in the kernel's order of bytes."""
    return int.from_bytes(bytes.fromhex(figures), "little")


def _is_of_this_machine(address: str) -> bool:
    """Return whether the kernel would speak to *address* from that very address; it sends nothing."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as asked:
            asked.connect((address, DISCARD))
            return str(asked.getsockname()[0]) == address
    except OSError:
        return False
