"""Sends what can wait until a person's day: behind quiet hours, and behind all that any alarm needs."""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from alerting.domain.model.incident import IncidentKind
from alerting.domain.notification.attempts import ChannelAnswer
from alerting.domain.notification.recipients import ONE_AT_A_TIME
from alerting.domain.notification.reminders import ReminderMessage, reminder_channels
from alerting.domain.notification.suppression import quiet_until
from alerting.engine.engine import Engine
from alerting.store.store import CenterStore
from contract.times import SECOND, Micros
from registry.domain.index import Unregistered
from registry.model.contacts import ChannelKind, Contact
from registry.model.local_time import LOCAL_TIME

LAST_HOUR = 20
"""The local hour from which on nobody is reminded until the next morning."""

AGAIN = 600 * SECOND
"""Microseconds until a failed reminder is tried again, and for which one under way is left alone."""

ALARMS_FIRST = 300 * SECOND
"""Microseconds for which a reminder steps back where alarms need its channel."""

MOST_ATTEMPTS = 6

ONE_SMS = 160
"""Letters of a short message of one part (GSM 03.38): a modem is free again after some seconds."""

Send = Callable[[ReminderMessage], Awaitable[ChannelAnswer]]


@dataclass(frozen=True, slots=True)
class ReminderRoute:
    """The way by which reminders leave: *send* over the channels that are set up, *usable*."""

    send: Send
    usable: Collection[ChannelKind]


class ReminderRecipients:
    """The contacts of the registry of *engine*, and when each of them may be reminded by *route*."""

    def __init__(self, engine: Engine, route: ReminderRoute) -> None:
        self._registry = engine.registry
        self._read_center = engine.transactions.read
        self._usable = route.usable

    def contact(self, person: str) -> Contact | None:
        """Return the contact *person* of the registry in use."""
        found = self._registry.current.index.contact(person)
        return None if isinstance(found, Unregistered) else found

    def channels(self, person: str) -> list[ChannelKind]:
        """Return the channels by which *person* can be reminded, the gentle ones first."""
        contact = self.contact(person)
        return [] if contact is None else reminder_channels(contact, self._usable)

    async def waits_until(self, contact: Contact, channel: ChannelKind, now: Micros) -> Micros | None:
        """Return until when *contact* is left alone, or *channel* to alarms; None: it may be sent."""
        until = quiet_until(contact, now)
        if until is None and await self._read_center(lambda store: _is_needed(store, channel, now)):
            return now + ALARMS_FIRST
        return until


def is_by_day(now: datetime, *, from_hour: int) -> bool:
    """Return whether people are reminded at *now*: from that local hour on, and not in the evening."""
    return from_hour <= now.astimezone(ZoneInfo(LOCAL_TIME)).hour < LAST_HOUR


def _is_needed(store: CenterStore, channel: ChannelKind, now: Micros) -> bool:
    """Return whether anything else waits for *channel*; of a modem also while a fire is open."""
    if store.deliveries.waits(channel.value, now):
        return True
    if channel.value not in ONE_AT_A_TIME:
        return False
    return store.page_of_incidents(which="open", limit=1, kinds=(IncidentKind.FIRE,)).total > 0
