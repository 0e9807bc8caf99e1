"""Detectors with MQTT of their own, in Tocsin's dialect or in that of a bridge."""

import asyncio
import secrets
from collections.abc import Iterable

import structlog

from contract.detectors import ZigbeeState, encode_sample
from contract.sentences import Sentence
from contract.times import to_micros
from firmware_sim.adapters.line import ends_within
from firmware_sim.domain.bridges import Published, bridge_of
from firmware_sim.domain.detectors import Availability, DetectorMessage
from firmware_sim.domain.ground_truth import GroundTruthLog
from firmware_sim.scenario.io_config import SourceConfig
from runtime.clock import Clock
from runtime.mqtt import BrokerAway, MqttSession
from runtime.mqtt_message import MqttMessage

log = structlog.get_logger(__name__)

MAX_WAITING = 1_000
"""Messages that may wait for the broker; further ones are dropped and counted."""

MAX_IN_FLIGHT = 32
"""Messages that may wait for the broker's acknowledgement at the same time; they leave in order."""


class MqttSource:
    """All detectors of one source, over one connection."""

    def __init__(
        self, source: SourceConfig, addresses: list[str], *, clock: Clock, ledger: GroundTruthLog
    ) -> None:
        self._source = source
        self._bridge = bridge_of(source.dialect)
        self._clock = clock
        self._ledger = ledger
        self._waiting: asyncio.Queue[tuple[str, DetectorMessage]] = asyncio.Queue(MAX_WAITING)
        self._online = dict.fromkeys(addresses, True)
        self._connected = asyncio.Event()
        self._session = MqttSession(
            source.broker,
            client_id=f"tocsin-sim-{source.name}-{secrets.token_hex(3)}",
            topics=(),
            on_message=_ignore,
            on_connected=self._announce,
        )

    @property
    def url(self) -> str:
        """The URL at which a gateway finds these detectors."""
        broker = self._source.broker
        return f"mqtt://{broker.host}:{broker.port}/{self._source.root}"

    def offer(self, address: str, message: DetectorMessage) -> None:
        """Queue a message of a detector; drop it if the queue is full."""
        try:
            self._waiting.put_nowait((address, message))
        except asyncio.QueueFull:
            self._ledger.count_dropped()

    async def ready(self) -> None:
        """Wait until the broker is connected."""
        await self._connected.wait()

    async def run(self) -> None:
        """Stay connected and publish until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._session.run(), name=f"{self._source.name} session")
            for number in range(MAX_IN_FLIGHT):
                name = f"{self._source.name} publish {number}"
                tasks.create_task(self._publish_waiting(), name=name)

    async def finish(self, patience_s: float) -> None:
        """Return when all queued messages are published or dropped, or after *patience_s*."""
        await ends_within(patience_s, self._waiting.join())

    async def _publish_waiting(self) -> None:
        while True:
            address, message = await self._waiting.get()
            try:
                await self._publish(address, message)
            except BrokerAway as error:
                self._ledger.count_dropped()
                log.info("message not published; dropped", address=address, reason=str(error))
            finally:
                self._waiting.task_done()

    async def _publish(self, address: str, message: DetectorMessage) -> None:
        topic = f"{self._source.root}/{address}"
        at = to_micros(self._clock())
        match message:
            case Sentence():
                await self._session.publish(topic, encode_sample(message))
                self._ledger.record_sentence(at, message)
            case ZigbeeState():
                if self._bridge is not None:
                    await self._publish_all(
                        self._bridge.state(self._source.root, address, message, at // 1_000)
                    )
                self._record_state(at, address, message)
            case Availability(online=online):
                self._online[address] = online
                await self._publish_availability(address)

    def _record_state(self, at: int, address: str, state: ZigbeeState) -> None:
        """Record the values of *state* from which a gateway makes readings."""
        values = {"alarm": None if state.smoke is None else float(state.smoke), "battery": state.battery}
        for quantity, value in values.items():
            if value is not None:
                self._ledger.record_value(at, address, quantity, value)

    async def _announce(self) -> None:
        self._connected.set()
        if self._bridge is not None:
            for address in self._online:
                await self._publish_all(self._bridge.greeting(self._source.root, address))
                await self._publish_availability(address)

    async def _publish_availability(self, address: str) -> None:
        word = "online" if self._online[address] else "offline"
        if self._bridge is not None:
            await self._publish_all(self._bridge.availability(self._source.root, address, word))

    async def _publish_all(self, messages: Iterable[Published]) -> None:
        for each in messages:
            await self._session.publish(each.topic, each.payload, retain=each.retain)


async def _ignore(_: MqttMessage) -> None:
    """Detectors do not listen."""
