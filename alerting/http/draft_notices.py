"""Tells people by day about drafts: who may approve one that waits, and its author of its end."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial

import msgspec
import structlog

from accounts.domain.account import Account
from accounts.domain.actor import Actor, ActorKind, Evidence
from accounts.domain.areas import AreaTree
from accounts.domain.rights import Rights
from accounts.store.people import all_accounts
from alerting.domain.notification.attempts import AttemptResult
from alerting.domain.notification.reminders import ReminderMessage
from alerting.domain.wording.drafts import draft_notice_text, short_draft_notice
from alerting.domain.wording.plain_text import plain
from alerting.engine.engine import Engine
from alerting.http.areas import RegisteredAreas
from alerting.http.registry_reach import draft_access
from alerting.jobs.reminder_sending import (
    AGAIN,
    MOST_ATTEMPTS,
    ONE_SMS,
    ReminderRecipients,
    ReminderRoute,
    is_by_day,
)
from contract.ids import DeliveryId
from contract.times import SECOND, Micros, to_micros
from contract.webhook import DraftNotification, NoticedDraft
from registry.drafts.domain.notices import DraftNoticeKind, ReachableAccount, still_holds, told_of
from registry.drafts.notices import DraftNotice, NoticeRows, NoticeState
from registry.drafts.reading import NoDraft, open_draft
from registry.drafts.store import DraftConnection, draft_of
from registry.model.contacts import ChannelKind, Contact
from registry.model.local_time import local_day
from runtime.clock import Clock
from words.loading import catalogue

log = structlog.get_logger(__name__)

LOOK_S = 5.0
"""Seconds between two looks: an approval is a matter of hours."""

AT_ONCE = 20
"""Events of one look, each of which costs a small transaction."""

BETWEEN = 1_800 * SECOND
"""Microseconds between two messages to one person: what comes meanwhile is told together."""

_encode = msgspec.json.Encoder().encode


class DraftNotices:
    """Tells people about the drafts in the database of *engine* by *route*, from a local hour on."""

    def __init__(
        self,
        engine: Engine,
        route: ReminderRoute,
        *,
        from_hour: int,
        clock: Clock,
        alarms_wait: Callable[[], bool] = lambda: False,
    ) -> None:
        self._database = engine.database
        self._recipients = ReminderRecipients(engine, route)
        self._tree = RegisteredAreas(engine.registry).tree
        self._send_message = route.send
        self._from_hour = from_hour
        self._clock = clock
        self._alarms_wait = alarms_wait

    async def run(self) -> None:
        """Look until cancelled, but for moments in which alarms wait."""
        while True:
            if not self._alarms_wait():
                await self.look()
            await asyncio.sleep(LOOK_S)

    async def look(self) -> None:
        """Find who is told of new events, and tell one person what is due."""
        for _ in range(AT_ONCE):
            if not await self._address_next():
                break
        if not is_by_day(self._clock(), from_hour=self._from_hour):
            return
        if due := await self._database.read(lambda each: NoticeRows(each).due(self._now())):
            await self._tell(due)

    def _now(self) -> Micros:
        return to_micros(self._clock())

    async def _address_next(self) -> bool:
        """Store who is told of the oldest new event; return False where there is none."""
        event = await self._database.read(lambda each: NoticeRows(each).new())
        if event is None:
            return False
        ask = partial(_contacts_for, event=event, tree=self._tree(), day=local_day(self._clock()))
        found = [each for each in await self._database.read(ask) if self._recipients.channels(each)]
        log.info("notice about a draft begun", draft=event.draft, people=len(found))
        await self._database.write(lambda each: NoticeRows(each).address(event, found, self._now()))
        return True

    async def _tell(self, due: Sequence[DraftNotice]) -> None:
        """Send what is still true of *due*, all to one person, unless it must wait."""
        true = await self._database.read(partial(_still_true, due=due))
        past = [each for each in due if each not in true]
        if past:
            await self._end(past, NoticeState.REPLACED, "no longer so")
        if true:
            await self._tell_person(true)

    async def _tell_person(self, due: Sequence[DraftNotice]) -> None:
        person, now = due[0].contact, self._now()
        contact, channels = self._recipients.contact(person), self._recipients.channels(person)
        attempts = max(each.attempts for each in due)
        if contact is None or not channels or attempts >= MOST_ATTEMPTS:
            return await self._end(due, NoticeState.REPLACED, "nobody reached")
        channel = channels[attempts % len(channels)]
        if (until := await self._waits_until(contact, channel, now)) is not None:
            return await self._database.write(lambda each: NoticeRows(each).postpone(due, until))
        await self._database.write(lambda each: NoticeRows(each).begin(due, now + AGAIN))
        await self._send(due, contact, channel)
        return None

    async def _waits_until(self, contact: Contact, channel: ChannelKind, now: Micros) -> Micros | None:
        last = await self._database.read(lambda each: NoticeRows(each).last_sent(contact.id))
        if last is not None and now - last < BETWEEN:
            return last + BETWEEN
        return await self._recipients.waits_until(contact, channel, now)

    async def _send(self, due: Sequence[DraftNotice], contact: Contact, channel: ChannelKind) -> None:
        answer = await self._send_message(_message(due, contact, channel, self._now()))
        about = {"contact": contact.id, "channel": channel.value}
        if answer.result is AttemptResult.DELIVERED:
            log.info("notice about drafts delivered", **about)
            await self._end(due, NoticeState.SENT, f"{channel.value}: {answer.reason}")
        else:
            log.warning("notice about drafts not delivered", reason=answer.reason, **about)

    async def _end(self, notices: Sequence[DraftNotice], state: NoticeState, result: str) -> None:
        await self._database.write(
            lambda each: NoticeRows(each).end(notices, state, result=result, now=self._now())
        )


def _contacts_for(
    connection: DraftConnection, *, event: DraftNotice, tree: AreaTree, day: date
) -> list[str]:
    """Return the contacts that are told of *event*, by the accounts and the rights of *day*."""
    try:
        opened = open_draft(connection, event.draft)
    except NoDraft:
        return []
    if not still_holds(event.kind, opened.draft):
        return []
    people = [found for each in all_accounts(connection) if (found := _reachable(each, tree, day))]
    return told_of(event.kind, opened.draft, people, rows=opened.rows, registry=opened.registry)


def _reachable(account: Account, tree: AreaTree, day: date) -> ReachableAccount | None:
    if account.contact is None or account.is_disabled:
        return None
    actor = Actor(
        account=account.name,
        name=account.display_name,
        kind=ActorKind.PERSON,
        evidence=Evidence.PASSWORD_AND_CODE,
        grants=account.grants,
    )
    return ReachableAccount(draft_access(Rights(actor, tree, day), actor.name), account.contact)


def _still_true(connection: DraftConnection, *, due: Sequence[DraftNotice]) -> list[DraftNotice]:
    return [each for each in due if still_holds(each.kind, draft_of(connection, each.draft))]


def _message(
    due: Sequence[DraftNotice], contact: Contact, channel: ChannelKind, now: Micros
) -> ReminderMessage:
    words, number = catalogue().words(contact.language), f"drafts-{due[-1].id}/{contact.id}"
    text = draft_notice_text(due, words)
    short = plain(short_draft_notice(due, words))
    return ReminderMessage(
        id=f"{number}/{channel.value}",
        contact=contact,
        channel=channel,
        address=contact.addresses[channel],
        subject=text.partition("\n")[0],
        text=short[:ONE_SMS] if channel is ChannelKind.SMS else text,
        body=_encode(_body(due, number, now)).decode(),
    )


def _body(due: Sequence[DraftNotice], number: str, now: Micros) -> DraftNotification:
    by_language = catalogue().by_language
    return DraftNotification(
        v=1,
        delivery=DeliveryId(number),
        event="approval" if _waits(due) else "outcome",
        at=now,
        text={language: draft_notice_text(due, words) for language, words in by_language.items()},
        drafts=[NoticedDraft(draft=each.draft, event=each.kind.value, by=each.by) for each in due],
    )


def _waits(due: Sequence[DraftNotice]) -> bool:
    return any(each.kind is DraftNoticeKind.WAITING for each in due)
