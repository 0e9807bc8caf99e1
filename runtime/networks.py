"""Networks that outgoing messages may enter: public addresses, and what a setting names."""

import ipaddress
import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
IpNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network

OwnNetworks = Callable[[str], Collection[IpNetwork]]
"""Returns the networks of this machine, and the given address itself if it is of this machine."""

PUBLIC = "public"
"""The word for every address of the internet that is not in a network of this machine."""

_RULE = re.compile(r"(?:\[(?P<v6>[0-9a-fA-F:./]+)\]|(?P<v4>[0-9./]+))(?::(?P<port>[0-9]{1,5}))?")

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_COMPATIBLE = ipaddress.IPv6Network("::/96")


class AddressRefusal(StrEnum):
    """The reason why no message is sent to an address; DNS decides nothing of it."""

    NOT_AN_ADDRESS = "not_an_address"
    LOOPBACK = "loopback"
    LINK_LOCAL = "link_local"
    OWN_NETWORK = "own_network"
    NOT_NAMED = "not_named"


@dataclass(frozen=True, slots=True)
class NetworkRule:
    """A network that may be entered, at one *port* or, with None, at all."""

    network: IpNetwork
    port: int | None = None

    def allows(self, address: IpAddress, port: int | None) -> bool:
        """Return whether *port* of *address* is in this network; None is a port not known yet."""
        return (port is None or self.port in {None, port}) and address in self.network


def read_rule(text: str) -> NetworkRule:
    """Return the rule that *text* states: ``10.0.0.0/8``, ``127.0.0.1:8090``, ``[::1]:8090``.

    Raises ValueError with a remedy.
    """
    found = _RULE.fullmatch(text) or re.fullmatch(r"(?P<v6>[0-9a-fA-F:./]+)(?P<v4>)(?P<port>)", text)
    try:
        if found is None:
            raise ValueError("unknown form")
        port = int(found["port"]) if found["port"] else None
        if port is not None and not 1 <= port <= 65_535:
            raise ValueError("no such port")
        return NetworkRule(ipaddress.ip_network(found["v6"] or found["v4"]), port)
    except ValueError as error:
        raise ValueError(
            f"{text!r} is not a network ({error}); write {PUBLIC!r}, 10.20.0.0/16, 127.0.0.1:8090 "
            "or [fd00::/8]:443"
        ) from None


@dataclass(frozen=True, slots=True)
class AllowedNetworks:
    """The networks that messages may enter: those of *rules*, and the internet if *public*."""

    rules: tuple[NetworkRule, ...] = ()
    public: bool = True

    def why_refused(self, address: str, port: int | None, *, own: OwnNetworks) -> AddressRefusal | None:
        """Return why no connection to *port* of *address* is made; None if it is allowed.

        *own* returns the networks of this machine, which are not part of the internet. An IPv6 address
        that carries an IPv4 address is judged as both.
        """
        try:
            stated = ipaddress.ip_address(address.partition("%")[0])
        except ValueError:
            return AddressRefusal.NOT_AN_ADDRESS
        refusals = [self._why_refused(each, port, own=own) for each in _meant(stated)]
        return next((each for each in refusals if each is not None), None)

    def _why_refused(
        self, address: IpAddress, port: int | None, *, own: OwnNetworks
    ) -> AddressRefusal | None:
        if any(each.allows(address, port) for each in self.rules):
            return None
        if address.is_loopback or address.is_unspecified:
            return AddressRefusal.LOOPBACK
        if address.is_link_local:
            return AddressRefusal.LINK_LOCAL
        if not self.public or address.is_multicast or not address.is_global:
            return AddressRefusal.NOT_NAMED
        is_own = any(address in each for each in own(str(address)))
        return AddressRefusal.OWN_NETWORK if is_own else None


def allowed_networks(texts: Iterable[str]) -> AllowedNetworks:
    """Return the networks that the setting *texts* names; raises ValueError with a remedy."""
    named = list(texts)
    rules = tuple(read_rule(each) for each in named if each != PUBLIC)
    return AllowedNetworks(rules, PUBLIC in named)


def _meant(address: IpAddress) -> tuple[IpAddress, ...]:
    """Return the addresses that a connection to *address* may end at."""
    if isinstance(address, ipaddress.IPv4Address):
        return (address,)
    if (mapped := address.ipv4_mapped) is not None:
        return (mapped,)
    if address in _NAT64:  # where a network has no IPv4, each host that has nothing else is found there
        return (_last_four_bytes(address),)
    if address in _COMPATIBLE and int(address) > 1:
        return address, _last_four_bytes(address)
    if address.sixtofour is not None:
        return address, address.sixtofour
    return (address,)


def _last_four_bytes(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address:
    return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)


def is_loopback(host: str) -> bool:
    """Return whether *host* is reached without leaving this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
