"""A flood of replies is bounded, and keeps no answer of another person from the fire."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from alerting.domain.answers.judging import ReplyFate
from alerting.domain.gsm.deliver import MessagePart, ReceivedMessage
from alerting.engine.replies import MOST_OF_NUMBER, MOST_PARTS, ReplyFollower, ReplyRules
from contract.times import SECOND
from tests.stories.alerting import house as houses
from tests.stories.alerting.house import House
from tests.stories.alerting.one_modem import OneModem, burns, district

HEAD, TEAM = "+84901000000", "0901000009"
RULES = ReplyRules("84", 86_400 * SECOND, 50)


@pytest.fixture
async def burning(database: str) -> AsyncIterator[House]:
    async with houses.house(database, district()) as one:
        await OneModem(one, [(0.0, burns("cho", "manual-1", quantity="manual"))]).run(60)
        yield one


def message(one: House, sender: str, text: str, part: MessagePart | None = None) -> ReceivedMessage:
    return ReceivedMessage(sender, text, one.now, part)


async def test_one_number_that_floods_is_stopped_and_others_are_followed(burning: House) -> None:
    replies = ReplyFollower(burning.engine.transactions, RULES)
    for number in range(MOST_OF_NUMBER + 40):
        await replies.follow(message(burning, HEAD, f"tin {number}"), burning.now)
    last = await replies.follow(message(burning, HEAD, "4"), burning.now)
    other = await replies.follow(message(burning, TEAM, "1"), burning.now)

    assert last is not None
    assert other is not None
    assert (last.row.fate, other.row.fate) == (ReplyFate.TOO_MANY, ReplyFate.APPLIED)
    stored = await burning.rows("SELECT * FROM replies WHERE number = '84901000000'")
    assert len(stored) == MOST_OF_NUMBER
    assert [row["helped_at"] is not None for row in stored].count(True) == 1
    assert (await burning.incident()).seen_by == ("dan-phong",)


async def test_an_hour_later_the_number_is_followed_again(burning: House) -> None:
    replies = ReplyFollower(burning.engine.transactions, RULES)
    for number in range(MOST_OF_NUMBER + 1):
        await replies.follow(message(burning, HEAD, f"tin {number}"), burning.now)
    later = burning.now + timedelta(hours=2)
    again = await replies.follow(ReceivedMessage(HEAD, "3", later), later)
    assert again is not None
    assert again.row.fate == ReplyFate.APPLIED


async def test_parts_without_their_others_are_bounded_and_read_after_a_while(burning: House) -> None:
    replies = ReplyFollower(burning.engine.transactions, RULES)
    for number in range(20):
        part = MessagePart(number, 2, 1)
        waiting = await replies.follow(message(burning, HEAD, "1", part), burning.now)
        assert waiting is None
    assert len(await burning.rows("SELECT * FROM reply_parts")) == 20 <= MOST_PARTS
    followed = await replies.follow_incomplete(burning.now + timedelta(minutes=2))
    assert {each.row.fate for each in followed} == {ReplyFate.APPLIED}
    assert await burning.rows("SELECT * FROM reply_parts") == []


async def test_the_parts_of_a_long_reply_are_read_together_in_any_order(burning: House) -> None:
    replies = ReplyFollower(burning.engine.transactions, RULES)
    second = message(burning, HEAD, "tầng 3 có người", MessagePart(9, 2, 2))
    first = message(burning, HEAD, "khói dày ở ", MessagePart(9, 2, 1))
    assert await replies.follow(second, burning.now) is None
    whole = await replies.follow(first, burning.now)
    assert whole is not None
    assert whole.row.text == "khói dày ở tầng 3 có người"
