"""Follows the replies to short messages: each is stored with its fate, in one transaction."""

from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from alerting.domain.answers.judging import (
    NotifiedFire,
    ReplyFate,
    ReplyJudgement,
    judge_reply,
)
from alerting.domain.answers.reply_help import HelpGiven, is_helped
from alerting.domain.answers.reply_text import ReadReply, read_reply
from alerting.domain.gsm.deliver import ReceivedMessage
from alerting.domain.gsm.numbers import whole_number
from alerting.domain.model.effects import Refusal, RefuseAction
from alerting.engine.person_answers import GivenAnswer, apply_person_answer, notified_fire
from alerting.engine.transactions import Transactions
from alerting.engine.unit_of_work import UnitOfWork
from alerting.engine.waiting_changes import Urgency
from alerting.store.replies import NotifiedRow, PartRow, ReplyRow
from contract.answers import AnswerWay
from contract.times import SECOND, Micros, to_micros
from registry.model.contacts import ChannelKind

HOUR, DAY = 3_600 * SECOND, 86_400 * SECOND

MOST_OF_NUMBER = 60
"""Replies of one number within an hour that are followed; nobody writes more by hand."""

MOST_UNKNOWN = 1_000
"""Replies within a day from numbers that nobody was told at; beyond it they are counted alone."""

MOST_PARTS = 1_000
"""Parts that wait for the others of their message."""

PARTS_WAIT = 60 * SECOND
"""Microseconds after which a long reply is read without the parts that did not come."""

MOST_LETTERS = 1_000


@dataclass(frozen=True, slots=True)
class ReplyRules:
    """The *country* of numbers without one, for how long an answer counts, helpful answers a day.

    *acts_need_code* is whether seen and take count with the code alone.
    """

    country: str
    valid: Micros
    help_per_day: int
    acts_need_code: bool = False


@dataclass(frozen=True, slots=True)
class FollowedReply:
    """A reply that was stored: its *judgement*, its *row*, and whether it *is_helped*."""

    row: ReplyRow
    judgement: ReplyJudgement
    is_helped: bool = False
    owner: str = ""


