"""The connection to the center: signals and readings up, receipts and news of incidents down."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from importlib.metadata import PackageNotFoundError, version

import structlog

from contract import topics
from contract.messages import (
    VERSION,
    BadMessage,
    Heartbeat,
    IncidentNotice,
    Presence,
    decode_incident,
    decode_receipt,
    encode,
    encode_alarm,
    encode_telemetry,
)
from contract.times import to_micros
from contract.topics import RECEIPT_OF, Leaf, Topic
from gateway.adapters.aside import Aside
from gateway.adapters.lane import Entries, Lane
from gateway.adapters.metrics import Metrics
from gateway.adapters.outbox import Outbox
from gateway.adapters.reporter import MOST_UNSTORED
from gateway.domain.window import Patience
from gateway.settings import Settings
from runtime.clock import Clock
from runtime.mqtt import Away, Message, Session, Will

log = structlog.get_logger(__name__)

_NOTICES_KEPT = 100
"""Incidents whose latest notice is kept for showing on site."""

_FAREWELL_S = 1.0

_ALARM_MESSAGES_AT_ONCE = 8
"""Alarm messages handed over and not yet confirmed by the broker; more signals share the next ones."""


class Uplink:
    """One gateway's connection, and the lanes that use it."""

    def __init__(
        self,
        settings: Settings,
        outbox: Outbox,
        *,
        aside: Aside,
        clock: Clock,
        metrics: Metrics,
    ) -> None:
        self._settings = settings
        self._aside = aside
        self._clock = clock
        self._metrics = metrics
        self.notices: OrderedDict[str, IncidentNotice] = OrderedDict()
        self.alarm = self._alarm_lane("alarm", outbox)
        self.memory = self._alarm_lane("memory", outbox)
        self.telemetry = self._telemetry_lane(outbox)
        self._session = Session(
            settings.broker,
            client_id=f"tocsin-{settings.premises}-{settings.gateway}",
            topics=[self._topic(leaf) for leaf in (*RECEIPT_OF.values(), Leaf.INCIDENT)],
            on_message=self._hear,
            on_up=self._greet,
            will=Will(self._topic(Leaf.PRESENCE), self._presence(online=False)),
        )

    @property
    def connected(self) -> bool:
        """Whether the broker is connected, as far as this end knows."""
        return self._session.connected

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Stay connected within the block, and say goodbye at its end."""
        async with asyncio.TaskGroup() as tasks:
            own = [
                tasks.create_task(self._stay_connected(), name="uplink"),
                *(tasks.create_task(lane.run(), name=lane.name) for lane in self._lanes),
            ]
            try:
                yield
            finally:
                await self._say_goodbye()
                for task in own:
                    task.cancel()

    async def beat(self, lines: dict[str, str], points: dict[str, int]) -> None:
        """Publish a heartbeat; if nobody is there to hear it, the next one will do."""
        heartbeat = Heartbeat(
            v=VERSION,
            at=to_micros(self._clock()),
            alarm=self.alarm.state(),
            telemetry=self.telemetry.state(),
            lines=lines,
            points=points,
        )
        with suppress(Away):
            await self._session.publish(self._topic(Leaf.HEARTBEAT), encode(heartbeat), qos=0)

    @property
    def _lanes(self) -> Sequence[Lane]:
        return self.alarm, self.memory, self.telemetry

    async def _stay_connected(self) -> None:
        """Run the session, and tell the lanes when the connection is gone."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._session.run(), name="session")
            up = False
            while True:
                await asyncio.sleep(0.1)
                if up and not self._session.connected:
                    for lane in self._lanes:
                        lane.connection_is(up=False)
                up = self._session.connected

    async def _greet(self) -> None:
        presence = self._presence(online=True)
        for lane in self._lanes:
            lane.connection_is(up=True)
        await self._session.publish(self._topic(Leaf.PRESENCE), presence, retain=True)

    async def _say_goodbye(self) -> None:
        try:
            async with asyncio.timeout(_FAREWELL_S):
                await self._session.publish(
                    self._topic(Leaf.PRESENCE), self._presence(online=False), retain=True
                )
        except (Away, TimeoutError):
            log.info("the center was not told of the end; it will see the will")

    async def _hear(self, message: Message) -> None:
        try:
            self._take(message)
        except BadMessage as flaw:
            self._aside.put(message, flaw)

    def _take(self, message: Message) -> None:
        if message.topic == self._topic(Leaf.INCIDENT):
            self._take_notice(decode_incident(message.payload))
            return
        receipt = decode_receipt(message.payload)
        of_alarm = message.topic == self._topic(RECEIPT_OF[topics.Lane.ALARM])
        lanes = (self.alarm, self.memory) if of_alarm else (self.telemetry,)
        if not any(lane.take_receipt(receipt) for lane in lanes):
            self._metrics.foreign_receipts.labels(lanes[0].name).inc()
            log.warning("receipt of another epoch", topic=message.topic, epoch=receipt.epoch)

    def _take_notice(self, notice: IncidentNotice) -> None:
        log.info(
            "incident", incident=notice.incident, phase=notice.phase, reason=notice.reason, by=notice.by
        )
        known = self.notices.get(notice.incident)
        if known is not None and known.at > notice.at:
            return
        self.notices[notice.incident] = notice
        self.notices.move_to_end(notice.incident)
        if len(self.notices) > _NOTICES_KEPT:
            self.notices.popitem(last=False)

    def _presence(self, *, online: bool) -> bytes:
        return encode(
            Presence(v=VERSION, online=online, version=_own_version(), at=to_micros(self._clock()))
        )

    def _topic(self, leaf: Leaf) -> str:
        settings = self._settings
        return Topic(settings.premises, settings.gateway, leaf).under(settings.broker.root)

    def _alarm_lane(self, name: str, outbox: Outbox) -> Lane:
        alarm = self._settings.alarm
        return Lane(
            name,
            outbox.alarm if name == "alarm" else outbox.memory,
            compose=_alarm_message,
            publish=self._publish_alarm,
            window=alarm.window if name == "alarm" else MOST_UNSTORED,
            patience=Patience(alarm.resend_first_s, alarm.resend_longest_s),
            group=alarm.most_in_message,
            at_once=_ALARM_MESSAGES_AT_ONCE,
            urgent=True,
            clock=self._clock,
            metrics=self._metrics,
        )

    def _telemetry_lane(self, outbox: Outbox) -> Lane:
        telemetry = self._settings.telemetry
        return Lane(
            "telemetry",
            outbox.telemetry,
            compose=_telemetry_message,
            publish=self._publish_telemetry,
            window=telemetry.window,
            patience=Patience(telemetry.resend_first_s, telemetry.resend_longest_s),
            group=1,
            # One batch on the wire at a time, so that an alarm finds no queue before it.
            at_once=1,
            urgent=False,
            clock=self._clock,
            metrics=self._metrics,
        )

    async def _publish_alarm(self, body: bytes) -> None:
        await self._session.publish(self._topic(Leaf.ALARM), body)

    async def _publish_telemetry(self, body: bytes) -> None:
        await self._session.publish(self._topic(Leaf.TELEMETRY), body)


def _alarm_message(epoch: str, floor: int, entries: Entries) -> bytes:
    return encode_alarm(epoch, floor, [body for _, body in entries])


def _telemetry_message(epoch: str, floor: int, entries: Entries) -> bytes:
    ((seq, series),) = entries
    return encode_telemetry(epoch, floor, seq, series)


def _own_version() -> str:
    try:
        return version("tocsin")
    except PackageNotFoundError:
        return "unknown"
