"""The MQTT session with the broker of a source."""

from collections.abc import Awaitable, Callable, Iterable

from runtime.broker_address import BrokerAddress
from runtime.mqtt import MqttSession
from runtime.mqtt_message import MqttMessage


def open_source_session(
    broker: BrokerAddress,
    client_id: str,
    topics: Iterable[str],
    on_message: Callable[[MqttMessage], Awaitable[None]],
) -> MqttSession:
    """Return a session with *broker*, subscribed to *topics*."""
    return MqttSession(broker, client_id=client_id, topics=sorted(topics), on_message=on_message)
