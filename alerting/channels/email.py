"""Channel over e-mail: one message to one contact, through the configured mail server (RFC 5321)."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr
from functools import cached_property

import aiosmtplib

from alerting.channels.channel import ChannelContext, ChannelMessage, bounded_attempt, error_text
from alerting.domain.notification.attempts import AttemptResult, ChannelAnswer
from alerting.settings import EmailSettings
from runtime.clock import Clock
from runtime.connecting import open_socket
from runtime.host_names import HostNames


class EmailChannel:
    """Hands each message to a mail server over a connection of its own."""

    name = "email"

    def __init__(self, settings: EmailSettings, clock: Clock, names: HostNames | None = None) -> None:
        self._settings = settings
        self._names = HostNames() if names is None else names
        self._password = settings.secret()
        self._clock = clock

    async def send(self, message: ChannelMessage) -> ChannelAnswer:
        """Attempt once; a mail server that takes the message is responsible for it from then on."""
        return await bounded_attempt(
            self._send(message),
            channel=self.name,
            address=message.address,
            timeout_s=self._settings.timeout_s,
        )

    async def _send(self, message: ChannelMessage) -> ChannelAnswer:
        try:
            mail = to_mail(message, sender=self._settings.sender, at=self._clock())
        except ValueError as error:
            return ChannelAnswer(
                AttemptResult.REFUSED, f"{message.address!r} is no e-mail address: {error}"
            )
        try:
            said = await self._hand_over(mail)
        except aiosmtplib.SMTPRecipientsRefused as error:
            return _refused(error.recipients[0])
        except aiosmtplib.SMTPResponseException as error:
            return _refused(error)
        except aiosmtplib.SMTPNotSupported as error:
            return ChannelAnswer(
                AttemptResult.REFUSED, error_text(error)
            )  # an address that is not all ASCII
        except aiosmtplib.SMTPException as error:
            return ChannelAnswer(AttemptResult.NO_ANSWER, error_text(error))
        return ChannelAnswer(AttemptResult.DELIVERED, said)

    async def _hand_over(self, mail: EmailMessage) -> str:
        """Return the mail server's answer to *mail*."""
        client = self._client()
        opened = await open_socket(self._names, self._settings.host, self._settings.port)
        try:
            await client.connect(sock=opened)
            _, said = await client.send_message(mail)
            if isinstance(client.transport, asyncio.WriteTransport):
                # Its answer is not waited for: the mail is taken, and that must not end as a timeout.
                client.transport.write(b"QUIT\r\n")
        finally:
            client.close()
            opened.close()
        return said

    @cached_property
    def _trusted(self) -> ssl.SSLContext | None:
        """Return the trusted certificates, read at the first attempt: a bad file ends an attempt, not
        alerting.
        """
        if self._settings.tls == "none":
            return None
        return ssl.create_default_context(cafile=self._settings.ca_file)

    def _client(self) -> aiosmtplib.SMTP:
        settings = self._settings
        return aiosmtplib.SMTP(
            hostname=settings.host,
            username=settings.username,
            password=self._password,
            use_tls=settings.tls == "tls",
            start_tls=settings.tls == "starttls",
            tls_context=self._trusted,
            timeout=settings.timeout_s,
            local_hostname=socket.gethostname(),  # the default asks the name service, and waits for it
        )


def to_mail(message: ChannelMessage, *, sender: str, at: datetime) -> EmailMessage:
    """Return *message* as a mail; raises ValueError for an address that cannot be one.

    Its Message-ID is the same in each attempt, so that mail programs show it once.
    """
    mail = EmailMessage(policy=SMTP)
    mail["From"] = sender
    mail["To"] = Address(_one_line(message.name), addr_spec=message.address)
    mail["Subject"] = _one_line(message.subject)
    mail["Date"] = at
    mail["Message-ID"] = f"<{message.id}@{parseaddr(sender)[1].rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"  # nobody's holiday notice answers it (RFC 3834, 5)
    mail.set_content(message.text, cte="base64")  # no server on the way can break Vietnamese
    return mail


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _refused(error: aiosmtplib.SMTPResponseException) -> ChannelAnswer:
    """Return the answer to a refusal: 4yz is for now, 5yz for good (RFC 5321, 4.2.1); greylisting is a
    451.
    """
    result = AttemptResult.TRY_LATER if 400 <= error.code < 500 else AttemptResult.REFUSED
    return ChannelAnswer(result, f"{error.code} {error.message}")


@asynccontextmanager
async def open_email(context: ChannelContext) -> AsyncIterator[EmailChannel | None]:
    """Open the channel, where there is a mail server."""
    settings = context.settings.email
    yield None if settings is None else EmailChannel(settings, context.clock, context.names)
