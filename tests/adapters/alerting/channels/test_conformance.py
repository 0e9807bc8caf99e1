"""What every channel promises: one attempt, one of four answers, in bounded time."""

import asyncio

import pytest

from alerting.domain.notification.attempts import LONGEST_REASON, AttemptResult, ChannelAnswer
from tests.adapters.alerting.channels.bench import BOUND_S, Behaviour, Bench
from tests.support.waiting import eventually


def test_a_reason_can_be_stored_whatever_was_answered() -> None:
    reason = ChannelAnswer(AttemptResult.REFUSED, "\0\ud800" + "x" * 1_000).reason
    assert reason.startswith("??x")
    assert len(reason) == LONGEST_REASON


async def test_a_message_arrives_exactly_as_it_was_written(bench: Bench) -> None:
    message = bench.message()
    answer = await bench.channel.send(message)
    assert answer.result is AttemptResult.DELIVERED, answer
    bench.expect(message)


@pytest.mark.behaviour("refuses")
async def test_a_refusal_is_told_with_its_reason(bench: Bench) -> None:
    await bench.become(Behaviour.REFUSES)
    answer = await bench.channel.send(bench.message())
    assert answer.result is AttemptResult.REFUSED, answer
    assert answer.reason


@pytest.mark.behaviour("later")
async def test_who_cannot_now_is_tried_later_and_told_then(bench: Bench) -> None:
    await bench.become(Behaviour.LATER)
    message = bench.message()
    answer = await bench.channel.send(message)
    assert answer.result is AttemptResult.TRY_LATER, answer
    assert answer.reason
    await bench.become(Behaviour.TAKES)
    assert (await bench.channel.send(message)).result is AttemptResult.DELIVERED
    bench.expect(message)


@pytest.mark.behaviour("silent")
async def test_who_does_not_answer_costs_no_more_than_the_bound(bench: Bench) -> None:
    await bench.become(Behaviour.SILENT)
    loop = asyncio.get_running_loop()
    began = loop.time()
    answer = await bench.channel.send(bench.message())
    assert answer.result is AttemptResult.NO_ANSWER, answer
    assert answer.reason
    assert loop.time() - began < BOUND_S + 1.0


async def test_an_attempt_can_be_cancelled_and_the_next_one_arrives(bench: Bench) -> None:
    await bench.become(Behaviour.SILENT)
    attempt = asyncio.create_task(bench.channel.send(bench.message()))
    await eventually(bench.asked)
    attempt.cancel()
    with pytest.raises(asyncio.CancelledError):
        await attempt
    await bench.become(Behaviour.TAKES)
    message = bench.message(2)
    assert (await bench.channel.send(message)).result is AttemptResult.DELIVERED
    bench.expect(message)


async def test_two_messages_at_once_both_arrive_whole(bench: Bench) -> None:
    messages = [bench.message(1), bench.message(2, to=1, text="Cháy ở tầng 2.")]
    answers = await asyncio.gather(*map(bench.channel.send, messages))
    assert [each.result for each in answers] == [AttemptResult.DELIVERED] * 2, answers
    bench.expect(*messages)


async def test_an_address_that_makes_no_sense_is_an_answer_too(bench: Bench) -> None:
    message = bench.message(address=bench.nonsense)
    answer = await bench.channel.send(message)
    assert answer.result in {AttemptResult.REFUSED, AttemptResult.NO_ANSWER}, answer
    assert answer.reason
