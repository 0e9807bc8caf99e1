"""The port of all channels: a message in, one of four answers out."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol

import structlog

from alerting.domain.gsm.deliver import ReceivedMessage
from alerting.domain.gsm.stored import StoredContent
from alerting.domain.notification.attempts import AttemptResult, ChannelAnswer
from alerting.outgoing import OutgoingSettings
from alerting.settings import ChannelsSettings, RelaySettings
from contract.webhook import addressed
from registry.model.contacts import ChannelKind
from runtime.clock import Clock, utc_now
from runtime.host_names import HostNames

log = structlog.get_logger(__name__)

Publish = Callable[[str, bytes], Awaitable[None]]
"""Hands a payload to the brokers under a topic; raises Away if none took it."""


BODY_ALONE = frozenset({ChannelKind.WEBHOOK.value, ChannelKind.MQTT.value})
"""The channels to programs, which send the body alone: nobody makes a text for them."""


@dataclass(frozen=True, slots=True)
class ChannelMessage:
    """A message to one contact over one channel.

    *id* is that of the delivery, the same in each attempt. *address* is a URL, an e-mail address, a
    phone number or a topic, by the channel. *name* is the contact's; *subject* and *text* are in their
    language, and empty for BODY_ALONE. *body* is the JSON of docs/protocol.md, 7, *receiver* the id of
    the contact, *sequence* the number of the delivery. A channel that sends one message at a time calls
    *handed_over* when it is ready for the next one.
    """

    id: str
    address: str
    name: str
    subject: str
    text: str
    body: str
    receiver: str = ""
    sequence: int | None = None
    handed_over: Callable[[], None] = field(default=lambda: None, compare=False, repr=False)

    @property
    def addressed_body(self) -> str:
        """The body with the contact that it is sent to, and the number of its delivery."""
        if not self.receiver:
            return self.body
        return addressed(self.body, audience=self.receiver, sequence=self.sequence)


class Channel(Protocol):
    """A channel over which contacts are notified."""

    @property
    def name(self) -> str:
        """The name of the channel in the registry."""
        ...

    async def send(self, message: ChannelMessage) -> ChannelAnswer:
        """Attempt once to send *message*, in bounded time; raises nothing."""
        ...


class ReplyReceiver(Protocol):
    """Keeps what people answer, durably, before it is deleted where it came from."""

    async def accept_reply(self, message: ReceivedMessage) -> None:
        """Return when *message* is stored; raises DatabaseError."""
        ...

    async def quarantine_reply(self, stored: StoredContent, reason: str) -> None:
        """Return when what cannot be read is on the disk; raises OSError."""
        ...

    async def run(self, send: Callable[[ChannelMessage], Awaitable[ChannelAnswer]]) -> None:
        """Follow what is incomplete, and *send* helpful answers, until cancelled."""
        ...


@dataclass(frozen=True, slots=True)
class ChannelContext:
    """The context in which channels are opened; *wall* is the machine's clock, which may be set.

    *trusted* are the addresses that the settings themselves name: *outgoing* bounds all others. From
    *secrets* the key of each receiver is derived. *received* follows what people answer.
    """

    settings: ChannelsSettings
    relay: RelaySettings
    clock: Clock
    publish: Publish
    wall: Clock = utc_now
    names: HostNames = field(default_factory=HostNames)
    outgoing: OutgoingSettings = field(default_factory=OutgoingSettings)
    trusted: frozenset[str] = frozenset()
    secrets: tuple[bytes, ...] = ()
    received: ReplyReceiver | None = None


async def bounded_attempt(
    attempt: Awaitable[ChannelAnswer], *, channel: str, address: str, timeout_s: float
) -> ChannelAnswer:
    """Return the answer of *attempt*, which ends within *timeout_s* whatever is wrong at its peer."""
    try:
        async with asyncio.timeout(timeout_s):
            return await attempt
    except TimeoutError:
        return ChannelAnswer(AttemptResult.NO_ANSWER, f"no answer within {timeout_s:g} s")
    except OSError as error:
        return ChannelAnswer(AttemptResult.NO_ANSWER, error_text(error))
    except Exception as error:  # whatever is wrong with one destination ends with its attempt
        log.exception("notification failed; check the address", channel=channel, address=address)
        return ChannelAnswer(AttemptResult.NO_ANSWER, error_text(error))


def error_text(error: Exception) -> str:
    """Return the text of *error*, or the name of its class."""
    return str(error) or type(error).__name__
