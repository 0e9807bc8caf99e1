"""The address of the client that asks, and whether others can read along on its way here.

A reverse proxy that ends TLS asks in the name of its clients, and says so in headers that anybody can
write: they count only from the proxies that the settings name.
"""

import ipaddress
from collections.abc import Collection, Container
from dataclasses import dataclass
from enum import StrEnum

IpNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network

PROXY_HEADERS = (
    "X-Forwarded-For",
    "X-Forwarded-Proto",
    "X-Forwarded-Host",
    "X-Real-IP",
    "Forwarded",
    "Via",
)
"""Headers that show that a request passed a proxy, so that it is not one of this machine."""


class Way(StrEnum):
    """Ways on which a request came, by who can read along."""

    THIS_MACHINE = "this machine"
    TLS = "tls"
    PLAIN = "plain http"
    UNKNOWN_PROXY = "a proxy that web.proxies does not name"


@dataclass(frozen=True, slots=True)
class AskingClient:
    """The *address* of a client, empty where it cannot be known, and the *way* of its request."""

    address: str
    way: Way

    @property
    def is_private(self) -> bool:
        """Whether nobody else could read the request: a password or a token may be in it."""
        return self.way in {Way.THIS_MACHINE, Way.TLS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Forwarded:
    """The headers of a proxy: ``X-Forwarded-For``, ``X-Forwarded-Proto``; *others* of the kind."""

    clients: str = ""
    scheme: str = ""
    others: bool = False

    @property
    def is_present(self) -> bool:
        """Whether the request passed a proxy, by what it says."""
        return bool(self.clients or self.scheme) or self.others


def asking_client(remote: str, forwarded: Forwarded, proxies: Collection[IpNetwork]) -> AskingClient:
    """Return the client behind *remote*, which is asked about if it is one of *proxies*."""
    if _is_in(remote, proxies):
        way = Way.TLS if forwarded.scheme.strip().lower() == "https" else Way.PLAIN
        return AskingClient(_behind(forwarded.clients, proxies), way)
    if forwarded.is_present:
        return AskingClient("", Way.UNKNOWN_PROXY)
    address = _address(remote)
    is_here = address is not None and address.is_loopback
    return AskingClient(remote, Way.THIS_MACHINE if is_here else Way.PLAIN)


def asks_from_here(remote: str, headers: Container[str]) -> bool:
    """Return whether a program on this machine asks by itself, and no proxy for others."""
    address = _address(remote)
    is_here = address is not None and address.is_loopback
    return is_here and not any(name in headers for name in PROXY_HEADERS)


def _behind(clients: str, proxies: Collection[IpNetwork]) -> str:
    """Return the last of *clients* that is no proxy: those before it are the client's own word."""
    for each in reversed(clients.split(",")):
        if not _is_in(each, proxies):
            address = _address(each)
            return "" if address is None or address.is_loopback else str(address)
    return ""


def _is_in(text: str, networks: Collection[IpNetwork]) -> bool:
    address = _address(text)
    return address is not None and any(address in each for each in networks)


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        address = ipaddress.ip_address(text.strip().partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address