class ReplyFollower:
    """Follows replies in *transactions*, by *rules*."""

    def __init__(self, transactions: Transactions, rules: ReplyRules) -> None:
        self._transactions = transactions
        self._rules = rules

    async def follow(self, message: ReceivedMessage, now: datetime) -> FollowedReply | None:
        """Return what became of *message*, once that is durable; None where it waits or is known.

        Raises DatabaseError.
        """
        told = await self._told(message.sender, to_micros(now))
        return await self._transactions.run(
            lambda unit: self._store(unit, message, told), now, urgency=Urgency.LETS_GO
        )

    async def follow_incomplete(self, now: datetime) -> list[FollowedReply]:
        """Read the long replies whose other parts did not come in time."""
        before = to_micros(now) - PARTS_WAIT
        waiting = await self._transactions.read(lambda store: store.replies.parts_before(before))
        followed: list[FollowedReply] = []
        for part in {(each.sender, each.reference, each.total): each for each in waiting}.values():
            told = await self._told(part.sender, to_micros(now))
            followed.append(
                await self._transactions.run(
                    lambda unit, part=part, told=told: self._join(unit, part, told),  # type: ignore[misc]
                    now,
                    urgency=Urgency.LETS_GO,
                )
            )
        return followed

    async def _told(self, sender: str, now: Micros) -> list[NotifiedRow]:
        """Return the fires that *sender* was told of by a short message, the latest first.

        Read beside the transactions: in a storm these are many.
        """
        number = whole_number(sender, self._rules.country)
        if number is None:
            return []
        since = now - self._rules.valid
        rows = await self._transactions.read(
            lambda store: store.replies.notified_by(ChannelKind.SMS, since)
        )
        return [each for each in rows if self._number_of(each.contact) == number]

    def _number_of(self, contact: str) -> str | None:
        phone = self._transactions.registry.directory.contact(contact).phone
        return None if phone is None else whole_number(phone, self._rules.country)

    # -- within one transaction

    def _store(
        self, unit: UnitOfWork, message: ReceivedMessage, told: list[NotifiedRow]
    ) -> FollowedReply | None:
        digest = _digest(message, unit.now)
        if unit.store.replies.is_known(digest):
            return None
        if message.part is None:
            return self._follow(unit, _row(message, digest, unit.now), told)
        part = _part(message, digest, unit.now)
        there = unit.store.replies.parts_beside(part)
        is_whole = len({each.part for each in (*there, part)}) == part.total
        if not is_whole and unit.store.replies.count_parts() < MOST_PARTS:
            unit.store.replies.add_part(part)
            return None
        return self._follow_parts(unit, [*there, part], told)

    def _join(self, unit: UnitOfWork, part: PartRow, told: list[NotifiedRow]) -> FollowedReply:
        return self._follow_parts(unit, unit.store.replies.parts_beside(part) or [part], told)

    def _follow_parts(
        self, unit: UnitOfWork, parts: list[PartRow], told: list[NotifiedRow]
    ) -> FollowedReply:
        """Follow the reply in *parts*, whose rows it replaces."""
        ordered = sorted({each.part: each for each in parts}.values(), key=lambda each: each.part)
        first, text = ordered[0], "".join(each.text for each in ordered)
        unit.store.replies.drop_parts({each.digest for each in parts})
        message = ReceivedMessage(first.sender, text, None)
        row = replace(_row(message, first.digest, unit.now), sent_at=first.sent_at)
        return self._follow(unit, row, told)

    def _follow(self, unit: UnitOfWork, row: ReplyRow, told: list[NotifiedRow]) -> FollowedReply:
        number = whole_number(row.sender, self._rules.country) or ""
        row = replace(row, number=number[:24])
        reply = read_reply(row.text)
        if self._is_flood(unit, row, is_known=bool(told)):
            return self._keep(unit, row, reply, ReplyJudgement(ReplyFate.TOO_MANY))
        secret = self._transactions.secret
        fires = [notified_fire(each, unit.registry, secret=secret) for each in told]
        written = min(row.sent_at or row.received_at, row.received_at)
        judged = judge_reply(
            reply,
            fires,
            since=written - self._rules.valid,
            acts_need_code=self._rules.acts_need_code,
        )
        refusal = self._apply(unit, judged, reply, row)
        judged = replace(judged, fate=_fate(judged.fate, refusal))
        return self._keep(unit, row, reply, judged, owner=refusal.owner if refusal else "")

    def _apply(
        self, unit: UnitOfWork, judged: ReplyJudgement, reply: ReadReply, row: ReplyRow
    ) -> RefuseAction | None:
        """Apply the answer; what is no answer stands in the person's own words in that one fire."""
        if judged.fire is None or judged.fate not in {ReplyFate.APPLIED, ReplyFate.NOT_UNDERSTOOD}:
            return None
        given = GivenAnswer(kind=reply.kind, way=AnswerWay.SMS, people=reply.people)
        if judged.fate is ReplyFate.NOT_UNDERSTOOD:
            given = replace(given, text=row.text)
        refusal = apply_person_answer(unit, judged.fire, given)
        return refusal if judged.fate is ReplyFate.APPLIED else None

    def _is_flood(self, unit: UnitOfWork, row: ReplyRow, *, is_known: bool) -> bool:
        rows = unit.store.replies
        if rows.count_of(row.number, unit.now - HOUR) >= MOST_OF_NUMBER:
            return True
        unknown = ReplyFate.UNKNOWN_NUMBER
        return not is_known and rows.count_with(unknown, unit.now - DAY) >= MOST_UNKNOWN

    def _keep(
        self,
        unit: UnitOfWork,
        row: ReplyRow,
        reply: ReadReply,
        judged: ReplyJudgement,
        *,
        owner: str = "",
    ) -> FollowedReply:
        """Store *row* with its fate; of a flood it is counted alone."""
        helped = self._is_helped(unit, row, judged.fate)
        about = judged.fire or _only_choice(judged)
        kept = replace(
            row,
            fate=judged.fate.value,
            answer=reply.kind.value if reply.kind else None,
            helped_at=unit.now if helped else None,
            contact=about.contact if about else None,
            incident=about.incident if about else None,
            premises=about.premises if about else None,
        )
        if judged.fate is not ReplyFate.TOO_MANY:
            unit.store.replies.add(kept)
        return FollowedReply(kept, judged, helped, owner)

    def _is_helped(self, unit: UnitOfWork, row: ReplyRow, fate: ReplyFate) -> bool:
        since, rows = unit.now - DAY, unit.store.replies
        given = HelpGiven(
            to_number=rows.helped(since, row.number),
            to_all=rows.helped(since),
            most=self._rules.help_per_day,
        )
        age = row.received_at - min(row.sent_at or row.received_at, row.received_at)
        return is_helped(fate, number=row.number, age=age, given=given)


def _fate(fate: ReplyFate, refusal: RefuseAction | None) -> ReplyFate:
    if refusal is None:
        return fate
    return ReplyFate.CLOSED if refusal.refusal is Refusal.ALREADY_CLOSED else ReplyFate.TAKEN


def _only_choice(judged: ReplyJudgement) -> NotifiedFire | None:
    """Return the only open fire of the person, though the reply does not name it."""
    return judged.choices[0] if len(judged.choices) == 1 else None


def _digest(message: ReceivedMessage, now: Micros) -> str:
    """Return the digest by which *message* is known again when it is read a second time.

    Without the time of a service center the minute counts: the same words are another answer later.
    """
    at = now // (60 * SECOND) if message.at is None else message.at.isoformat()
    about = (message.sender, str(at), str(message.part), message.text)
    return sha256("\0".join(about).encode(errors="replace")).hexdigest()


def _row(message: ReceivedMessage, digest: str, now: Micros) -> ReplyRow:
    return ReplyRow(
        digest=digest,
        sender=message.sender[:40],
        number="",
        text=_storable(message.text[:MOST_LETTERS]),
        sent_at=None if message.at is None else to_micros(message.at),
        received_at=now,
        fate="",
    )


def _part(message: ReceivedMessage, digest: str, now: Micros) -> PartRow:
    row, part = _row(message, digest, now), message.part
    if part is None:
        raise ValueError("not a part of a long message")
    return PartRow(
        digest=digest,
        sender=row.sender,
        reference=part.reference,
        total=part.total,
        part=part.number,
        text=row.text,
        sent_at=row.sent_at,
        received_at=now,
    )


def _storable(text: str) -> str:
    """Return *text* without what no database takes: PostgreSQL has no NUL, UTF-8 no lone surrogate."""
    return text.replace("\0", " ").encode(errors="replace").decode()
