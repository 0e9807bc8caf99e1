import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec

from contract.detectors import ZigbeeState, decode_sample
from firmware_sim.outputs.ground_truth import read_ground_truth, summarize
from firmware_sim.run.app import run_scenario
from runtime.clock import utc_now
from runtime.mqtt import MqttSession
from runtime.mqtt_message import MqttMessage
from runtime.settings import Broker
from tests.adapters.sim.readers import Run, cancelled_at_end
from tests.support.servers import Server
from tests.support.waiting import eventually
from tests.unit.sim.scenarios import event, scenario


def source(dialect: str, port: int) -> str:
    return (
        f'[[sources]]\nname = "site"\ndialect = "{dialect}"\nroot = "house"\nreport_every_s = 10\n'
        f"[sources.broker]\nport = {port}\n"
    )


def point(address: str, kind: str) -> str:
    return f'[[points]]\naddress = "{address}"\nkind = "{kind}"\nsource = "site"\n'


@asynccontextmanager
async def listening(port: int) -> AsyncIterator[list[MqttMessage]]:
    heard: list[MqttMessage] = []

    async def hear(message: MqttMessage) -> None:
        heard.append(message)

    subscribed = asyncio.Event()

    async def up() -> None:
        subscribed.set()

    session = MqttSession(
        Broker(port=port), client_id="listener", topics=["house/#"], on_message=hear, on_connected=up
    )
    task = asyncio.create_task(session.run())
    async with cancelled_at_end(task):
        await asyncio.wait_for(subscribed.wait(), 10)
        yield heard


async def test_detectors_of_the_own_dialect_send_the_same_on_mqtt_as_on_a_line(
    broker: Server, tmp_path: Path
) -> None:
    story = scenario(
        source("tocsin", broker.port) + point("smoke-07", "smoke") + point("heat-07", "heat")
    )
    run, truth = Run(), tmp_path / "truth.jsonl"
    run.start.set()
    async with listening(broker.port) as heard:
        end = await run_scenario(
            story,
            clock=utc_now,
            truth=truth,
            speed=20.0,
            duration=20.0,
            start=run.start,
            on_ready=run.urls.update,
        )
        assert (end.sent, end.dropped) == (40, 0)
        await eventually(lambda: len(heard) == 40)
    assert run.urls == {"site": f"mqtt://127.0.0.1:{broker.port}/house"}
    samples = [(message.topic, decode_sample(message.payload)) for message in heard]
    assert all(topic == f"house/{sample.address}" for topic, sample in samples)
    assert [(each.address, each.value) for each in read_ground_truth(truth)] == [
        (sample.address, sample.value) for _, sample in samples
    ]


async def test_a_radio_sensor_sends_its_level_and_the_ground_truth_counts_each_reading(
    broker: Server, tmp_path: Path
) -> None:
    story = scenario(
        source("zigbee2mqtt", broker.port)
        + point("zb-1", "zigbee")
        + event("fire", ["zb-1"], at_s=15, more="growth_s = 5")
        + event("fault", ["zb-1"], at_s=30)
    )
    run, truth = Run(), tmp_path / "truth.jsonl"
    run.start.set()
    async with listening(broker.port) as heard:
        await run_scenario(story, clock=utc_now, truth=truth, speed=20.0, duration=40.0, start=run.start)
        await eventually(lambda: [each for each in heard if b"offline" in each.payload])
    states = [
        msgspec.json.decode(each.payload, type=ZigbeeState)
        for each in heard
        if each.topic == "house/zb-1"
    ]
    assert [state.smoke for state in states] == [False, False, True, True]
    assert all(isinstance(state.last_seen, int) and state.battery == 97 for state in states)
    available = [json.loads(each.payload) for each in heard if each.topic.endswith("/availability")]
    assert available == [{"state": "online"}, {"state": "offline"}]
    found = summarize(read_ground_truth(truth))["zb-1"]
    assert (found.sent, found.fires) == ({"alarm": 4, "battery": 4}, 1)


async def test_while_the_broker_is_away_nothing_counts_as_sent_and_then_it_goes_on(
    broker: Server, tmp_path: Path
) -> None:
    story = scenario(source("tocsin", broker.port) + point("smoke-07", "smoke"))
    run, truth = Run(), tmp_path / "truth.jsonl"
    broker.kill()
    task = asyncio.create_task(run_scenario(story, clock=utc_now, truth=truth, speed=10.0))
    async with cancelled_at_end(task):
        await eventually(lambda: truth.exists())
        broker.start()
        async with listening(broker.port) as heard:
            await eventually(lambda: len(heard) > 5, within=20)
            told = {each.value for each in read_ground_truth(truth)}
            assert {decode_sample(each.payload).value for each in heard[:5]} <= told
            assert decode_sample(heard[0].payload).sequence > 0
    assert run.urls == {}
