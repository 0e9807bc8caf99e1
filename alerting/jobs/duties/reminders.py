"""Reminds people of duties by day: one message a person, after everything that any alarm needs."""

from collections.abc import Iterable
from datetime import date

import msgspec
import structlog

from alerting.domain.notification.attempts import AttemptResult
from alerting.domain.notification.reminders import ReminderMessage
from alerting.domain.wording.plain_text import plain
from alerting.engine.engine import Engine
from alerting.jobs.duties.plans import DutyPlans
from alerting.jobs.reminder_sending import (
    AGAIN,
    MOST_ATTEMPTS,
    ONE_SMS,
    ReminderRecipients,
    ReminderRoute,
    is_by_day,
)
from alerting.settings import DutiesSettings
from contract.ids import DeliveryId
from contract.times import Micros, to_micros
from contract.webhook import DutyReminder, RemindedDutyOfPremises
from duties.domain.days import day_number
from duties.domain.due import DutyItem, DutyState
from duties.domain.reminders import RemindedPeople, next_in_command, reminders_of
from duties.domain.wording import RemindedDuty, reminder_text, short_reminder
from duties.listing import DutyFilter, DutyPosition, duties_due
from duties.reminders import ReminderRows, ReminderState, WaitingReminder, pass_on, plan_day
from duties.store import DutyStore
from registry.domain.index import Unregistered
from registry.domain.local_days import local_day_at
from registry.model.contacts import ChannelKind, Contact
from runtime.clock import Clock
from words.loading import catalogue

log = structlog.get_logger(__name__)

NAME = "reminders"
"""The name of this work in the table of progress: the last day that was planned."""

AT_ONCE = 5
"""Reminders of one look, some seconds apart: a mail server takes them with ease."""

PAGE = 500
"""Duties that are read at once."""

_encode = msgspec.json.Encoder().encode
_WANTED = (DutyState.OVERDUE, DutyState.DUE, DutyState.DUE_SOON)


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
        self._recipients = ReminderRecipients(engine, route)
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
        return is_by_day(self._clock(), from_hour=self._settings.remind_hour)

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
        return RemindedDuty(name, item.kind.value, item.due_on or date.max, item.premises)

    def _people(self, premises: str) -> RemindedPeople:
        """Return those in command of *premises* who can be reached, and the team of their area."""
        index, day = self._plans.index, local_day_at(self._now())
        team = index.area_team(premises, day)
        return RemindedPeople(self._command(premises), self._reachable(team))

    def _command(self, premises: str) -> tuple[str, ...]:
        row = self._plans.index.premises(premises)
        return () if isinstance(row, Unregistered) else self._reachable(row.people)

    def _reachable(self, people: Iterable[str]) -> tuple[str, ...]:
        return tuple(each for each in people if self._recipients.channels(each))

    async def _remind(self, reminder: WaitingReminder) -> None:
        """Send *reminder* by the next of its person's channels, unless it must wait."""
        contact, channels, now = (
            self._recipients.contact(reminder.person),
            self._recipients.channels(reminder.person),
            self._now(),
        )
        if contact is None or not channels or reminder.attempts >= MOST_ATTEMPTS:
            return await self._pass_on(reminder)
        channel = channels[reminder.attempts % len(channels)]
        until = await self._recipients.waits_until(contact, channel, now)
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

    async def _pass_on(self, reminder: WaitingReminder) -> None:
        """End *reminder*, whose person was not reached: the next in command gets what it says."""
        later, now = dict[str, list[RemindedDuty]](), self._now()
        for duty in reminder.duties:
            person = next_in_command(self._command(duty.place), reminder.person)
            if person is not None:
                later.setdefault(person, []).append(duty)

        log.warning("reminder of duties reached nobody; passed on", people=len(later))
        await self._database.write(lambda each: pass_on(each, reminder, later, now=now))

    async def _end(self, reminder: WaitingReminder, state: ReminderState, result: str) -> None:
        now = self._now()
        await self._database.write(
            lambda each: ReminderRows(each).end(reminder, state, result=result, now=now)
        )


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
