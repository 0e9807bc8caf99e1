"""Each reply has one fate, with its reason."""

import pytest

from alerting.domain.answers.judging import NotifiedFire, ReplyFate, judge_reply
from alerting.domain.answers.reply_text import ReadReply
from contract.answers import AnswerKind
from contract.ids import IncidentId

SEEN, TAKE = ReadReply(AnswerKind.SEEN), ReadReply(AnswerKind.TAKEN)


def fire(
    name: str = "i1", *, code: str = "K4M", at: int = 100, is_open: bool = True, may_take: bool = False
) -> NotifiedFire:
    return NotifiedFire(
        incident=IncidentId(name),
        premises=f"of-{name}",
        contact="head",
        code=code,
        at=at,
        is_open=is_open,
        may_take=may_take,
    )


P7T = ReadReply(AnswerKind.SEEN, "P7T")
ONE, OTHER = fire(), fire("i2", code="P7T")


@pytest.mark.parametrize(
    ("reply", "notified", "fate", "meant"),
    [
        (SEEN, [], ReplyFate.UNKNOWN_NUMBER, None),
        (SEEN, [ONE], ReplyFate.APPLIED, "i1"),
        (ReadReply(AnswerKind.SEEN, "K4M"), [ONE], ReplyFate.APPLIED, "i1"),
        (SEEN, [ONE, OTHER], ReplyFate.SEVERAL_OPEN, None),
        (P7T, [ONE, OTHER], ReplyFate.APPLIED, "i2"),
        (ReadReply(AnswerKind.SEEN, "B2B"), [ONE], ReplyFate.WRONG_CODE, None),
        (SEEN, [fire(is_open=False)], ReplyFate.CLOSED, None),
        (P7T, [ONE, fire("i2", code="P7T", is_open=False)], ReplyFate.CLOSED, None),
        (SEEN, [ONE, fire("i2", is_open=False)], ReplyFate.APPLIED, "i1"),
        (SEEN, [fire(at=49)], ReplyFate.EXPIRED, None),
        (ReadReply(None), [ONE], ReplyFate.NOT_UNDERSTOOD, "i1"),
        (ReadReply(None), [ONE, OTHER], ReplyFate.NOT_UNDERSTOOD, None),
        (TAKE, [ONE], ReplyFate.MAY_NOT_TAKE, "i1"),
        (TAKE, [fire(may_take=True)], ReplyFate.APPLIED, "i1"),
        (SEEN, [ONE, fire(code="B2C")], ReplyFate.APPLIED, "i1"),
    ],
)  # fmt: skip
def test_the_fate_of_a_reply(
    reply: ReadReply, notified: list[NotifiedFire], fate: ReplyFate, meant: str | None
) -> None:
    judged = judge_reply(reply, notified, since=50)
    assert (judged.fate, judged.fire.incident if judged.fire else None) == (fate, meant)


@pytest.mark.parametrize(
    ("reply", "fate"),
    [
        (SEEN, ReplyFate.NEEDS_CODE),
        (TAKE, ReplyFate.NEEDS_CODE),
        (ReadReply(AnswerKind.SEEN, "K4M"), ReplyFate.APPLIED),
        (ReadReply(AnswerKind.TAKEN, "K4M"), ReplyFate.APPLIED),
        (ReadReply(AnswerKind.SEEN, "B2B"), ReplyFate.WRONG_CODE),
        (ReadReply(AnswerKind.FALSE), ReplyFate.APPLIED),
        (ReadReply(AnswerKind.PEOPLE_INSIDE, "", 5), ReplyFate.APPLIED),
        (ReadReply(None), ReplyFate.NOT_UNDERSTOOD),
    ],
)
def test_where_acts_need_their_code_a_forged_sender_is_not_enough(
    reply: ReadReply, fate: ReplyFate
) -> None:
    fires = [fire(may_take=True)]
    assert judge_reply(reply, fires, since=50, acts_need_code=True).fate == fate


def test_the_choices_are_the_open_fires_of_the_person() -> None:
    judged = judge_reply(SEEN, [ONE, OTHER, fire("i3", is_open=False), fire("i4", at=1)], since=50)
    assert [each.code for each in judged.choices] == ["K4M", "P7T"]
