"""What only a webhook has: a signature, an idempotency key, and statuses."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from alerting.channels.webhook import open_webhook
from alerting.domain.notification.attempts import AttemptResult
from alerting.settings import RelaySettings
from contract.signing import read_secrets, receiver_keys, written_secret
from firmware_sim.peers.command_center import COMMAND_CENTER, CommandCenter, open_command_center
from runtime.clock import utc_now
from runtime.host_names import HostNames
from runtime.hosts_file import HostsFile
from tests.adapters.alerting.channels.bench import context, relay
from tests.adapters.alerting.channels.conftest import nothing_else_arrived
from tests.adapters.alerting.channels.webhook_bench import WebhookBench, webhook_bench
from tests.support.receiver import Receiver, receiver

SECRET = "whsec_" + "a" * 44
ANOTHER = "whsec_" + "b" * 44


async def test_a_relay_is_signed_and_believed_by_its_key(tmp_path: Path) -> None:
    relay = RelaySettings(signing_key=SecretStr(SECRET))
    keys = (*read_secrets(ANOTHER), *read_secrets(SECRET))
    async with webhook_bench(tmp_path, relay=relay, secrets=keys) as bench:
        message = bench.message()
        assert (await bench.channel.send(message)).result is AttemptResult.DELIVERED
        bench.expect(message)
        await nothing_else_arrived(bench)


@pytest.mark.parametrize(("signed_with", "result"), [(SECRET, "DELIVERED"), (ANOTHER, "REFUSED")])
async def test_the_library_of_standard_webhooks_believes_the_right_secret_alone(
    tmp_path: Path, signed_with: str, result: str
) -> None:
    relay = RelaySettings(signing_key=SecretStr(signed_with))
    (key,) = receiver_keys(read_secrets(SECRET), COMMAND_CENTER)
    desk_with_key = Receiver(secret=written_secret(key))
    async with webhook_bench(tmp_path, relay=relay) as bench, receiver(desk_with_key) as desk:
        message = bench.message(address=f"http://127.0.0.1:{desk.port}/desk")
        assert (await bench.channel.send(message)).result is AttemptResult[result]
        assert len(desk.taken) == (signed_with == SECRET)


@pytest.mark.parametrize("known", ["old", "new"])
async def test_while_the_secret_is_changed_either_is_believed(tmp_path: Path, known: str) -> None:
    file = tmp_path / "relay-key"
    file.write_text(f"{SECRET}\n{ANOTHER}\n")
    keys = read_secrets({"old": SECRET, "new": ANOTHER}[known])
    async with webhook_bench(
        tmp_path, relay=RelaySettings(signing_key_file=file), secrets=keys
    ) as bench:
        assert (await bench.channel.send(bench.message())).result is AttemptResult.DELIVERED


async def test_a_relay_with_another_key_is_refused(tmp_path: Path) -> None:
    relay = RelaySettings(signing_key=SecretStr(SECRET))
    async with webhook_bench(tmp_path, relay=relay, secrets=read_secrets(ANOTHER)) as bench:
        answer = await bench.channel.send(bench.message())
        assert (answer.result, answer.reason) == (AttemptResult.REFUSED, "answered 401")
        await nothing_else_arrived(bench)


@pytest.mark.parametrize("right", ["clock", "wall"])
async def test_a_receiver_that_checks_the_time_believes_one_of_two_clocks(right: str) -> None:
    def wrong() -> datetime:
        return utc_now() - timedelta(hours=1)

    clock, wall = (utc_now, wrong) if right == "clock" else (wrong, utc_now)
    settings = RelaySettings(signing_key=SecretStr(SECRET))
    center = CommandCenter(secrets=read_secrets(SECRET))
    async with (
        open_command_center(center=center) as url,
        open_webhook(replace(context(relay=settings), clock=clock, wall=wall)) as channel,
    ):
        message = WebhookBench(center, url).message()
        assert (await channel.send(message)).result is AttemptResult.DELIVERED
    assert len(center.relays) == 1


async def test_a_message_told_twice_is_taken_once(tmp_path: Path) -> None:
    async with webhook_bench(tmp_path) as bench:
        message = bench.message()
        for _ in range(2):
            assert (await bench.channel.send(message)).result is AttemptResult.DELIVERED
        assert bench.asked() == 2
        bench.expect(message)
        await nothing_else_arrived(bench)


@pytest.mark.parametrize(
    ("status", "result"),
    [
        (302, AttemptResult.REFUSED),
        (400, AttemptResult.REFUSED),
        (408, AttemptResult.TRY_LATER),
        (410, AttemptResult.REFUSED),
        (425, AttemptResult.TRY_LATER),
        (429, AttemptResult.TRY_LATER),
        (500, AttemptResult.TRY_LATER),
        (502, AttemptResult.TRY_LATER),
    ],
)
async def test_a_status_says_whether_to_try_again(
    tmp_path: Path, status: int, result: AttemptResult
) -> None:
    async with webhook_bench(tmp_path) as bench:
        bench.center.status = status
        answer = await bench.channel.send(bench.message())
        assert (answer.result, answer.reason) == (result, f"answered {status}")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirection_is_not_followed_and_delivers_nothing(tmp_path: Path, status: int) -> None:
    async with (
        webhook_bench(tmp_path) as bench,
        receiver(Receiver(status=status)) as front,
        receiver(Receiver()) as login,
    ):
        front.location = f"http://127.0.0.1:{login.port}/login"
        answer = await bench.channel.send(bench.message(address=f"http://127.0.0.1:{front.port}/anh"))

        assert answer.result is AttemptResult.REFUSED
        assert front.location in answer.reason
        assert login.asked == 0


@contextmanager
def mute_name_server(address: str) -> Iterator[tuple[HostNames, threading.Event]]:
    """Yield names that all have *address*, and an event after which no name is answered any more."""
    mute, released = threading.Event(), threading.Event()

    def look_up(_: str) -> list[str]:
        if mute.is_set():
            released.wait()
        return [address]

    try:
        yield HostNames(look_up=look_up, hosts=HostsFile(Path("/nonexistent/hosts"))), mute
    finally:
        released.set()


async def test_a_fire_goes_to_the_last_address_of_a_name_while_the_name_server_is_mute() -> None:
    center = CommandCenter()
    with mute_name_server("127.0.0.1") as (names, mute):
        async with (
            open_command_center(center=center) as url,
            open_webhook(replace(context(), names=names)) as channel,
        ):
            message = WebhookBench(center, url.replace("127.0.0.1", "desk.example")).message()
            assert (await channel.send(message)).result is AttemptResult.DELIVERED
            mute.set()
            names.doubt("desk.example")
            again = replace(message, id=f"{message.id}2", body=relay(f"{message.id}2", "CHÁY!"))
            assert (await channel.send(again)).result is AttemptResult.DELIVERED
    assert len(center.relays) == 2


async def test_sixty_webhooks_with_unanswered_names_delay_none_with_an_address() -> None:
    center = CommandCenter()
    with mute_name_server("127.0.0.1") as (names, mute):
        mute.set()
        async with (
            open_command_center(center=center) as url,
            open_webhook(replace(context(), names=names)) as channel,
        ):
            bench = WebhookBench(center, url)
            named = [bench.message(address=f"http://desk{each}.example/") for each in range(60)]
            waiting = [asyncio.create_task(channel.send(each)) for each in named]
            assert (await channel.send(bench.message())).result is AttemptResult.DELIVERED
            assert not any(each.done() for each in waiting)
            for each in waiting:
                each.cancel()
