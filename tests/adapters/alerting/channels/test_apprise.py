"""Requirements of Apprise alone: processes, plugins, and answers that stand in a log."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from alerting.domain.notification.attempts import AttemptResult
from tests.adapters.alerting.channels.apprise_bench import AppriseBench, apprise_bench
from tests.adapters.alerting.channels.bench import BOUND_S, Behaviour
from tests.adapters.alerting.channels.conftest import nothing_else_arrived
from tests.support.receiver import Receiver, receiver
from tests.support.waiting import eventually


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


async def test_when_all_places_hang_the_next_attempt_ends_in_time_too(tmp_path: Path) -> None:
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


def children(pid: int) -> set[int]:
    """Return the processes that *pid* started and that run."""
    return {
        int(found)
        for found in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        if "(zombie)" not in Path(f"/proc/{found}/status").read_text()
    }


def is_there(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").exists()


def worker_of(bench: AppriseBench) -> int:
    process = bench.process._process
    assert process is not None
    return process.pid


async def test_forty_hung_services_leave_places_for_another_and_no_process_behind(
    tmp_path: Path,
) -> None:
    async with (
        apprise_bench(tmp_path, at_once=8) as bench,
        receiver(Receiver(silent=True)) as hung,
    ):
        stuck = [
            bench.message(number, address=f"json://127.0.0.1:{hung.port}/{number}")
            for number in range(40)
        ]
        waiting = [asyncio.create_task(bench.channel.send(each)) for each in stuck]
        worker = worker_of(bench)
        await eventually(lambda: len(children(worker)) == 2)  # a quarter of the places
        message = bench.message(2, to=1)
        assert (await bench.channel.send(message)).result is AttemptResult.DELIVERED
        assert len(children(worker)) == 2
        for each in waiting:
            each.cancel()
        await eventually(lambda: not children(worker))
        bench.expect(message)
        await nothing_else_arrived(bench)


async def test_an_attempt_whose_process_is_killed_ends_without_an_answer(tmp_path: Path) -> None:
    async with apprise_bench(tmp_path) as bench:
        await bench.become(Behaviour.SILENT)
        waiting = asyncio.create_task(bench.channel.send(bench.message()))
        worker = worker_of(bench)
        await eventually(lambda: bench.asked() == 1)
        for child in children(worker):
            os.kill(child, signal.SIGKILL)
        answer = await waiting
        assert answer.result is AttemptResult.NO_ANSWER
        assert "ended without an answer" in answer.reason
        await bench.become(Behaviour.TAKES)
        message = bench.message(2)
        assert (await bench.channel.send(message)).result is AttemptResult.DELIVERED
        bench.expect(message)


async def test_a_process_that_died_is_started_again_for_the_next_message(tmp_path: Path) -> None:
    async with apprise_bench(tmp_path) as bench:
        before = worker_of(bench)
        os.kill(before, signal.SIGKILL)
        await eventually(lambda: not is_there(before))
        message = bench.message()
        answer = await bench.channel.send(message)
        if answer.result is AttemptResult.NO_ANSWER:  # it was asked before the end was noticed
            answer = await bench.channel.send(message)
        assert answer.result is AttemptResult.DELIVERED
        assert worker_of(bench) != before
        bench.expect(message)


async def test_no_process_is_left_when_the_channel_closes_in_the_middle(tmp_path: Path) -> None:
    async with apprise_bench(tmp_path) as bench:
        await bench.become(Behaviour.SILENT)
        waiting = asyncio.create_task(bench.channel.send(bench.message()))
        await eventually(lambda: bench.asked() == 1)
        worker = worker_of(bench)
        below = children(worker)
        assert below
    await waiting
    assert not [each for each in (worker, *below) if is_there(each)]


def test_alerting_itself_does_not_load_apprise() -> None:
    code = "import sys, alerting.app; print('apprise' in sys.modules, 'requests' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
