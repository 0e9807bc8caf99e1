"""What is set up is opened, and what is not is not there."""

from pathlib import Path

from alerting.channels.configured import open_channels
from alerting.settings import (
    AppriseSettings,
    ChannelsSettings,
    EmailSettings,
    MqttSettings,
    SmsSettings,
)
from tests.adapters.alerting.channels.bench import context


async def test_without_settings_there_is_the_webhook_alone() -> None:
    async with open_channels(context()) as channels:
        assert list(channels) == ["webhook"]


async def test_each_channel_that_is_set_up_is_there_by_its_name_though_nobody_answers_yet(
    tmp_path: Path,
) -> None:
    settings = ChannelsSettings(
        email=EmailSettings(host="mail.example", sender="tocsin@center.example"),
        sms=SmsSettings(port=str(tmp_path / "no-modem")),
        mqtt=MqttSettings(),
        apprise=AppriseSettings(),
    )
    async with open_channels(context(channels=settings)) as channels:
        assert set(channels) == {"webhook", *ChannelsSettings.model_fields}
        assert all(name == channel.name for name, channel in channels.items())
