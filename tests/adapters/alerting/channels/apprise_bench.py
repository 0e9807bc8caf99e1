"""Apprise and a service to which its plugin json:// posts."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from alerting.channels.apprise import open_apprise
from alerting.channels.apprise_process.process import AppriseProcess
from alerting.channels.channel import ChannelMessage
from alerting.settings import AppriseSettings, ChannelsSettings
from tests.adapters.alerting.channels.bench import PATIENT_S, Behaviour, Bench, context
from tests.support.receiver import Receiver, receiver

STATUS = {Behaviour.TAKES: 200, Behaviour.REFUSES: 403, Behaviour.LATER: 503, Behaviour.SILENT: 200}


class AppriseBench(Bench):
    nonsense = "no-such-service://anh"

    def __init__(self, service: Receiver) -> None:
        super().__init__(*(f"json://127.0.0.1:{service.port}/{who}" for who in ("anh", "binh")))
        self.service = service
        self.process: AppriseProcess

    async def become(self, behaviour: Behaviour) -> None:
        self.service.status = STATUS[behaviour]
        self.service.silent = behaviour is Behaviour.SILENT

    def asked(self) -> int:
        return self.service.asked

    def heard(self) -> list[Any]:
        return [(each["path"], each["title"], each["message"]) for each in self.service.taken]

    def as_heard(self, message: ChannelMessage) -> Any:
        return "/" + message.address.rpartition("/")[2], message.subject, message.text


@asynccontextmanager
async def apprise_bench(
    _folder: Path, *, bound_s: float = PATIENT_S, **given: Any
) -> AsyncIterator[AppriseBench]:
    settings = AppriseSettings(timeout_s=bound_s, **given)
    async with (
        receiver(Receiver()) as service,
        open_apprise(context(channels=ChannelsSettings(apprise=settings))) as channel,
    ):
        bench = AppriseBench(service)
        assert channel is not None
        bench.channel, bench.process = channel, channel.process
        await channel.start()
        yield bench
