"""What only e-mail has: replies of three digits, encryption, a password, headers."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from alerting.channels.email import EmailChannel, to_mail
from alerting.domain.notification.attempts import AttemptResult, ChannelAnswer
from runtime.clock import utc_now
from tests.adapters.alerting.channels.email_bench import EmailBench, email_bench, settings
from tests.support.certificates import certificate, server_context
from tests.support.mail_server import MailServer, mail_server


@pytest.mark.parametrize(
    ("reply", "result"),
    [
        ("421 4.3.2 shutting down", AttemptResult.TRY_LATER),
        ("450 4.2.1 mailbox busy", AttemptResult.TRY_LATER),
        ("451 4.7.1 greylisted", AttemptResult.TRY_LATER),
        ("452 4.2.2 mailbox full", AttemptResult.TRY_LATER),
        ("550 5.1.1 no such person", AttemptResult.REFUSED),
        ("553 5.1.3 bad mailbox name", AttemptResult.REFUSED),
    ],
)
async def test_a_reply_says_whether_to_try_again(
    tmp_path: Path, reply: str, result: AttemptResult
) -> None:
    async with email_bench(tmp_path) as bench:
        bench.server.answer = reply
        assert await bench.channel.send(bench.message()) == ChannelAnswer(result, reply)
        assert bench.heard() == []


async def attempt(server: MailServer, **more: Any) -> ChannelAnswer:
    """Return the answer to a message to *server* under settings with *more*."""
    email = settings(server, **more).email
    assert email is not None
    return await EmailChannel(email, utc_now).send(EmailBench(server).message())


@pytest.mark.parametrize("tls", ["tls", "starttls"])
async def test_an_encrypted_mail_arrives_at_a_server_that_is_trusted(tmp_path: Path, tls: str) -> None:
    file = certificate(tmp_path)
    async with mail_server(MailServer(), **{tls: server_context(file)}) as server:
        answer = await attempt(server, tls=tls, ca_file=file)
        assert answer.result is AttemptResult.DELIVERED, answer
        assert len(server.mails) == 1


@pytest.mark.parametrize("tls", ["tls", "starttls"])
async def test_a_server_that_nobody_vouches_for_gets_nothing(tmp_path: Path, tls: str) -> None:
    file = certificate(tmp_path)
    async with mail_server(MailServer(), **{tls: server_context(file)}) as server:
        answer = await attempt(server, tls=tls)
        assert answer.result is AttemptResult.NO_ANSWER
        assert "certificate" in answer.reason.lower(), answer
        assert (server.mails, server.asked) == ([], 0)


async def test_a_server_without_encryption_gets_nothing_where_it_is_asked_for() -> None:
    async with mail_server(MailServer()) as server:
        answer = await attempt(server, tls="starttls")
        assert answer.result is AttemptResult.NO_ANSWER
        assert "STARTTLS" in answer.reason
        assert (server.mails, server.asked) == ([], 0)


async def test_an_address_that_the_server_cannot_write_is_refused(tmp_path: Path) -> None:
    async with email_bench(tmp_path) as bench:
        answer = await bench.channel.send(bench.message(address="ánh@cho-an-binh.example"))
        assert answer.result is AttemptResult.REFUSED, answer


@pytest.mark.parametrize(
    ("password", "result"), [("right", AttemptResult.DELIVERED), ("wrong", AttemptResult.REFUSED)]
)
async def test_the_server_asks_for_a_password(
    tmp_path: Path, password: str, result: AttemptResult
) -> None:
    file = certificate(tmp_path)
    given = {"username": "tocsin", "password": password, "tls": "starttls", "ca_file": file}
    async with mail_server(MailServer(password=b"right"), starttls=server_context(file)) as server:
        answer = await attempt(server, **given)
        assert answer.result is result, answer


async def test_a_file_that_holds_no_certificate_ends_the_attempt_and_not_alerting(
    tmp_path: Path,
) -> None:
    file = tmp_path / "ca.crt"
    file.write_text("no certificate")
    async with mail_server(MailServer()) as server:
        answer = await attempt(server, tls="starttls", ca_file=file)
    assert answer.result is AttemptResult.NO_ANSWER
    assert answer.reason


async def test_a_server_that_is_gone_is_no_answer() -> None:
    async with mail_server(MailServer()) as server:
        pass
    answer = await attempt(server)
    assert answer.result is AttemptResult.NO_ANSWER
    assert answer.reason


def test_a_mail_has_one_number_in_each_attempt_and_wakes_no_answering_machine() -> None:
    message = EmailBench(MailServer()).message()
    mails = [
        to_mail(
            message, sender="Tocsin <tocsin@center.example>", at=datetime(2026, 11, 26, 3, n, tzinfo=UTC)
        )
        for n in range(2)
    ]
    assert {str(mail["Message-ID"]) for mail in mails} == {f"<{message.id}@center.example>"}
    assert {str(mail["Auto-Submitted"]) for mail in mails} == {"auto-generated"}
    assert all(line.isascii() for line in mails[0].as_bytes().decode().splitlines())


def test_no_name_adds_a_header() -> None:
    message = EmailBench(MailServer()).message()
    sly = type(message)(message.id, message.address, "A\r\nBcc: b@x.example", "S\nX: y", "t", "{}")
    mail = to_mail(sly, sender="tocsin@center.example", at=datetime(2026, 11, 26, tzinfo=UTC))
    assert set(mail.keys()).isdisjoint({"Bcc", "X"})
