"""What only Apprise has: threads, plugins, and answers that stand in a log."""

import asyncio
from pathlib import Path

import pytest

from alerting.domain.notification.attempts import AttemptResult
from tests.adapters.alerting.channels.apprise_bench import apprise_bench
from tests.adapters.alerting.channels.bench import BOUND_S, Behaviour
from tests.adapters.alerting.channels.conftest import nothing_else_arrived
from tests.support.receiver import Receiver, receiver


@pytest.mark.parametrize(
    ("status", "result"),
    [
        (400, AttemptResult.REFUSED),
        (401, AttemptResult.REFUSED),
        (404, AttemptResult.REFUSED),
        (429, AttemptResult.TRY_LATER),
        (500, AttemptResult.TRY_LATER),
        (503, AttemptResult.TRY_LATER),
    ],
)
async def test_the_status_that_a_service_answered_says_whether_to_try_again(
    tmp_path: Path, status: int, result: AttemptResult
) -> None:
    async with apprise_bench(tmp_path) as bench:
        bench.service.status = status
        answer = await bench.channel.send(bench.message())
        assert answer.result is result, answer
        assert str(status) in answer.reason


async def test_a_service_that_is_unknown_is_named_and_its_password_is_not(tmp_path: Path) -> None:
    async with apprise_bench(tmp_path) as bench:
        answer = await bench.channel.send(bench.message(address="no-such-service://anh:secret@place"))
        assert answer.result is AttemptResult.REFUSED
        assert "no-such-service" in answer.reason
        assert "secret" not in answer.reason


async def test_a_service_that_hangs_delays_no_other(tmp_path: Path) -> None:
    async with (
        apprise_bench(tmp_path, bound_s=3 * BOUND_S) as bench,
        receiver(Receiver(silent=True)) as hung,
    ):
        stuck = bench.message(1, address=f"json://127.0.0.1:{hung.port}/anh")
        waiting = asyncio.create_task(bench.channel.send(stuck))
        message = bench.message(2, to=1)
        assert (await bench.channel.send(message)).result is AttemptResult.DELIVERED
        assert not waiting.done()
        assert (await waiting).result is AttemptResult.NO_ANSWER
        bench.expect(message)
        await nothing_else_arrived(bench)


async def test_when_all_threads_hang_the_next_attempt_ends_in_time_too(tmp_path: Path) -> None:
    async with apprise_bench(tmp_path, bound_s=BOUND_S, at_once=1) as bench:
        await bench.become(Behaviour.SILENT)
        answers = await asyncio.gather(*(bench.channel.send(bench.message(n)) for n in (1, 2)))
        assert [each.result for each in answers] == [AttemptResult.NO_ANSWER] * 2


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirection_is_not_followed_and_delivers_nothing(tmp_path: Path, status: int) -> None:
    async with apprise_bench(tmp_path) as bench, receiver(Receiver()) as login:
        bench.service.status, bench.service.location = status, f"http://127.0.0.1:{login.port}/login"
        answer = await bench.channel.send(bench.message())

        assert answer.result is not AttemptResult.DELIVERED, answer
        assert login.asked == 0
