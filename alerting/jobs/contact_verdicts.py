"""Judges the channels of all contacts in steps; after a change of the registry only what differs."""

from collections.abc import Collection

from alerting.domain.notification.recipients import Destination
from alerting.jobs.steps import in_steps
from registry.domain.channel_checks import AddressCheck, contacts_in_use, lacks_channel, refusals
from registry.domain.index import Index, Unregistered
from registry.model.contacts import ChannelKind, Contact


class ContactVerdicts:
    """The contacts that no *usable* channel reaches, and their addresses that *why_refused* names."""

    def __init__(self, usable: Collection[ChannelKind], why_refused: AddressCheck) -> None:
        self._usable = frozenset(usable)
        self._why_refused = why_refused
        self._judged: Index | None = None
        self._lacking: set[str] = set()
        self._refused: dict[str, tuple[Destination, ...]] = {}

    async def follow(self, index: Index) -> None:
        """Judge the contacts of *index* that are not those of the index before."""
        before, self._judged = self._judged, index
        for name in [each for each in (*self._lacking, *self._refused) if _is_gone(each, index)]:
            self._forget(name)
        async for contact in in_steps(index.contacts()):
            if before is None or before.contact(contact.id) is not contact:
                self._judge(contact)

    def without_channel(self) -> list[str]:
        """Return the names of contacts in use none of whose channels is set up."""
        if self._judged is None or not self._lacking:
            return []
        used = contacts_in_use(self._judged.shared, self._judged.people())
        return sorted(self._lacking & used)

    def refused(self) -> list[Destination]:
        """Return the addresses that the center never sends to."""
        return sorted(destination for each in self._refused.values() for destination in each)

    def _judge(self, contact: Contact) -> None:
        self._forget(contact.id)
        if lacks_channel(contact, self._usable):
            self._lacking.add(contact.id)
        found = refusals(contact, self._why_refused)
        if refused := tuple(Destination(contact.id, channel.value) for channel, _ in found):
            self._refused[contact.id] = refused

    def _forget(self, name: str) -> None:
        self._lacking.discard(name)
        self._refused.pop(name, None)


def _is_gone(name: str, index: Index) -> bool:
    return isinstance(index.contact(name), Unregistered)
