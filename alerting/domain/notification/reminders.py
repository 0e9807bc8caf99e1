"""The message of a reminder, and the channel that it goes by: none that an alarm needs first."""

from collections.abc import Collection
from dataclasses import dataclass

from registry.model.contacts import ChannelKind, Contact

GENTLE_FIRST = (
    ChannelKind.EMAIL,
    ChannelKind.APPRISE,
    ChannelKind.WEBHOOK,
    ChannelKind.MQTT,
    ChannelKind.SMS,
)
"""The channels of reminders in their order: a modem, which alarms share, comes last."""


@dataclass(frozen=True, slots=True)
class ReminderMessage:
    """A reminder for *contact* at an *address* of a *channel*; *body* is for programs."""

    id: str
    contact: Contact
    channel: ChannelKind
    address: str
    subject: str
    text: str
    body: str


def reminder_channels(contact: Contact, usable: Collection[ChannelKind]) -> list[ChannelKind]:
    """Return the channels of *contact* that are set up, *usable*, in the order of reminders."""
    return [each for each in GENTLE_FIRST if each in usable and each in contact.addresses]
