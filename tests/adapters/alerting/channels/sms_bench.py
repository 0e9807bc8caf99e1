"""Short messages, a modem that does not exist, and its network."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from alerting.channels.channel import ChannelMessage
from alerting.channels.sms.channel import SmsChannel, open_sms
from alerting.settings import ChannelsSettings, SmsSettings
from firmware_sim.domain.modem import DisplayedMessage, ModemFault, Network, SimulatedModem
from firmware_sim.peers.modem import ServedModem, open_modem
from tests.adapters.alerting.channels.bench import PATIENT_S, Behaviour, Bench, context

NETWORKS = {Behaviour.REFUSES: Network.REFUSES, Behaviour.LATER: Network.BUSY}


class SmsBench(Bench):
    nonsense = "anh@cho-an-binh.example"

    def __init__(self, served: ServedModem, channel: SmsChannel) -> None:
        super().__init__("+84 912 345 678", "0987-654-321")
        self.channel = channel
        self.served = served
        self.modem = served.modem
        self.line = channel.modem

    async def become(self, behaviour: Behaviour) -> None:
        self.modem.network = NETWORKS.get(behaviour, Network.TAKES)
        self.modem.fault = ModemFault.SILENT if behaviour is Behaviour.SILENT else ModemFault.NONE
        self.modem.received_bytes = 0

    def asked(self) -> int:
        return self.modem.received_bytes

    def heard(self) -> list[Any]:
        return [(each.to, each.text) for each in self.modem.displayed]

    def as_heard(self, message: ChannelMessage) -> Any:
        return message.address.replace(" ", "").replace("-", ""), message.text

    @property
    def shown(self) -> list[DisplayedMessage]:
        return self.modem.displayed


@asynccontextmanager
async def sms_bench(
    _folder: Path, modem: SimulatedModem | None = None, *, bound_s: float = PATIENT_S, **given: Any
) -> AsyncIterator[SmsBench]:
    given = {"timeout_s": bound_s, **given}
    async with open_modem(modem or SimulatedModem()) as served, sms_over(served.url, **given) as channel:
        yield SmsBench(served, channel)


@asynccontextmanager
async def sms_over(port: str, **given: Any) -> AsyncIterator[SmsChannel]:
    sms = SmsSettings(**{"port": port, "timeout_s": PATIENT_S, "report_s": PATIENT_S, **given})
    async with open_sms(context(channels=ChannelsSettings(sms=sms))) as channel:
        assert channel is not None
        yield channel
