"""A webhook and a command center that takes relays over HTTP."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from alerting.channels.channel import ChannelMessage
from alerting.channels.webhook import open_webhook
from alerting.settings import RelaySettings
from contract.webhook import decode
from firmware_sim.peers.command_center import CommandCenter, open_command_center
from tests.adapters.alerting.channels.bench import PATIENT_S, Behaviour, Bench, context

STATUS = {Behaviour.TAKES: 200, Behaviour.REFUSES: 404, Behaviour.LATER: 503, Behaviour.SILENT: 200}
LONG_S = 60.0


class WebhookBench(Bench):
    nonsense = "http://[no-address"

    def __init__(self, center: CommandCenter, url: str) -> None:
        super().__init__(url, url)
        self.center = center

    async def become(self, behaviour: Behaviour) -> None:
        self.center.status = STATUS[behaviour]
        self.center.delay_s = LONG_S if behaviour is Behaviour.SILENT else 0.0

    def asked(self) -> int:
        return self.center.requests

    def heard(self) -> list[Any]:
        return [each.body for each in self.center.relays]

    def as_heard(self, message: ChannelMessage) -> Any:
        return decode(message.addressed_body.encode())


@asynccontextmanager
async def webhook_bench(
    _folder: Path,
    *,
    bound_s: float = PATIENT_S,
    relay: RelaySettings | None = None,
    secrets: tuple[bytes, ...] = (),
) -> AsyncIterator[WebhookBench]:
    center = CommandCenter(secrets=secrets)
    settings = relay or RelaySettings(timeout_s=bound_s)
    async with open_command_center(center=center) as url:
        bench = WebhookBench(center, url)
        async with open_webhook(context(relay=settings)) as bench.channel:
            yield bench
