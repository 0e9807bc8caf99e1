"""What comes from the broker, given to the lane that it belongs to."""

import asyncio

import structlog

from contract.topics import Leaf, Topic, every, parse
from ingest.adapters.beats import Beats
from ingest.adapters.metrics import Metrics
from ingest.adapters.signals import SignalCopies
from ingest.adapters.telemetry import Telemetry
from ingest.settings import Settings
from runtime.mqtt import Message
from runtime.quarantine import Quarantine

log = structlog.get_logger(__name__)


def subscriptions(settings: Settings) -> list[str]:
    """What ingest subscribes to; shared with the other processes of its group, where it has one."""
    group = f"$share/{settings.share}/" if settings.share else ""
    shared = [group + every(leaf, settings.broker.root) for leaf in (Leaf.TELEMETRY, Leaf.ALARM)]
    # Each process of a group answers for the whole ledger, so each hears every heartbeat.
    return [*shared, every(Leaf.HEARTBEAT, settings.broker.root)]


class Inbox:
    """Sorts messages by their topic."""

    def __init__(
        self,
        telemetry: Telemetry,
        signals: SignalCopies,
        beats: Beats,
        *,
        root: str,
        quarantine: Quarantine,
        metrics: Metrics,
    ) -> None:
        self._telemetry = telemetry
        self._signals = signals
        self._beats = beats
        self._root = root
        self._quarantine = quarantine
        self._metrics = metrics

    async def take(self, message: Message) -> None:
        """Give *message* to its lane. A retained one is as good as new: its numbers tell what it is."""
        self._metrics.retained.inc(message.retained)
        try:
            topic = parse(message.topic, self._root)
        except ValueError as error:
            await self._set_aside(message, str(error))
            return
        self._metrics.messages.labels(topic.leaf).inc()
        await self._give(topic, message)

    async def _give(self, topic: Topic, message: Message) -> None:
        if topic.leaf is Leaf.TELEMETRY:
            await self._telemetry.take(topic, message)
        elif topic.leaf is Leaf.ALARM:
            self._signals.take(topic, message)
        elif topic.leaf is Leaf.HEARTBEAT:
            self._beats.take(topic, message)

    async def _set_aside(self, message: Message, detail: str) -> None:
        try:
            await asyncio.to_thread(
                self._quarantine.put, message.topic, message.payload, reason="bad_topic", detail=detail
            )
        except OSError as error:
            log.error("not set aside; make room on the disk", source=message.topic, reason=str(error))
