"""A mail server that takes what it is told to take, and keeps each mail as it came."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any, cast

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword

FOREVER = 3_600.0


@dataclass
class MailServer:
    """*answer* is its reply to a recipient; *silent*, it never replies to one."""

    answer: str = "250 OK"
    silent: bool = False
    password: bytes | None = None
    port: int = 0
    asked: int = 0
    mails: list[EmailMessage] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802  # the name is aiosmtpd's
        self, _server: SMTP, _session: Any, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        self.asked += 1
        if self.silent:
            await asyncio.sleep(FOREVER)
        if self.answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.answer

    async def handle_DATA(self, _server: SMTP, _session: Any, envelope: Envelope) -> str:  # noqa: N802
        mail = message_from_bytes(cast("bytes", envelope.content), policy=default)
        assert [mail["To"].addresses[0].addr_spec] == envelope.rcpt_tos
        self.mails.append(mail)
        return "250 queued"

    def let_in(self, _server: Any, _session: Any, _envelope: Any, _how: str, who: Any) -> AuthResult:
        known = isinstance(who, LoginPassword) and who.password == self.password
        return AuthResult(success=known, handled=False)


@asynccontextmanager
async def mail_server(
    server: MailServer, *, starttls: ssl.SSLContext | None = None, tls: ssl.SSLContext | None = None
) -> AsyncIterator[MailServer]:
    """Serve *server* on a free loopback port within the block."""
    loop = asyncio.get_running_loop()
    protected = starttls is not None or tls is not None

    def session() -> SMTP:
        return SMTP(
            server,
            hostname="localhost",
            tls_context=starttls,
            require_starttls=starttls is not None,
            authenticator=server.let_in,
            auth_required=server.password is not None,
            auth_require_tls=protected and tls is None,
            loop=loop,
        )

    listening = await loop.create_server(session, "127.0.0.1", 0, ssl=tls)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
