"""Addresses that something was delivered to, by their fingerprints: another address was not tried."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from alerting.domain.notification.recipients import Destination
from registry.model.contacts import ChannelKind, Contact


def fingerprint_of(address: str) -> str:
    """Return the fingerprint of *address*.

    It needs no key: who reads the table reads the registry with its addresses, too.
    """
    return sha256(address.encode(errors="surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class NamedAddress:
    """The *address* of a contact by a channel."""

    destination: Destination
    address: str

    def is_tried(self, tried: Mapping[Destination, str]) -> bool:
        """Return whether *tried* has the fingerprint of this address, not of an earlier one."""
        found = tried.get(self.destination)
        return found is not None and found == fingerprint_of(self.address)


def addresses_of(contact: Contact, usable: Collection[ChannelKind]) -> Iterator[NamedAddress]:
    """Yield the addresses of *contact* by the channels that are set up, *usable*."""
    for channel, address in contact.addresses.items():
        if channel in usable:
            yield NamedAddress(Destination(contact.id, channel.value), address)


def contacts_untried(addresses: Sequence[NamedAddress], left: Iterable[Destination]) -> list[str]:
    """Return the contacts of *addresses* whose every address is among those *left* untried."""
    without = {each.destination for each in addresses} - set(left)
    reached = {contact for contact, _ in without}
    return sorted({each.destination.contact for each in addresses} - reached)
