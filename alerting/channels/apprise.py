"""Channel over the services that Apprise knows: the address is an Apprise URL."""

import asyncio
import re
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

import apprise
import requests.sessions

from alerting.channels.channel import ChannelContext, ChannelMessage, bounded_attempt
from alerting.domain.notification.attempts import AttemptResult, ChannelAnswer
from alerting.settings import AppriseSettings

# Most of Apprise's services post with requests, which follows a redirection with a GET that carries
# nothing, and calls the page at its end a success. A new session reads this limit; beyond it the service
# logs that the attempt failed.
requests.sessions.DEFAULT_REDIRECT_LIMIT = 0  # type: ignore[attr-defined]

LATER = re.compile(r"error=(408|425|429|5\d\d)\b")
REFUSED = re.compile(r"error=[1-4]\d\d\b")
"""The way in which Apprise's services log the status of an answer."""


class AppriseChannel:
    """Calls Apprise in a thread, because it blocks.

    It answers only whether somebody was notified; the reason of a failure stands in its log.
    """

    name = "apprise"

    def __init__(self, settings: AppriseSettings, threads: ThreadPoolExecutor) -> None:
        self._timeout_s = settings.timeout_s
        self._threads = threads

    async def send(self, message: ChannelMessage) -> ChannelAnswer:
        """Attempt once; an attempt that is given up ends in its thread when its sockets do."""
        loop = asyncio.get_running_loop()
        return await bounded_attempt(
            loop.run_in_executor(self._threads, self._notify, message),
            channel=self.name,
            address=_scheme(message.address),  # the rest of it holds passwords
            timeout_s=self._timeout_s,
        )

    def _notify(self, message: ChannelMessage) -> ChannelAnswer:
        service = apprise.Apprise.instantiate(message.address)
        if service is None:
            return ChannelAnswer(
                AttemptResult.REFUSED, f"Apprise takes no such {_scheme(message.address)} URL"
            )
        service.socket_connect_timeout = service.socket_read_timeout = self._timeout_s
        all_of_it = apprise.Apprise([service])
        response = all_of_it.notify(
            body=message.text, title=message.subject, body_format=apprise.NotifyFormat.TEXT
        )
        try:
            said = " ".join(entry.message for entry in response.logs())
        finally:
            response.close()
        return _answer(response.status, said)


def _answer(status: apprise.AppriseResultStatus, said: str) -> ChannelAnswer:
    if status is apprise.AppriseResultStatus.SUCCESS:
        return ChannelAnswer(AttemptResult.DELIVERED, "the service took it")
    reason = said or "Apprise could not tell it, and does not say why"
    if LATER.search(said):
        return ChannelAnswer(AttemptResult.TRY_LATER, reason)
    return ChannelAnswer(
        AttemptResult.REFUSED if REFUSED.search(said) else AttemptResult.NO_ANSWER, reason
    )


def _scheme(url: str) -> str:
    return url.partition("://")[0][:32]


@asynccontextmanager
async def open_apprise(context: ChannelContext) -> AsyncIterator[AppriseChannel | None]:
    """Open the channel, where it is switched on."""
    settings = context.settings.apprise
    if settings is None:
        yield None
        return
    threads = ThreadPoolExecutor(settings.at_once, thread_name_prefix="apprise")
    try:
        yield AppriseChannel(settings, threads)
    finally:
        threads.shutdown(wait=False, cancel_futures=True)
