"""Routes each message from the broker to the lane that it belongs to."""

import asyncio

import structlog

from contract.ids import GatewayKey
from contract.topics import CENTER_LEVEL, Leaf, Topic, parse_topic, topic_filter
from ingest.adapters.heartbeats import HeartbeatCache
from ingest.adapters.metrics import Metrics
from ingest.adapters.quarantine_writer import QuarantineWriter
from ingest.adapters.readings_intake import ReadingsIntake
from ingest.adapters.signal_copies import SignalCopies
from ingest.domain.quotas import QuotaLedger, QuotaVerdict
from ingest.settings import Settings
from runtime.mqtt_message import MqttMessage
from runtime.quarantine import RefusedPayload
from runtime.sender_log import SenderLog

NOBODY = GatewayKey("~", "~")
"""In whose name the quota of messages is kept that come under the topic of no gateway."""

STRANGERS = 64
"""Messages under such topics that wait for the quarantine; further ones are dropped and counted."""

log = structlog.get_logger(__name__)
log_of_senders = SenderLog(log)


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
        readings: ReadingsIntake,
        signals: SignalCopies,
        heartbeats: HeartbeatCache,
        *,
        root: str,
        quarantine: QuarantineWriter,
        quotas: QuotaLedger,
        metrics: Metrics,
    ) -> None:
        self._readings = readings
        self._signals = signals
        self._heartbeats = heartbeats
        self._root = root
        self._quarantine = quarantine
        self._quotas = quotas
        self._strangers: asyncio.Queue[RefusedPayload] = asyncio.Queue(STRANGERS)
        self._metrics = metrics

    async def route_message(self, message: MqttMessage) -> None:
        """Hand *message* to its lane. A retained one is as good as new: its number tells which it is."""
        self._metrics.retained.inc(message.retained)
        if message.topic.startswith(f"{self._root}/{CENTER_LEVEL}/"):
            return  # a round of the synthetic fire, which is alerting's and no signal of anybody
        try:
            topic = parse_topic(message.topic, self._root)
        except ValueError as error:
            self._refuse(message, str(error))
            return
        self._metrics.messages.labels(topic.leaf).inc()
        self._hand_over(topic, message)

    async def quarantine_forever(self) -> None:
        """Quarantine messages under topics of nobody, until cancelled."""
        while True:
            refused = await self._strangers.get()
            try:
                await self._quarantine.store(refused)
            except OSError as error:
                log_of_senders.error(
                    "quarantine write failed; make room on the disk",
                    sender=NOBODY,
                    source=refused.source,
                    reason=str(error),
                )

    def _hand_over(self, topic: Topic, message: MqttMessage) -> None:
        if topic.leaf is Leaf.TELEMETRY:
            self._readings.accept_message(topic, message)
        elif topic.leaf is Leaf.ALARM:
            self._signals.accept_message(topic, message)
        elif topic.leaf is Leaf.HEARTBEAT:
            self._heartbeats.accept_heartbeat(topic, message)

    def _refuse(self, message: MqttMessage, detail: str) -> None:
        """Have *message* quarantined, unless too much is that comes from nobody."""
        now, size = asyncio.get_running_loop().time(), len(message.payload)
        allowed = self._quotas.judge_refused(NOBODY, size, now) is QuotaVerdict.WITHIN
        if not allowed or self._strangers.full():
            self._metrics.dropped.labels("not_quarantined").inc()
            return
        self._strangers.put_nowait(
            RefusedPayload(message.topic, message.payload, reason="bad_topic", detail=detail)
        )
