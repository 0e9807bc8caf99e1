"""Resolves the names of a policy to the contacts on duty now, and their channels."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from alerting.domain.model.effects import DEFERRABLE
from alerting.domain.model.incident import Incident
from registry.domain.index import Index, Unregistered
from registry.model.contacts import ChannelKind, Contact
from registry.model.policies import COMMAND_CENTER
from registry.model.templates import NotificationKind


class Destination(NamedTuple):
    """A contact by one channel: it has a queue, attempts and failures of its own."""

    contact: str
    channel: str


ONE_AT_A_TIME = frozenset({ChannelKind.SMS.value})
"""The channels that send one message at a time: their order is chosen over all contacts."""


@dataclass(frozen=True, slots=True)
class RecipientChannels:
    """A *person* notified over *channel*, or over those of *fallback*, one by one, where it fails."""

    person: str
    channel: str
    fallback: tuple[str, ...] = ()

    @property
    def destination(self) -> Destination:
        """The queue that the delivery waits in."""
        return Destination(self.person, self.channel)


class Directory:
    """Looks up contacts; *command_center* and the number to *call* are known without the registry."""

    def __init__(self, index: Index, command_center: Contact, *, call: str) -> None:
        self.index = index
        self._command_center = command_center
        self.call = call

    def contact(self, name: str) -> Contact:
        """Return the contact called *name*; the command center where no such contact is reachable."""
        contact = self.index.contact(name)
        if isinstance(contact, Unregistered) or not contact.addresses:
            return self._command_center
        return contact

    def wants_progress(self, person: str, incident: Incident) -> bool:
        """Return whether *person* gets each step: the command center, an owner, who asked for it."""
        contact = self.contact(person)
        acts = {contact.id, contact.name} & {incident.owner, incident.closed_by}
        return contact.progress or contact.id == COMMAND_CENTER or bool(acts)

    def zones(self, premises: str) -> dict[str, str]:
        """Return the zone of each registered point of *premises*."""
        return self.index.zones_of_points(premises)

    def on_duty(self, name: str, now: datetime) -> tuple[str, ...] | None:
        """Return who is on duty by the roster called *name*; None where it is not a roster.

        The command center where nobody is: a hole in a roster must not swallow a fire.
        """
        on_duty = self.index.on_duty(name, now)
        return on_duty if on_duty is None else on_duty or (COMMAND_CENTER,)


def recipient_channels(
    persons: Iterable[str], *, kind: NotificationKind, channels: tuple[str, ...], directory: Directory
) -> Iterator[RecipientChannels]:
    """Yield the channels of each of *persons* for *kind*: of a fire all of *channels* at once.

    A person who has none of *channels* gets all that they have. A deferrable kind goes over one at a
    time.
    """
    for person in persons:
        has = tuple(each.value for each in directory.contact(person).addresses)
        chosen = tuple(each for each in has if each in channels) or has or (ChannelKind.WEBHOOK.value,)
        if kind in DEFERRABLE:
            yield RecipientChannels(person, chosen[0], chosen[1:])
        else:
            yield from (RecipientChannels(person, each) for each in chosen)
