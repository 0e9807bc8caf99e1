"""MQTT, a real broker behind a network that can be broken, and a subscriber."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, ClassVar

import aiomqtt

from alerting.channels.channel import ChannelMessage
from alerting.channels.mqtt import open_mqtt
from alerting.settings import ChannelsSettings, MqttSettings
from runtime.mqtt_message import MqttMessage as Arrived
from runtime.mqtt_sessions import MqttSessions
from runtime.settings import Broker
from tests.adapters.alerting.channels.bench import PATIENT_S, Behaviour, Bench, context
from tests.support.fault_proxy import FaultProxy, Mode, fault_proxy
from tests.support.servers import mosquitto
from tests.support.waiting import ended, eventually

PREFIX = "told"


class MqttBench(Bench):
    nonsense = "desks/+/all"
    cannot: ClassVar[dict[Behaviour, str]] = {
        Behaviour.REFUSES: "a broker of MQTT 3.1.1 acknowledges whatever it lets in",
        Behaviour.LATER: "MQTT 3.1.1 has no word for it",
    }

    def __init__(self, proxy: FaultProxy, session: MqttSessions) -> None:
        super().__init__("desks/anh", "desks/bình")
        self.proxy = proxy
        self.session = session
        self.published = 0
        self.arrived: list[tuple[str, str, int, bool]] = []

    async def publish(self, topic: str, payload: bytes) -> None:
        self.published += 1
        await self.session.publish(topic, payload)

    async def become(self, behaviour: Behaviour) -> None:
        if behaviour is Behaviour.SILENT:
            await self.proxy.set(Mode.SWALLOW)
            return
        await self.proxy.set(Mode.THROUGH)
        self.proxy.cut()
        await eventually(lambda: not self.session.connected)
        await eventually(lambda: self.session.connected)

    def asked(self) -> int:
        return self.published

    def heard(self) -> list[Any]:
        return self.arrived

    def as_heard(self, message: ChannelMessage) -> Any:
        return f"{PREFIX}/{message.address}", message.addressed_body, 1, False

    async def listen(self, client: aiomqtt.Client) -> None:
        async for each in client.messages:
            body = bytes(each.payload).decode()
            self.arrived.append((each.topic.value, body, each.qos, bool(each.retain)))

    async def settled(self) -> None:
        """Wait for the subscriber to receive all that was published; messages arrive in order."""
        await eventually(lambda: len(self.arrived) >= len(self.expected))


async def _nothing_comes(message: Arrived) -> None:
    raise AssertionError(f"nobody speaks to the center here, and {message} came")


@asynccontextmanager
async def mqtt_bench(folder: Path, *, bound_s: float = PATIENT_S) -> AsyncIterator[MqttBench]:
    with mosquitto(folder / "mosquitto") as broker:
        async with fault_proxy(broker.port) as proxy, aiomqtt.Client("127.0.0.1", broker.port) as client:
            await client.subscribe("#", qos=1)
            session = MqttSessions(
                [Broker(port=proxy.port)], client_id="center", topics=[], on_message=_nothing_comes
            )
            bench = MqttBench(proxy, session)
            tasks = [asyncio.create_task(part) for part in (session.run(), bench.listen(client))]
            await eventually(lambda: session.connected)
            settings = ChannelsSettings(mqtt=MqttSettings(prefix=PREFIX, timeout_s=bound_s))
            async with open_mqtt(context(channels=settings, publish=bench.publish)) as channel:
                assert channel is not None
                bench.channel = channel
                yield bench
            await ended(*tasks)
