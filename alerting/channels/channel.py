"""What every way of telling a person has in common: a message in, one of four answers out."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol

import structlog

from alerting.domain.notification.attempts import AttemptResult, ChannelAnswer
from alerting.settings import ChannelsSettings, RelaySettings
from runtime.clock import Clock, utc_now

log = structlog.get_logger(__name__)

Publish = Callable[[str, bytes], Awaitable[None]]
"""Hands a payload to the brokers under a topic; raises Away if none took it."""


@dataclass(frozen=True, slots=True)
class ChannelMessage:
    """What one person is to be told over one channel.

    *id* is that of the delivery, the same in each attempt. *address* is a URL, an e-mail address, a
    phone number, a topic: whatever the channel reaches people at. *name* is the person's; *subject* and
    *text* are in their language. *body* is the JSON of docs/protocol.md, 7. A channel that takes one
    message at a time calls *handed_over* when it is ready for the next one.
    """

    id: str
    address: str
    name: str
    subject: str
    text: str
    body: str
    handed_over: Callable[[], None] = field(default=lambda: None, compare=False, repr=False)


class Channel(Protocol):
    """One way to tell people."""

    @property
    def name(self) -> str:
        """What the registry calls it."""
        ...

    async def send(self, message: ChannelMessage) -> ChannelAnswer:
        """Attempt once to tell *message*, in bounded time; raises nothing."""
        ...


@dataclass(frozen=True, slots=True)
class ChannelContext:
    """All that channels may need to be opened; *wall* is the machine's clock, which may be set."""

    settings: ChannelsSettings
    relay: RelaySettings
    clock: Clock
    publish: Publish
    wall: Clock = utc_now


async def bounded_attempt(
    attempt: Awaitable[ChannelAnswer], *, channel: str, address: str, timeout_s: float
) -> ChannelAnswer:
    """The answer of *attempt*, which ends within *timeout_s* whatever is wrong at the other end."""
    try:
        async with asyncio.timeout(timeout_s):
            return await attempt
    except TimeoutError:
        return ChannelAnswer(AttemptResult.NO_ANSWER, f"no answer within {timeout_s:g} s")
    except OSError as error:
        return ChannelAnswer(AttemptResult.NO_ANSWER, error_text(error))
    except Exception as error:  # whatever is wrong with one destination ends with its attempt
        log.exception(
            "destination cannot be told; look at its address", channel=channel, address=address
        )
        return ChannelAnswer(AttemptResult.NO_ANSWER, error_text(error))


def error_text(error: Exception) -> str:
    """What *error* says, or what it is called."""
    return str(error) or type(error).__name__
