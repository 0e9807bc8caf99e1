"""Channel over the services that Apprise knows: the address is an Apprise URL."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from alerting.channels.apprise_process.process import AppriseProcess
from alerting.channels.channel import ChannelContext, ChannelMessage, bounded_attempt
from alerting.domain.notification.attempts import AttemptResult, ChannelAnswer
from alerting.settings import AppriseSettings
from registry.model.contacts import ChannelKind

SERVICE_SHARE = 4
"""One service, by its scheme and host, has one of so many parts of the attempts at once."""


class AppriseChannel:
    """Has each attempt made by a process of its own, which is killed when its time is over."""

    name = "apprise"

    def __init__(
        self, settings: AppriseSettings, process: AppriseProcess, *, context: ChannelContext
    ) -> None:
        self._outgoing = context.outgoing
        self._trusted = context.trusted
        self._timeout_s = settings.timeout_s
        self.process = process
        self._free = asyncio.Semaphore(settings.at_once)
        share = max(1, settings.at_once // SERVICE_SHARE)
        self._of_service = defaultdict[str, asyncio.Semaphore](lambda: asyncio.Semaphore(share))

    async def send(self, message: ChannelMessage) -> ChannelAnswer:
        """Attempt once; a service that hangs takes no place of another."""
        if message.address not in self._trusted:
            refusal = self._outgoing.why_refused(ChannelKind.APPRISE, message.address)
            if refusal is not None:
                return ChannelAnswer(AttemptResult.REFUSED, refusal)
        return await bounded_attempt(
            self._attempt(message),
            channel=self.name,
            address=_service(message.address),  # the rest of it holds passwords
            timeout_s=self._timeout_s,
        )

    async def start(self) -> None:
        """Return when attempts begin at once."""
        await self.process.start()

    async def _attempt(self, message: ChannelMessage) -> ChannelAnswer:
        await self.process.start()
        async with self._of_service[_service(message.address)], self._free:
            return await self.process.attempt(
                message.address,
                message.subject,
                message.text,
                timeout_s=self._timeout_s,
                networks=None if message.address in self._trusted else self._outgoing.networks,
            )


def _service(url: str) -> str:
    """Return the scheme and host of *url*, without passwords."""
    try:
        parts = urlsplit(url)
        return f"{parts.scheme}://{parts.hostname or ''}:{parts.port or ''}"
    except ValueError:
        return url.partition("://")[0][:32]


@asynccontextmanager
async def open_apprise(context: ChannelContext) -> AsyncIterator[AppriseChannel | None]:
    """Open the channel, where it is switched on."""
    settings = context.settings.apprise
    if settings is None:
        yield None
        return
    process = AppriseProcess()
    starting = asyncio.create_task(process.start(), name="start the process for Apprise")
    try:
        yield AppriseChannel(settings, process, context=context)
    finally:
        starting.cancel()
        await process.close()
