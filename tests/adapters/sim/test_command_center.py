"""The simulated command center receives relays over MQTT too."""

import asyncio
import json
import socket
from pathlib import Path

import aiomqtt

from firmware_sim.peers.command_center import Relay, RelayTopics, run_command_center
from runtime.settings import Broker
from tests.support.servers import free_port, mosquitto
from tests.support.waiting import eventually
from tests.unit.alerting.test_command_center import GOOD


def is_open(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


async def test_it_logs_each_relay_of_its_topics_once_and_nothing_else(tmp_path: Path) -> None:
    heard: list[Relay] = []
    port = free_port()
    with mosquitto(tmp_path / "mosquitto") as broker:
        topics = RelayTopics(Broker(port=broker.port), "tocsin/notify/#")
        center = asyncio.create_task(run_command_center(port=port, on_relay=heard.append, topics=topics))
        async with aiomqtt.Client("127.0.0.1", broker.port) as client:
            await eventually(lambda: is_open(port))
            for topic, body in (
                ("tocsin/notify/owner", json.dumps(GOOD)),
                ("tocsin/notify/owner", json.dumps(GOOD)),
                ("tocsin/notify/owner", "not a relay"),
                ("elsewhere/owner", json.dumps(GOOD)),
                ("tocsin/notify/desks/east", json.dumps(GOOD)),
            ):
                await client.publish(topic, body, qos=1)
            await eventually(lambda: len(heard) == 2)
        center.cancel()
        await asyncio.wait([center])
    assert [(each.channel, each.address) for each in heard] == [
        ("mqtt", "tocsin/notify/owner"),
        ("mqtt", "tocsin/notify/desks/east"),
    ]
    assert center.cancelled()
