"""Opens the channels that are set up; a new one is its own file and one line here."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager

from alerting.channels.apprise import open_apprise
from alerting.channels.channel import Channel, ChannelContext
from alerting.channels.email import open_email
from alerting.channels.mqtt import open_mqtt
from alerting.channels.sms.channel import open_sms
from alerting.channels.webhook import open_webhook

CHANNELS: tuple[Callable[[ChannelContext], AbstractAsyncContextManager[Channel | None]], ...] = (
    open_webhook,
    open_email,
    open_sms,
    open_mqtt,
    open_apprise,
)
"""Context managers that each yield their channel, or None where it is not set up."""


@asynccontextmanager
async def open_channels(context: ChannelContext) -> AsyncIterator[dict[str, Channel]]:
    """Open the channels that are set up, and return them by name."""
    async with AsyncExitStack() as opened:
        found = [await opened.enter_async_context(each(context)) for each in CHANNELS]
        yield {channel.name: channel for channel in found if channel is not None}
