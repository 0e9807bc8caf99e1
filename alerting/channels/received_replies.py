"""Keeps what people answer to short messages, and answers what is none: once, and behind all alarms."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

import structlog

from alerting.channels.channel import ChannelMessage
from alerting.domain.answers.judging import ReplyFate
from alerting.domain.gsm.deliver import ReceivedMessage
from alerting.domain.gsm.stored import StoredContent
from alerting.domain.notification.attempts import ChannelAnswer
from alerting.domain.wording.plain_text import plain
from alerting.domain.wording.reply_help import Choice, HelpSubject, help_text
from alerting.engine.engine import Engine
from alerting.engine.replies import DAY, FollowedReply, ReplyFollower
from alerting.metrics import Metrics
from alerting.store.errors import DatabaseError
from contract.times import to_micros
from registry.domain.index import Unregistered
from registry.model.contacts import VIETNAMESE, ChannelKind
from runtime.clock import Clock
from runtime.quarantine import Quarantine, QuarantineFull
from words.loading import catalogue
from words.people_text import shown

log = structlog.get_logger(__name__)

LOOK_S = 5.0
"""Seconds between two looks for long replies that stay incomplete, and for room on the modem."""

MOST_WAITING = 100
"""Helpful answers that wait for the modem; the oldest is given up."""

WINDOW_S = 86_400.0
"""Seconds for which a reply that was set aside counts in /healthz."""

MOST_COUNTED = 10_000

Send = Callable[[ChannelMessage], Awaitable[ChannelAnswer]]


class ReceivedReplies:
    """Follows what arrives by *replies*; what cannot be read goes to *quarantine*."""

    def __init__(
        self,
        engine: Engine,
        replies: ReplyFollower,
        *,
        quarantine: Quarantine,
        metrics: Metrics,
        clock: Clock,
    ) -> None:
        self._engine = engine
        self._replies = replies
        self._quarantine = quarantine
        self._metrics = metrics
        self._clock = clock
        self._helps: deque[FollowedReply] = deque(maxlen=MOST_WAITING)
        self._set_aside: deque[float] = deque(maxlen=MOST_COUNTED)

    @property
    def set_aside(self) -> int:
        """Count the replies of the last day that were not applied."""
        since = self._clock().timestamp() - WINDOW_S
        while self._set_aside and self._set_aside[0] < since:
            self._set_aside.popleft()
        return len(self._set_aside)

    async def accept_reply(self, message: ReceivedMessage) -> None:
        """Store *message* and follow it; raises DatabaseError."""
        followed = await self._replies.follow(message, self._clock())
        if followed is not None:
            self._note(followed)

    async def quarantine_reply(self, stored: StoredContent, reason: str) -> None:
        """Keep what cannot be read; raises OSError. What is beyond a day's bound is counted alone."""
        self._count(ReplyFate.UNREADABLE)
        content = stored.body.encode(errors="replace")
        try:
            await self._quarantine.store("sms", content, reason="unreadable_reply", detail=reason)
        except QuarantineFull as error:
            log.error("unreadable reply dropped; the quarantine is full", reason=str(error))

    async def run(self, send: Send) -> None:
        """Read incomplete replies, and *send* helpful answers, until cancelled."""
        await self._count_earlier()
        while True:
            await asyncio.sleep(LOOK_S)
            try:
                for each in await self._replies.follow_incomplete(self._clock()):
                    self._note(each)
                await self._help(send)
            except DatabaseError as error:
                log.error("replies not looked at; retrying", reason=str(error))

    async def _count_earlier(self) -> None:
        now = self._clock()
        since = to_micros(now) - DAY
        try:
            count = await self._engine.transactions.read(
                lambda store: store.replies.count_set_aside(since)
            )
        except DatabaseError as error:
            log.error("replies set aside not counted", reason=str(error))
        else:
            self._set_aside.extend([now.timestamp()] * min(count, MOST_COUNTED))

    async def _help(self, send: Send) -> None:
        now = to_micros(self._clock())
        while self._helps:
            waits = await self._engine.transactions.read(
                lambda store: store.deliveries.waits(ChannelKind.SMS.value, now)
            )
            if waits:
                return
            await self._send_help(self._helps.popleft(), send)

    def _note(self, followed: FollowedReply) -> None:
        fate = ReplyFate(followed.row.fate)
        self._count(fate)
        log.info("reply received", fate=fate.value, incident=followed.row.incident)
        if followed.is_helped:
            self._helps.append(followed)

    def _count(self, fate: ReplyFate) -> None:
        self._metrics.replies.labels(fate.value).inc()
        if fate is not ReplyFate.APPLIED:
            self._set_aside.append(self._clock().timestamp())

    async def _send_help(self, followed: FollowedReply, send: Send) -> None:
        """Attempt once: whoever does not get it calls."""
        row = followed.row
        text = self._text(followed)
        answer = await send(
            ChannelMessage(
                id=f"help/{row.digest}",
                address=row.sender,
                name="",
                subject="",
                text=text,
                body="",
            )
        )
        log.info("helpful answer sent", result=answer.result.value, fate=row.fate)

    def _text(self, followed: FollowedReply) -> str:
        registry, row = self._engine.registry.current, followed.row
        contact = None if row.contact is None else registry.directory.contact(row.contact)
        words = catalogue().words(VIETNAMESE if contact is None else contact.language)
        subject = HelpSubject(
            fate=ReplyFate(row.fate),
            choices=tuple(
                Choice(each.code, self._name(each.premises)) for each in followed.judgement.choices
            ),
            call=registry.directory.call,
            owner=shown(followed.owner),
        )
        text = help_text(subject, words)
        return plain(text) if contact is None or contact.plain_text else text

    def _name(self, premises: str) -> str:
        place = self._engine.registry.current.index.premises(premises)
        return premises if isinstance(place, Unregistered) else shown(place.name)
