"""E-mail and a mail server."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from alerting.channels.channel import ChannelMessage
from alerting.channels.email import open_email
from alerting.settings import ChannelsSettings, EmailSettings
from tests.adapters.alerting.channels.bench import PATIENT_S, Behaviour, Bench, context
from tests.support.mail_server import MailServer, mail_server

ANSWERS = {
    Behaviour.TAKES: "250 OK",
    Behaviour.REFUSES: "550 5.1.1 no such person here",
    Behaviour.LATER: "451 4.7.1 greylisted, try again",
    Behaviour.SILENT: "250 OK",
}


class EmailBench(Bench):
    nonsense = "anh at example dot vn"

    def __init__(self, server: MailServer) -> None:
        super().__init__("anh@cho-an-binh.example", "binh@cho-an-binh.example")
        self.server = server

    async def become(self, behaviour: Behaviour) -> None:
        self.server.answer = ANSWERS[behaviour]
        self.server.silent = behaviour is Behaviour.SILENT

    def asked(self) -> int:
        return self.server.asked

    def heard(self) -> list[Any]:
        mails = self.server.mails
        return [(str(m["To"]), str(m["Subject"]), m.get_content().rstrip("\r\n")) for m in mails]

    def as_heard(self, message: ChannelMessage) -> Any:
        return f"{message.name} <{message.address}>", message.subject, message.text


@asynccontextmanager
async def email_bench(_folder: Path, *, bound_s: float = PATIENT_S) -> AsyncIterator[EmailBench]:
    async with mail_server(MailServer()) as server:
        bench = EmailBench(server)
        async with open_email(context(channels=settings(server, timeout_s=bound_s))) as channel:
            assert channel is not None
            bench.channel = channel
            yield bench


def settings(server: MailServer, **more: Any) -> ChannelsSettings:
    given = {"tls": "none", "timeout_s": PATIENT_S, **more}
    email = EmailSettings(
        host="localhost", port=server.port, sender="Tocsin <tocsin@center.example>", **given
    )
    return ChannelsSettings(email=email)
