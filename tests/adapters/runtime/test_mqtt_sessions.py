"""Several brokers as one: heard at each, and spoken to wherever somebody listens."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from runtime.mqtt import BrokerAway
from runtime.mqtt_message import MqttMessage
from runtime.mqtt_sessions import MqttSessions
from runtime.settings import Broker, Conflict, different_roots
from tests.support.fault_proxy import fault_proxy
from tests.support.servers import Server, free_port, mosquitto
from tests.support.waiting import eventually


@asynccontextmanager
async def running(
    *ports: int, answer_s: float = 10.0
) -> AsyncIterator[tuple[MqttSessions, list[bytes]]]:
    heard: list[bytes] = []

    async def take(message: MqttMessage) -> None:
        heard.append(message.payload)

    brokers = [Broker(port=port, answer_s=answer_s) for port in ports]
    both = MqttSessions(brokers, client_id="center", topics=["home/#"], on_message=take)
    task = asyncio.create_task(both.run())
    try:
        await eventually(lambda: both.connected)
        yield both, heard
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_a_message_reaches_every_broker_and_is_received_from_each(
    broker: Server, tmp_path: Path
) -> None:
    with mosquitto(tmp_path / "second") as second:
        async with running(broker.port, second.port) as (both, heard):
            await eventually(lambda: not both.away)
            await both.publish("home/kitchen", b"receipt")
            await eventually(lambda: heard == [b"receipt"] * 2)


async def test_a_broker_that_is_away_is_named_and_delays_nothing(broker: Server) -> None:
    absent = free_port()
    async with running(broker.port, absent) as (both, heard):
        assert both.away == [f"127.0.0.1:{absent}"]
        await both.publish("home/kitchen", b"receipt")
        await eventually(lambda: heard == [b"receipt"])


async def test_a_broker_that_does_not_answer_delays_nothing(broker: Server, tmp_path: Path) -> None:
    with mosquitto(tmp_path / "second") as second:
        async with (
            fault_proxy(second.port) as way,
            running(broker.port, way.port, answer_s=30.0) as (both, heard),
        ):
            await eventually(lambda: not both.away)
            way.freeze()
            async with asyncio.timeout(5):
                for number in range(20):
                    await both.publish("home/kitchen", b"%d" % number)
            await eventually(lambda: len(heard) == 20)


async def test_publishing_without_any_broker_raises() -> None:
    async def take(_: MqttMessage) -> None:
        return

    both = MqttSessions([Broker(), Broker(port=1884)], client_id="c", topics=[], on_message=take)
    with pytest.raises(BrokerAway):
        await both.publish("home/kitchen", b"receipt")


def test_brokers_of_different_topics_are_refused() -> None:
    (found,) = different_roots({"other_brokers": [{"root": "elsewhere"}]})
    assert found == Conflict(("other_brokers", 0, "root"), found.text)
    assert "make it 'tocsin/v1'" in found.text
