"""A broker that forgets all it had, and one that takes everything and passes nothing on."""

import asyncio
from contextlib import suppress
from pathlib import Path

import aiomqtt

from tests.faults.scene import Scene, liar, rounds, scene
from tests.support.fault_proxy import Mode
from tests.support.house import PREMISES

BACK_S = 45.0


async def forget_everything(here: Scene) -> None:
    """The broker keeps nothing on disk here: begun again, it knows no session and no message."""
    await here.pause(0.2, 1.5)
    await here.kill("broker")
    await here.pause(0.0, 2.0)
    await here.start("broker")


async def swallow(here: Scene) -> None:
    """Alerting's connection stays, and nothing comes through it."""
    await here.pause(0.0, 0.5)
    await here.downlink.set(Mode.SWALLOW)
    await here.pause(2.0, 4.0)
    await here.downlink.set(Mode.THROUGH)
    here.downlink.cut()


async def test_a_broker_that_lost_its_state_loses_nothing(tmp_path: Path) -> None:
    async with scene(tmp_path, "broker begun again without its state", 201) as here:
        await here.rounds(rounds(1, long=20), lambda: forget_everything(here), within=BACK_S)


async def test_a_broker_that_accepts_and_never_forwards_loses_nothing(tmp_path: Path) -> None:
    async with scene(tmp_path, "broker accepts and never forwards", 202) as here:
        await here.rounds(rounds(1, long=20), lambda: swallow(here), within=BACK_S)


FULL = "memory_limit 300000\nmax_queued_messages 10\nmax_inflight_messages 2\n"
"""A broker that holds next to nothing: what comes above it is refused, or dropped without a word."""


async def stuff(here: Scene) -> None:
    """Fill the broker with the messages of a subscriber that does not take them."""
    here.downlink.bytes_per_s = 2_000
    async with aiomqtt.Client("127.0.0.1", here.broker.port, identifier="stuffing") as client:
        with suppress(aiomqtt.MqttError):
            for number in range(200):
                topic = f"tocsin/v1/{PREMISES}/stuffing-{number}/presence"
                await client.publish(topic, bytes(5_000), qos=1, retain=number < 40)
    await here.pause(1.0, 2.0)
    async with aiomqtt.Client("127.0.0.1", here.broker.port, identifier="emptying") as client:
        for number in range(40):
            topic = f"tocsin/v1/{PREMISES}/stuffing-{number}/presence"
            await client.publish(topic, b"", qos=0, retain=True)
    here.downlink.bytes_per_s = None
    here.downlink.cut()


async def test_a_broker_that_is_full_loses_nothing(tmp_path: Path) -> None:
    async with scene(tmp_path, "broker full", 204, broker_extra=FULL) as here:
        await here.rounds(rounds(1, long=20), lambda: stuff(here), within=BACK_S, presses=4)


async def test_the_oracle_sees_a_center_that_receipts_and_does_not_store(tmp_path: Path) -> None:
    async with scene(tmp_path, "liar", 203, in_table=False) as here:

        async def fault() -> None:
            async with liar(here.broker.port):
                await here.downlink.set(Mode.SWALLOW)
                await asyncio.sleep(4)
            await here.downlink.set(Mode.THROUGH)
            here.downlink.cut()

        verdict = await here.round(fault, within=BACK_S, presses=3)
        assert any("receipted, not held" in each for each in verdict.lost)
        assert any("released, not held" in each for each in verdict.lost)
