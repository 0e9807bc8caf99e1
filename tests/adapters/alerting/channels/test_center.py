"""Alerting with every channel set up tells, and ends, as it does without."""

import threading
from pathlib import Path

import registry.store
from alerting.settings import AppriseSettings, ChannelsSettings, MqttSettings, SmsSettings
from firmware_sim.domain.modem import SimulatedModem
from firmware_sim.peers.command_center import CommandCenter, open_command_center
from firmware_sim.peers.modem import open_modem
from runtime.clock import utc_now
from tests.adapters.alerting.center import Center, gateway, make_settings
from tests.adapters.alerting.channels.email_bench import settings as email_settings
from tests.stories.alerting.house import MARKET
from tests.support.mail_server import MailServer, mail_server
from tests.support.servers import Server
from tests.support.waiting import eventually


async def test_a_fire_is_told_and_all_channels_are_closed_at_the_end(
    broker: Server, tmp_path: Path
) -> None:
    received, modem = CommandCenter(), SimulatedModem()
    async with (
        open_command_center(center=received) as url,
        open_modem(modem) as served,
        mail_server(MailServer()) as mail,
        gateway(broker.port) as site,
    ):
        channels = ChannelsSettings(
            email=email_settings(mail).email,
            sms=SmsSettings(port=served.url),
            mqtt=MqttSettings(),
            apprise=AppriseSettings(),
        )
        plain = make_settings(tmp_path, broker_port=broker.port, webhook=url)
        settings = plain.model_copy(update={"channels": channels})
        async with registry.store.open_store(settings.database_url) as store:
            await store.store_registry(MARKET, who="test", now=utc_now())
        center = Center(settings, received)
        await center.start()
        await site.receipted(await site.fire("call-01", quantity="manual"))
        await eventually(lambda: received.events() == ["confirmed"])
        await eventually(lambda: modem.received_bytes)
        await center.stop()
        assert not [each for each in threading.enumerate() if each.name.startswith("serial socket")]
        assert (modem.displayed, mail.mails) == ([], [])
