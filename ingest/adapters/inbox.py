"""Routes each message from the broker to the lane that it belongs to."""

import structlog

from contract.topics import Leaf, Topic, parse_topic, topic_filter
from ingest.adapters.heartbeats import HeartbeatCache
from ingest.adapters.metrics import Metrics
from ingest.adapters.signal_copies import SignalCopies
from ingest.adapters.telemetry_lane import TelemetryLane
from ingest.settings import Settings
from runtime.mqtt import MqttMessage
from runtime.quarantine import Quarantine

log = structlog.get_logger(__name__)


def subscriptions(settings: Settings) -> list[str]:
    """Return the topics of ingest; shared with the other processes of its group, if it has one."""
    group = f"$share/{settings.share}/" if settings.share else ""
    shared = [group + topic_filter(leaf, settings.broker.root) for leaf in (Leaf.TELEMETRY, Leaf.ALARM)]
    # Each process of a group answers for the whole ledger, so each receives every heartbeat.
    return [*shared, topic_filter(Leaf.HEARTBEAT, settings.broker.root)]


class Inbox:
    """Routes messages by their topic."""

    def __init__(
        self,
        telemetry: TelemetryLane,
        signals: SignalCopies,
        heartbeats: HeartbeatCache,
        *,
        root: str,
        quarantine: Quarantine,
        metrics: Metrics,
    ) -> None:
        self._telemetry = telemetry
        self._signals = signals
        self._heartbeats = heartbeats
        self._root = root
        self._quarantine = quarantine
        self._metrics = metrics

    async def route_message(self, message: MqttMessage) -> None:
        """Hand *message* to its lane. A retained one is as good as new: its number tells which it is."""
        self._metrics.retained.inc(message.retained)
        try:
            topic = parse_topic(message.topic, self._root)
        except ValueError as error:
            await self._quarantine_message(message, str(error))
            return
        self._metrics.messages.labels(topic.leaf).inc()
        await self._hand_over(topic, message)

    async def _hand_over(self, topic: Topic, message: MqttMessage) -> None:
        if topic.leaf is Leaf.TELEMETRY:
            await self._telemetry.accept_message(topic, message)
        elif topic.leaf is Leaf.ALARM:
            self._signals.accept_message(topic, message)
        elif topic.leaf is Leaf.HEARTBEAT:
            self._heartbeats.accept_heartbeat(topic, message)

    async def _quarantine_message(self, message: MqttMessage, detail: str) -> None:
        try:
            await self._quarantine.store(
                message.topic, message.payload, reason="bad_topic", detail=detail
            )
        except OSError as error:
            log.error(
                "quarantine write failed; make room on the disk",
                source=message.topic,
                reason=str(error),
            )
