"""Decides which fire a reply is about, and what becomes of it, with a named reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from alerting.domain.answers.reply_text import ReadReply
from contract.answers import AnswerKind
from contract.ids import IncidentId
from contract.times import Micros


class ReplyFate(StrEnum):
    """The fate of a reply: applied, or the reason why it was set aside."""

    APPLIED = "applied"
    #: Nobody with this number was notified of a fire.
    UNKNOWN_NUMBER = "unknown_number"
    #: No answer that is known; where one fire is meant, it stands in its timeline.
    NOT_UNDERSTOOD = "not_understood"
    #: Several fires are open for this person, and no code names one.
    SEVERAL_OPEN = "several_open"
    #: The code is of none of the person's open fires.
    WRONG_CODE = "wrong_code"
    #: It says seen or take without the code that the center wants with these.
    NEEDS_CODE = "needs_code"
    #: The fire was closed before.
    CLOSED = "closed"
    #: The message that it answers is too old.
    EXPIRED = "expired"
    #: This person may not take an incident by a reply.
    MAY_NOT_TAKE = "may_not_take"
    #: Another person has the fire.
    TAKEN = "taken"
    #: More replies of one number, or of numbers that nobody knows, than people write.
    TOO_MANY = "too_many"
    #: The PDU is not a text.
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifiedFire:
    """A fire that *contact* was notified of, the last time *at* a moment; their *code* for it."""

    incident: IncidentId
    premises: str
    contact: str
    code: str
    at: Micros
    is_open: bool
    may_take: bool


@dataclass(frozen=True, slots=True)
class ReplyJudgement:
    """The *fate* of a reply, and the *fire* that it is about; None where that is unknown.

    *choices* are the fires that are open for the person.
    """

    fate: ReplyFate
    fire: NotifiedFire | None = None
    choices: tuple[NotifiedFire, ...] = ()


ACTS = frozenset({AnswerKind.SEEN, AnswerKind.TAKEN})
"""Answers from which something follows: somebody is not called any more."""


def judge_reply(
    reply: ReadReply,
    notified: Sequence[NotifiedFire],
    *,
    since: Micros,
    acts_need_code: bool = False,
) -> ReplyJudgement:
    """Return the fate of *reply* by the fires that its number was *notified* of; from *since* on it may
    be answered.

    With *acts_need_code* an act counts with the code alone: whoever forges a sender has not read it.
    """
    if not notified:
        return ReplyJudgement(ReplyFate.UNKNOWN_NUMBER)
    choices = _one_each([each for each in notified if each.is_open and each.at >= since])
    named = [each for each in notified if each.code == reply.code] if reply.code else list(choices)
    meant = _one_each([each for each in named if each.is_open and each.at >= since])
    if not meant:
        return ReplyJudgement(_why_none(reply, named or notified, choices), choices=choices)
    if reply.kind is None:
        only = meant[0] if len(meant) == 1 else None
        return ReplyJudgement(ReplyFate.NOT_UNDERSTOOD, only, choices)
    if len(meant) > 1:
        return ReplyJudgement(ReplyFate.SEVERAL_OPEN, choices=choices)
    fate = _fate_of_one(reply, meant[0], acts_need_code=acts_need_code)
    return ReplyJudgement(fate, meant[0], choices)


def _fate_of_one(reply: ReadReply, meant: NotifiedFire, *, acts_need_code: bool) -> ReplyFate:
    if acts_need_code and reply.kind in ACTS and not reply.code:
        return ReplyFate.NEEDS_CODE
    if reply.kind is AnswerKind.TAKEN and not meant.may_take:
        return ReplyFate.MAY_NOT_TAKE
    return ReplyFate.APPLIED


def _one_each(fires: Sequence[NotifiedFire]) -> tuple[NotifiedFire, ...]:
    """Return one of *fires* for each incident: two contacts may have one number."""
    first: dict[IncidentId, NotifiedFire] = {}
    for each in fires:
        first.setdefault(each.incident, each)
    return tuple(first.values())


def _why_none(
    reply: ReadReply, named: Sequence[NotifiedFire], choices: Sequence[NotifiedFire]
) -> ReplyFate:
    if reply.code and choices and not any(each.code == reply.code for each in named):
        return ReplyFate.WRONG_CODE
    if any(each.is_open for each in named):
        return ReplyFate.EXPIRED
    return ReplyFate.CLOSED
