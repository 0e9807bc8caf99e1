"""Channel over MQTT: the webhook's body at the topic of a contact, on the brokers of the center."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from alerting.channels.channel import ChannelContext, ChannelMessage, Publish, bounded_attempt
from alerting.domain.notification.attempts import AttemptResult, ChannelAnswer
from alerting.settings import MqttSettings
from runtime.mqtt import BrokerAway

TOPIC = re.compile(r"[^/#+\s\0]+(/[^/#+\s\0]+)*")

LONGEST_TOPIC = 65_535
"""Bytes (MQTT 3.1.1, 1.5.3)."""


class MqttChannel:
    """Publishes the body of a message below a prefix, with QoS 1 and not retained."""

    name = "mqtt"

    def __init__(self, settings: MqttSettings, publish: Publish) -> None:
        self._settings = settings
        self._publish = publish

    async def send(self, message: ChannelMessage) -> ChannelAnswer:
        """Attempt once; a broker passes an acknowledged message on to all subscribers."""
        return await bounded_attempt(
            self._publish_message(message),
            channel=self.name,
            address=message.address,
            timeout_s=self._settings.timeout_s,
        )

    async def _publish_message(self, message: ChannelMessage) -> ChannelAnswer:
        topic = f"{self._settings.prefix}/{message.address}"
        if not TOPIC.fullmatch(message.address) or len(topic.encode()) > LONGEST_TOPIC:
            return ChannelAnswer(
                AttemptResult.REFUSED, f"{message.address!r} is no topic: no blank, +, # or empty level"
            )
        try:
            await self._publish(topic, message.addressed_body.encode())
        except BrokerAway as error:
            return ChannelAnswer(AttemptResult.NO_ANSWER, str(error))
        return ChannelAnswer(AttemptResult.DELIVERED, f"a broker has it at {topic}")


@asynccontextmanager
async def open_mqtt(context: ChannelContext) -> AsyncIterator[MqttChannel | None]:
    """Open the channel, where a prefix is set."""
    settings = context.settings.mqtt
    yield None if settings is None else MqttChannel(settings, context.publish)
