"""Reminds people of duties by day: one message a person, after everything that any alarm needs."""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

import msgspec
import structlog

from alerting.domain.model.incident import IncidentKind
from alerting.domain.notification.attempts import AttemptResult, ChannelAnswer
from alerting.domain.notification.recipients import ONE_AT_A_TIME
from alerting.domain.notification.reminders import ReminderMessage, reminder_channels
from alerting.domain.notification.suppression import quiet_until
from alerting.domain.wording.plain_text import plain
from alerting.engine.engine import Engine
from alerting.jobs.duties.plans import DutyPlans
from alerting.settings import DutiesSettings
from alerting.store.store import CenterStore
from contract.ids import DeliveryId
from contract.times import SECOND, Micros, to_micros
from contract.webhook import DutyReminder, RemindedDutyOfPremises
from duties.domain.days import day_number
from duties.domain.due import DutyItem, DutyState
from duties.domain.reminders import RemindedPeople, reminders_of
from duties.domain.wording import RemindedDuty, reminder_text, short_reminder
from duties.listing import DutyFilter, DutyPosition, duties_due
from duties.reminders import ReminderRows, ReminderState, WaitingReminder, plan_day
from duties.store import DutyStore
from registry.domain.index import Unregistered
from registry.domain.local_days import local_day_at
from registry.model.contacts import ChannelKind, Contact
from registry.model.local_time import LOCAL_TIME
from runtime.clock import Clock
from words.loading import catalogue

log = structlog.get_logger(__name__)

NAME = "reminders"
"""The name of this work in the table of progress: the last day that was planned."""

LAST_HOUR = 20
"""The local hour from which on nobody is reminded until the next morning."""

AT_ONCE = 5
"""Reminders of one look, some seconds apart: a mail server takes them with ease."""

PAGE = 500
"""Duties that are read at once."""

AGAIN = 600 * SECOND
"""Microseconds until a failed reminder is tried again, and for which one under way is left alone."""

ALARMS_FIRST = 300 * SECOND
"""Microseconds for which a reminder steps back where alarms need its channel."""

MOST_ATTEMPTS = 6

ONE_SMS = 160
"""Letters of a short message of one part (GSM 03.38): a modem is free again after some seconds."""

Send = Callable[[ReminderMessage], Awaitable[ChannelAnswer]]

_encode = msgspec.json.Encoder().encode
_WANTED = (DutyState.OVERDUE, DutyState.DUE, DutyState.DUE_SOON)


@dataclass(frozen=True, slots=True)
class ReminderRoute:
    """How reminders leave: *send* over the channels that are set up, *usable*."""

    send: Send
    usable: Collection[ChannelKind]


