"""The MQTT session with the broker of a source."""

from collections.abc import Awaitable, Callable, Iterable

from gateway.settings import SourceSettings
from runtime.mqtt import MqttMessage, MqttSession


def open_source_session(
    source: SourceSettings,
    client_id: str,
    topics: Iterable[str],
    on_message: Callable[[MqttMessage], Awaitable[None]],
) -> MqttSession:
    """Return a session with the broker of *source*, subscribed to *topics*."""
    return MqttSession(source.broker, client_id=client_id, topics=sorted(topics), on_message=on_message)