class DutyReminders:
    """Plans the reminders of each day at its hour, and sends them by *route*."""

    def __init__(
        self,
        engine: Engine,
        plans: DutyPlans,
        route: ReminderRoute,
        *,
        settings: DutiesSettings,
        clock: Clock,
    ) -> None:
        self._database = engine.database
        self._read_center = engine.transactions.read
        self._plans = plans
        self._route = route
        self._settings = settings
        self._clock = clock
        self._planned: date | None = None

    async def look(self) -> None:
        """Plan the day once its hour has come, and send what is due."""
        if not (self._settings.remind and self._plans.rules) or not self._is_time():
            return
        await self._plan_day()
        now = self._now()
        waiting = await self._database.read(lambda each: ReminderRows(each).due(now, AT_ONCE))
        for each in waiting:
            await self._remind(each)

    def _is_time(self) -> bool:
        local = self._clock().astimezone(ZoneInfo(LOCAL_TIME))
        return self._settings.remind_hour <= local.hour < LAST_HOUR

    def _now(self) -> Micros:
        return to_micros(self._clock())

    async def _plan_day(self) -> None:
        day = local_day_at(self._now())
        if self._planned == day:
            return
        planned = await self._database.read(lambda each: DutyStore(each).reached(NAME))
        if planned < day_number(day):
            items = await self._items(day)
            found = reminders_of(items, self._plans.rules, self._people, day)
            said = {person: tuple(self._said(each) for each in own) for person, own in found.items()}
            await self._database.write(
                lambda each: plan_day(each, day, said, now=self._now(), name=NAME)
            )
            log.info("reminders of duties planned", people=len(said))
        self._planned = day

    async def _items(self, day: date) -> list[DutyItem]:
        """Return all duties that are due, soon or no longer, read page by page."""
        found = list[DutyItem]()
        while True:
            page = await self._page(day, DutyPosition.after(found[-1]) if found else None)
            found += page
            if len(page) < PAGE:
                return found

    async def _page(self, day: date, after: DutyPosition | None) -> list[DutyItem]:
        wanted = DutyFilter(day=day, states=_WANTED)
        return await self._database.read(lambda each: duties_due(each, wanted, after=after, limit=PAGE))

    def _said(self, item: DutyItem) -> RemindedDuty:
        premises = self._plans.index.premises(item.premises)
        name = item.premises if isinstance(premises, Unregistered) else premises.name
        return RemindedDuty(name, item.kind.value, item.due_on or date.max)

    def _people(self, premises: str) -> RemindedPeople:
        """Return the first of *premises*' people who can be reached, and the team of their area."""
        index, day = self._plans.index, local_day_at(self._now())
        row = index.premises(premises)
        people = () if isinstance(row, Unregistered) else row.people
        head = next((each for each in people if self._channels(each)), None)
        team = tuple(each for each in index.area_team(premises, day) if self._channels(each))
        return RemindedPeople(head, team)

    def _contact(self, person: str) -> Contact | None:
        found = self._plans.index.contact(person)
        return None if isinstance(found, Unregistered) else found

    def _channels(self, person: str) -> list[ChannelKind]:
        contact = self._contact(person)
        return [] if contact is None else reminder_channels(contact, self._route.usable)

    async def _remind(self, reminder: WaitingReminder) -> None:
        """Send *reminder* by the next of its person's channels, unless it must wait."""
        contact, channels, now = (
            self._contact(reminder.person),
            self._channels(reminder.person),
            self._now(),
        )
        if contact is None or not channels or reminder.attempts >= MOST_ATTEMPTS:
            return await self._end(reminder, ReminderState.REPLACED, "nobody reached")
        channel = channels[reminder.attempts % len(channels)]
        until = quiet_until(contact, now)
        if until is None and await self._read_center(lambda store: _is_needed(store, channel, now)):
            until = now + ALARMS_FIRST
        if until is not None:
            return await self._database.write(lambda each: ReminderRows(each).postpone(reminder, until))
        leased = await self._database.write(lambda each: ReminderRows(each).lease(reminder, now + AGAIN))
        if leased:
            await self._send(reminder, contact, channel)
        return None

    async def _send(self, reminder: WaitingReminder, contact: Contact, channel: ChannelKind) -> None:
        answer = await self._route.send(_message(reminder, contact, channel, self._now()))
        about = {"contact": contact.id, "channel": channel.value}
        if answer.result is AttemptResult.DELIVERED:
            log.info("reminder of duties delivered", **about)
            await self._end(reminder, ReminderState.SENT, f"{channel.value}: {answer.reason}")
        else:
            log.warning("reminder of duties not delivered", reason=answer.reason, **about)

    async def _end(self, reminder: WaitingReminder, state: ReminderState, result: str) -> None:
        now = self._now()
        await self._database.write(
            lambda each: ReminderRows(each).end(reminder, state, result=result, now=now)
        )


def _is_needed(store: CenterStore, channel: ChannelKind, now: Micros) -> bool:
    """Return whether anything else waits for *channel*; of a modem also while a fire is open."""
    if store.deliveries.waits(channel.value, now):
        return True
    if channel.value not in ONE_AT_A_TIME:
        return False
    return store.page_of_incidents(which="open", limit=1, kinds=(IncidentKind.FIRE,)).total > 0


def _message(
    reminder: WaitingReminder, contact: Contact, channel: ChannelKind, now: Micros
) -> ReminderMessage:
    words, number = catalogue().words(contact.language), f"duties-{reminder.day}/{contact.id}"
    text = reminder_text(reminder.duties, reminder.day, words)
    short = plain(short_reminder(reminder.duties, reminder.day, words))
    return ReminderMessage(
        id=f"{number}/{channel.value}",
        contact=contact,
        channel=channel,
        address=contact.addresses[channel],
        subject=text.partition("\n")[0],
        text=short[:ONE_SMS] if channel is ChannelKind.SMS else text,
        body=_encode(_body(reminder, number, now)).decode(),
    )


def _body(reminder: WaitingReminder, number: str, now: Micros) -> DutyReminder:
    texts = {
        language: reminder_text(reminder.duties, reminder.day, words)
        for language, words in catalogue().by_language.items()
    }
    return DutyReminder(
        v=1,
        delivery=DeliveryId(number),
        event="reminder",
        day=reminder.day.isoformat(),
        at=now,
        text=texts,
        duties=[
            RemindedDutyOfPremises(
                premises=each.premises, duty=each.kind, due_on=each.due_on.isoformat()
            )
            for each in reminder.duties
        ],
    )
